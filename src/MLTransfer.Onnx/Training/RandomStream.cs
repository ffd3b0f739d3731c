namespace MLTransfer.Onnx.Training;

/// <summary>What random numbers are for. The values are part of what a seed means and never change.</summary>
internal enum RandomStream
{
    /// <summary>The order of rows in an epoch.</summary>
    RowOrder = 1,

    /// <summary>The order of batches in an epoch.</summary>
    BatchOrder = 2,

    /// <summary>Which rows are held out.</summary>
    HeldOut = 3,

    /// <summary>Start values of new weights.</summary>
    Weights = 4,

    /// <summary>Dropout masks.</summary>
    Dropout = 5,

    /// <summary>Start values of a fresh network's weights, of each tensor under its own index.</summary>
    Network = 20,
}
