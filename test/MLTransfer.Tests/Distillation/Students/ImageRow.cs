namespace MLTransfer.Tests.Distillation.Students;

/// <summary>A picture and its class.</summary>
internal sealed class ImageRow
{
    public byte[] Image { get; set; } = [];

    public string Class { get; set; } = "";
}
