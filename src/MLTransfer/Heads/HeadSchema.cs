using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Schema;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace MLTransfer.Heads;

/// <summary>Checks of the columns a head reads, and the shapes of those it promises: the columns and annotations that ML.NET's own scorers deliver.</summary>
internal static class HeadSchema
{
    private const string FeatureExpected = "Vector<Single, D> of a fixed size D";
    private const string FeatureRemedy = "Name the output of an embedding step with FeatureColumnName, or join number columns with Concatenate.";
    private const string WeightExpected = "Single";
    private const string WeightRemedy = "Convert it with ConvertType.";

    public static DataViewSchema.Column FeatureColumn(string step, DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = Find(step, schema, name);
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item, Size: > 0 } || item != NumberDataViewType.Single)
            throw Internal.Throw.ColumnType(step, name, FeatureExpected, $"{column.Type}", FeatureRemedy);
        return column;
    }

    public static DataViewSchema.Column WeightColumn(string step, DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = Find(step, schema, name);
        if (column.Type != NumberDataViewType.Single)
            throw Internal.Throw.ColumnType(step, name, WeightExpected, $"{column.Type}", WeightRemedy);
        return column;
    }

    public static DataViewSchema.Column Find(string step, DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) ?? throw Internal.Throw.ColumnMissing(step, name, schema.Select(c => c.Name));

    public static SchemaShape.Column Find(string step, SchemaShape shape, string name)
    {
        SchemaShape.Column column = shape.FirstOrDefault(c => c.Name == name);
        return column.Name is null ? throw Internal.Throw.ColumnMissing(step, name, shape.Select(c => c.Name)) : column;
    }

    public static void CheckFeaturesAndWeights(string step, SchemaShape shape, HeadColumnNames names)
    {
        SchemaShape.Column features = Find(step, shape, names.Feature);
        if (features.Kind != VectorKind.Vector || features.ItemType != NumberDataViewType.Single || features.IsKey)
            throw Internal.Throw.ColumnType(step, features.Name, FeatureExpected, Describe(features), FeatureRemedy);
        CheckWeights(step, shape, names.Weight);
    }

    /// <summary>Checks the column of weights, where one is named.</summary>
    public static void CheckWeights(string step, SchemaShape shape, string? column)
    {
        if (column is not string name)
            return;
        SchemaShape.Column weights = Find(step, shape, name);
        if (weights.Kind != VectorKind.Scalar || weights.ItemType != NumberDataViewType.Single || weights.IsKey)
            throw Internal.Throw.ColumnType(step, name, WeightExpected, Describe(weights), WeightRemedy);
    }

    public static string Describe(SchemaShape.Column column)
    {
        string item = column.IsKey ? $"Key<{column.ItemType}>" : $"{column.ItemType}";
        return column.Kind switch
        {
            VectorKind.Scalar => item,
            VectorKind.Vector => $"Vector<{item}>",
            _ => $"Vector<{item}> of variable size",
        };
    }

    /// <summary>The input with columns behind it; a column of the same name is hidden, as in the data.</summary>
    public static SchemaShape Extend(SchemaShape input, params SchemaShape.Column[] added)
    {
        Dictionary<string, SchemaShape.Column> columns = input.ToDictionary(c => c.Name);
        foreach (SchemaShape.Column column in added)
            columns[column.Name] = column;
        return new SchemaShape(columns.Values);
    }

    public static SchemaShape.Column Score(VectorKind kind, params SchemaShape.Column[] annotations) => Scored("Score", kind, NumberDataViewType.Single, false, annotations);

    public static SchemaShape.Column Probability() =>
        Scored("Probability", VectorKind.Scalar, NumberDataViewType.Single, false, MlNetInternals.Column("IsNormalized", VectorKind.Scalar, BooleanDataViewType.Instance, false));

    public static SchemaShape.Column PredictedKey(params SchemaShape.Column[] annotations) =>
        Scored("PredictedLabel", VectorKind.Scalar, NumberDataViewType.UInt32, true, annotations);

    public static SchemaShape.Column PredictedBoolean() => Scored("PredictedLabel", VectorKind.Scalar, BooleanDataViewType.Instance, false);

    /// <summary>The probabilities of a multi-label head.</summary>
    public static SchemaShape.Column Scores() => Scored("Score", VectorKind.Vector, NumberDataViewType.Single, false,
        Values("SlotNames", TextDataViewType.Instance), MlNetInternals.Column("IsNormalized", VectorKind.Scalar, BooleanDataViewType.Instance, false));

    /// <summary>The answers of a multi-label head.</summary>
    public static SchemaShape.Column PredictedBooleans() =>
        Scored("PredictedLabel", VectorKind.Vector, BooleanDataViewType.Instance, false, Values("SlotNames", TextDataViewType.Instance));

    public static SchemaShape.Column Values(string annotation, DataViewType type) => MlNetInternals.Column(annotation, VectorKind.Vector, type, false);

    private static SchemaShape.Column Scored(string name, VectorKind kind, DataViewType type, bool isKey, params SchemaShape.Column[] annotations) =>
        MlNetInternals.Column(name, kind, type, isKey, new SchemaShape(
        [
            .. annotations,
            MlNetInternals.Column("ScoreColumnSetId", VectorKind.Scalar, NumberDataViewType.UInt32, true),
            MlNetInternals.Column("ScoreColumnKind", VectorKind.Scalar, TextDataViewType.Instance, false),
            MlNetInternals.Column("ScoreValueKind", VectorKind.Scalar, TextDataViewType.Instance, false),
        ]));
}
