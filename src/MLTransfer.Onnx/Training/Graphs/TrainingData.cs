using System.Collections.Immutable;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>The rows of a training graph, and which of them are held out. Immutable.</summary>
internal sealed record TrainingData
{
    /// <summary>One source for each input of the model, for training.</summary>
    public required ImmutableArray<IRowSource> Sources { get; init; }

    /// <summary>The same without what is random (dropout, augmentation). Default: <see cref="Sources"/>.</summary>
    public ImmutableArray<IRowSource> EvaluationSources { get; init; }

    /// <summary>The targets, Q numbers for each row.</summary>
    public required IRowStore Targets { get; init; }

    /// <summary>What the targets are read through in training, such as <see cref="ScheduledTargets"/>; evaluation reads <see cref="Targets"/> as they are. Default: as they are.</summary>
    public IRowSource? TrainingTargets { get; init; }

    /// <summary>P, the numbers of a prediction.</summary>
    public required int Width { get; init; }

    /// <summary>Q. Default: <see cref="Width"/>.</summary>
    public int TargetWidth
    {
        get => field == 0 ? Width : field;
        init;
    }

    /// <summary>How much each row counts.</summary>
    public required double[] Weights { get; init; }

    /// <summary>The length of each row, by which rows are packed; empty where all are alike.</summary>
    public int[] Lengths { get; init; } = [];

    /// <summary>Whether only rows of one length may share a run, because padding would change their values: there is no mask.</summary>
    public bool EqualLengthsOnly { get; init; }

    /// <summary>The rows to train on.</summary>
    public required int[] TrainingRows { get; init; }

    /// <summary>The rows held out.</summary>
    public int[] HeldOutRows { get; init; } = [];

    /// <summary>
    /// What is measured on the rows held out, higher being better, of their indices and their predictions [rows, P]; null for nothing but the loss.
    /// </summary>
    public Func<int[], float[], double>? Metric { get; init; }

    public int LengthOf(int row) => Lengths.Length == 0 ? 1 : Lengths[row];
}
