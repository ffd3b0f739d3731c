using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLTransfer.Heads;
using MLTransfer.Heads.Network;
using MLTransfer.Internal;

namespace MLTransfer.Evaluation;

/// <summary>Counts right and wrong answers of a multi-label head over a view.</summary>
internal static class MultilabelEvaluation
{
    private const string Step = "EvaluateMultilabel";
    private const string Expected = "Vector<Boolean, K> or Vector<Single, K>, K fixed";

    public static MultilabelMetrics Measure(IHostEnvironment environment, IDataView data, string labelColumn, string predictedLabelColumn, CancellationToken cancellationToken)
    {
        DataViewSchema.Column label = Column(data.Schema, labelColumn, "Name the column that the head was trained on.");
        DataViewSchema.Column predicted = Column(data.Schema, predictedLabelColumn, "Name a column of answers, such as a multi-label head's PredictedLabel.");
        int width = ((VectorDataViewType)label.Type).Size, found = ((VectorDataViewType)predicted.Type).Size;
        if (width != found)
            throw Throw.LabelCountsDiffer(labelColumn, width, predictedLabelColumn, found);
        var labels = new LabelVectors(Step, label);
        var answers = new LabelVectors(Step, predicted);
        var counts = new MultilabelCounts[width];
        int rows = 0, whole = 0, skipped = 0;
        using (DataViewRowCursor cursor = data.GetRowCursor([label, predicted]))
        {
            labels.Bind(cursor);
            answers.Bind(cursor);
            for (long row = 1; cursor.MoveNext(); row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                labels.Values.Clear();
                answers.Values.Clear();
                // A row whose label is unknown says nothing.
                if (!labels.Read(row) || !answers.Read(row))
                {
                    skipped++;
                    continue;
                }
                rows++;
                bool isWhole = true;
                for (int k = 0; k < width; k++)
                {
                    (bool answer, bool truth) = (answers.Values[k] > 0.5f, labels.Values[k] > 0.5f);
                    counts[k] = counts[k].With(answer, truth);
                    isWhole &= answer == truth;
                }
                whole += isWhole ? 1 : 0;
            }
        }
        if (skipped > 0)
            StepLog.Warning(environment, Step, $"{Step} left out {skipped} rows whose label is missing.");
        if (rows == 0)
            throw Throw.NothingToEvaluate(Step, labelColumn);
        MultilabelCounts total = counts.Aggregate((a, b) => a + b);
        MultilabelCounts[] seen = [.. counts.Where(c => c.TruePositives + c.FalsePositives + c.FalseNegatives > 0)];
        string[] names = ClassNames.OfSlots(label, width);
        return new MultilabelMetrics(rows, total.F1, seen.Length == 0 ? 0 : seen.Average(c => c.F1), (double)whole / rows,
            (total.FalsePositives + total.FalseNegatives) / ((double)rows * width), [.. counts.Select((c, k) => Describe(names[k], c))]);
    }

    private static MultilabelMetrics.LabelMetrics Describe(string name, MultilabelCounts c) =>
        new(name, c.TruePositives + c.FalseNegatives, Share(c.TruePositives, c.FalsePositives), Share(c.TruePositives, c.FalseNegatives), c.F1);

    private static double Share(long right, long wrong) => right + wrong > 0 ? (double)right / (right + wrong) : 0;

    private static DataViewSchema.Column Column(DataViewSchema schema, string name, string remedy)
    {
        DataViewSchema.Column column = HeadSchema.Find(Step, schema, name);
        return column.Type is VectorDataViewType { Size: > 0 } vector && (vector.ItemType == NumberDataViewType.Single || vector.ItemType == BooleanDataViewType.Instance)
            ? column : throw Throw.ColumnType(Step, name, Expected, $"{column.Type}", remedy);
    }
}
