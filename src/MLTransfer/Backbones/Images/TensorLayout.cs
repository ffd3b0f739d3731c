namespace MLTransfer;

/// <summary>The order of a picture's numbers in the tensor.</summary>
public enum TensorLayout
{
    /// <summary>[batch, channels, height, width]: PyTorch.</summary>
    Nchw,

    /// <summary>[batch, height, width, channels]: TensorFlow.</summary>
    Nhwc,
}
