using System.Numerics.Tensors;
using MLTransfer.Heads.Linear;
using MLTransfer.Heads.Network;

namespace MLTransfer.FineTuning;

/// <summary>The convex loss whose best linear head fine-tuning starts from: the one that LinearHead has for the same task.</summary>
internal static class LinearStart
{
    /// <param name="targets">The targets of all rows.</param>
    /// <param name="rows">The rows that are trained on.</param>
    public static LinearLoss Loss(HeadTargets targets, int[] rows)
    {
        int width = targets.Width;
        float[] values = new float[rows.Length * width];
        for (int i = 0; i < rows.Length; i++)
            (targets.LinearValues ?? targets.Values).AsSpan(rows[i] * width, width).CopyTo(values.AsSpan(i * width));
        switch (targets.Output)
        {
            case MulticlassOutput:
                // Smoothed and weighted targets need not sum to 1.
                for (int i = 0; i < rows.Length; i++)
                {
                    Span<float> row = values.AsSpan(i * width, width);
                    float sum = TensorPrimitives.Sum<float>(row);
                    if (sum > 0)
                        TensorPrimitives.Divide(row, sum, row);
                }
                return new SoftmaxLoss(values, rows.Length, width);
            case BinaryOutput:
                return new LogisticLoss(values);
            default:
                return new SquaredLoss(values);
        }
    }
}
