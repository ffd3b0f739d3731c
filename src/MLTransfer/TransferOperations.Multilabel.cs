using Microsoft.ML;
using MLTransfer.Evaluation;

namespace MLTransfer;

public sealed partial class TransferOperations
{
    /// <summary>Measures the answers of a head for several labels, such as <see cref="MultilabelMlpHead"/>. Rows whose label is missing are left out and counted in a warning.</summary>
    /// <param name="data">Scored rows; read once.</param>
    /// <param name="labelColumnName">The truth: a vector with a place for each label, 1 or true (above a half) where it holds.</param>
    /// <param name="predictedLabelColumnName">The answers, a vector of the same size.</param>
    /// <param name="cancellationToken">Ends the reading between two rows.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the two differ in size.</exception>
    /// <exception cref="InvalidOperationException">No row has a label, or a place holds a number outside 0 to 1.</exception>
    /// <exception cref="OperationCanceledException">Cancelled: a part of the rows is no measurement.</exception>
    public MultilabelMetrics EvaluateMultilabel(IDataView data, string labelColumnName = "Label", string predictedLabelColumnName = "PredictedLabel", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return MultilabelEvaluation.Measure(_context, data, labelColumnName, predictedLabelColumnName, cancellationToken);
    }
}
