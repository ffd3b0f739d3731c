using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Internal;

namespace MLTransfer.Evaluation;

/// <summary>Features and classes of rows in memory, as a view that a trainer may read as often as it likes.</summary>
internal sealed class FeatureTable
{
    private readonly List<Row> _rows = [];
    private readonly DataViewType _featureType;

    private FeatureTable(DataViewType featureType) => _featureType = featureType;

    public int RowCount => _rows.Count;

    /// <summary>Reads the features of all rows of a view.</summary>
    /// <param name="featurized">The view.</param>
    /// <param name="column">Its feature column.</param>
    /// <param name="labels">The class of each row, in order.</param>
    /// <param name="side">"with" or "without", for messages.</param>
    public static FeatureTable Read(IDataView featurized, string column, IReadOnlyList<int> labels, string side)
    {
        DataViewSchema.Column features = featurized.Schema.GetColumnOrNull(column)
            ?? throw Throw.ComparisonFeaturesMissing(side, column, featurized.Schema.Select(c => c.Name));
        if (features.Type is not VectorDataViewType { IsKnownSize: true, ItemType: NumberDataViewType item } || item != NumberDataViewType.Single)
            throw Throw.ComparisonFeaturesType(side, column, features.Type.ToString()!);
        var table = new FeatureTable(features.Type);
        using DataViewRowCursor cursor = featurized.GetRowCursor([features]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(features);
        while (cursor.MoveNext())
        {
            if (table.RowCount == labels.Count)
                throw Throw.ComparisonRowsChanged(side, labels.Count);
            var row = new Row { Label = (uint)labels[table.RowCount] };
            // A buffer of its own for each row.
            VBuffer<float> values = default;
            getter(ref values);
            row.Features = values;
            table._rows.Add(row);
        }
        return table.RowCount == labels.Count ? table : throw Throw.ComparisonRowsChanged(side, labels.Count);
    }

    public IDataView AsView(MLContext context, string labelColumn, string featureColumn, string[] classNames)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        SchemaDefinition.Column label = schema[nameof(Row.Label)];
        label.ColumnName = labelColumn;
        label.ColumnType = new KeyDataViewType(typeof(uint), classNames.Length);
        label.AddAnnotation("KeyValues", new VBuffer<ReadOnlyMemory<char>>(classNames.Length, [.. classNames.Select(n => n.AsMemory())]),
            new VectorDataViewType(TextDataViewType.Instance, classNames.Length));
        SchemaDefinition.Column features = schema[nameof(Row.Features)];
        features.ColumnName = featureColumn;
        features.ColumnType = _featureType;
        return context.Data.LoadFromEnumerable(_rows, schema);
    }

    private sealed class Row
    {
        // LoadFromEnumerable counts keys from 0 and makes them count from 1.
        public uint Label { get; set; }

        public VBuffer<float> Features { get; set; }
    }
}
