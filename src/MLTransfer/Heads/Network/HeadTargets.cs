using MLTransfer.Distillation;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Heads.Network;

/// <summary>What the rows of a training are taught, the same for every network that makes K logits of them.</summary>
internal sealed record HeadTargets
{
    /// <summary>n × Q, as the loss wants them.</summary>
    public required float[] Values { get; init; }

    /// <summary>Q, numbers of a target; 0 for K, as many as there are logits.</summary>
    public int TargetWidth { get; init; }

    /// <summary>What the loss reads of the network besides its logits; null for nothing.</summary>
    public FeatureMatch? Match { get; init; }

    /// <summary>n × K: what the best linear head is asked for where training starts from it. Null for <see cref="Values"/> where these have that form, else there is no such start.</summary>
    public float[]? LinearValues { get; init; }

    /// <summary>How much each row counts: its own weight times that of its class.</summary>
    public required double[] Weights { get; init; }

    public required TrainingLoss Loss { get; init; }

    /// <summary>What is measured on rows held out, of their indices and their predictions (logits first); higher is better.</summary>
    public required Func<int[], float[], double> Metric { get; init; }

    /// <summary>The metric's name for people.</summary>
    public required string MetricName { get; init; }

    /// <summary>The stratum (class) of each row, by which rows are held out; empty where there is none.</summary>
    public int[] Strata { get; init; } = [];

    /// <summary>What the logits mean.</summary>
    public required HeadOutput Output { get; init; }

    /// <summary>Of quantities: scores are logits times <see cref="LabelScale"/> plus this. See <see cref="HeadNetwork.ForRawLabels"/>.</summary>
    public double LabelMean { get; init; }

    /// <summary>Of quantities: the standard deviation of the labels.</summary>
    public double LabelScale { get; init; } = 1;

    public int RowCount => Weights.Length;

    /// <summary>K.</summary>
    public int Width => Output.LogitCount;

    /// <summary>Numbers of a prediction that the loss reads: the logits and what <see cref="Match"/> adds.</summary>
    public int PredictionWidth => Width + (Match?.Width ?? 0);

    /// <summary>Whether a linear head can be fitted to start from.</summary>
    public bool HasLinearStart => LinearValues is not null || TargetWidth == 0;

    /// <summary>Q.</summary>
    public int StoredWidth => TargetWidth == 0 ? Width : TargetWidth;

    public IRowStore Store => new MatrixStore(Values, StoredWidth);

    /// <summary>The weighted share of rows for which something holds.</summary>
    public static double Share(int[] rows, double[] weights, Func<int, int, bool> holds)
    {
        double right = 0, total = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            total += weights[rows[i]];
            if (holds(i, rows[i]))
                right += weights[rows[i]];
        }
        // Rows that all weigh nothing are held out where no other rows were left: nothing speaks against them.
        return total > 0 ? right / total : 0;
    }
}
