using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Heads.Linear;

namespace MLTransfer.Heads;

/// <summary>The rows a head trains on, read once into memory.</summary>
/// <param name="Features">n × D.</param>
/// <param name="Weights">One for each row.</param>
/// <param name="SkippedCount">Rows left out because their label is missing.</param>
internal sealed record TrainingRows(AlignedMatrix Features, double[] Weights, long SkippedCount);

/// <summary>Reads features, weights and labels in one pass over the data.</summary>
internal static class FeatureReader
{
    private const int FirstCapacity = 256;

    /// <param name="step">Who reads, for errors.</param>
    /// <param name="data">The training data.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="labels">Takes the labels of the rows that are kept.</param>
    /// <param name="cancellationToken">Ends the reading between two rows. A backbone in front runs while rows are read, so this may be most of the work.</param>
    /// <exception cref="OperationCanceledException">Cancelled: there is nothing trained yet.</exception>
    public static TrainingRows Read(string step, IDataView data, HeadColumnNames columns, LabelColumn labels, CancellationToken cancellationToken)
    {
        DataViewSchema.Column featureColumn = HeadSchema.FeatureColumn(step, data.Schema, columns.Feature);
        DataViewSchema.Column? weightColumn = columns.Weight is string name ? HeadSchema.WeightColumn(step, data.Schema, name) : null;
        int dimension = ((VectorDataViewType)featureColumn.Type).Size;

        IEnumerable<DataViewSchema.Column> needed = [featureColumn, data.Schema[columns.Label]];
        using DataViewRowCursor cursor = data.GetRowCursor(weightColumn is null ? needed : needed.Append(weightColumn.Value));
        ValueGetter<VBuffer<float>> featureGetter = cursor.GetGetter<VBuffer<float>>(featureColumn);
        ValueGetter<float>? weightGetter = weightColumn is null ? null : cursor.GetGetter<float>(weightColumn.Value);
        labels.Bind(cursor);

        long known = data.GetRowCount() ?? FirstCapacity;
        AlignedMatrix features = new((int)Math.Clamp(known, 1, int.MaxValue), dimension);
        List<double> weights = [];
        VBuffer<float> vector = default;
        long skipped = 0;
        for (long row = 1; cursor.MoveNext(); row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!labels.Read(row))
            {
                skipped++;
                continue;
            }
            float weight = 1;
            weightGetter?.Invoke(ref weight);
            if (!(weight >= 0) || float.IsInfinity(weight))
                throw Internal.Throw.WeightInvalid(step, columns.Weight!, row, weight);
            featureGetter(ref vector);
            if (weights.Count == features.Rows)
                features = Resize(features, checked(2 * features.Rows), features.Rows);
            Span<float> destination = features.Row(weights.Count);
            vector.CopyTo(destination);
            int notFinite = IndexOfNotFinite(destination);
            if (notFinite >= 0)
                throw Internal.Throw.FeatureNotFinite(step, columns.Feature, row, notFinite, destination[notFinite]);
            weights.Add(weight);
        }
        if (weights.Count == 0)
            throw Internal.Throw.NoTrainingRows(step, columns.Label, skipped);
        if (weights.TrueForAll(w => w == 0))
            throw Internal.Throw.WeightsAllZero(step, columns.Weight!);
        if (weights.Count < features.Rows)
            features = Resize(features, weights.Count, weights.Count);
        return new TrainingRows(features, [.. weights], skipped);
    }

    private static AlignedMatrix Resize(AlignedMatrix from, int rows, int kept)
    {
        AlignedMatrix to = new(rows, from.Columns);
        for (int i = 0; i < kept; i++)
            from.Row(i).CopyTo(to.Row(i));
        return to;
    }

    private static int IndexOfNotFinite(ReadOnlySpan<float> values)
    {
        // A sum of products with zero is not a number exactly if one factor is not finite: one fast pass for the usual case.
        float sum = 0;
        foreach (float value in values)
            sum += 0 * value;
        if (sum == 0)
            return -1;
        int index = 0;
        while (float.IsFinite(values[index]))
            index++;
        return index;
    }
}
