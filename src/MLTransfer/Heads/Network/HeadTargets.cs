using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Heads.Network;

/// <summary>What the rows of a training are taught, the same for every network that makes K logits of them.</summary>
internal sealed record HeadTargets
{
    /// <summary>n × K, as the loss wants them.</summary>
    public required float[] Values { get; init; }

    /// <summary>How much each row counts: its own weight times that of its class.</summary>
    public required double[] Weights { get; init; }

    public required TrainingLoss Loss { get; init; }

    /// <summary>What is measured on rows held out, of their indices and their logits; higher is better.</summary>
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

    public IRowStore Store => new MatrixStore(Values, Width);

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
