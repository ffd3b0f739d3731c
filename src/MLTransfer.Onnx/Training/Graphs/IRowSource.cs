namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>Where one input of a training graph comes from. Thread-safe; the tensors it makes are not.</summary>
internal interface IRowSource
{
    /// <summary>The input's name.</summary>
    string InputName { get; }

    /// <summary>A writer for one worker.</summary>
    RowTensor CreateTensor();
}
