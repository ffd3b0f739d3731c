using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Data;
using MLTransfer.Evaluation;

namespace MLTransfer.Cli.Training;

/// <summary>How a model does on rows it has not seen.</summary>
/// <param name="Metrics">What was measured.</param>
/// <param name="IsRight">Of each row, whether its class was predicted.</param>
internal sealed record HeldOutMeasure(ComparisonMetrics Metrics, IReadOnlyList<bool> IsRight)
{
    /// <summary>Measures.</summary>
    /// <param name="model">A model with a Score for each class.</param>
    /// <param name="view">The rows.</param>
    /// <param name="rows">The same rows, for their labels.</param>
    public static HeldOutMeasure Of(ITransformer model, IDataView view, IReadOnlyList<LabelledRow> rows)
    {
        IDataView scored = model.Transform(view);
        DataViewSchema.Column column = scored.Schema["Score"];
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        string[] classNames = [.. names.DenseValues().Select(n => n.ToString())];
        Dictionary<string, int> classes = classNames.Select((n, i) => (Name: n, i)).ToDictionary(c => c.Name, c => c.i, StringComparer.Ordinal);
        int[] labels = [.. rows.Select(r => classes[r.Label])];
        float[] scores = [.. scored.GetColumn<float[]>(column).SelectMany(s => s)];
        bool[] isRight = [.. labels.Select((label, row) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(scores.AsSpan(row * classes.Count, classes.Count)) == label)];
        return new HeldOutMeasure(MulticlassMetrics.Compute(labels, scores, classNames), isRight);
    }
}
