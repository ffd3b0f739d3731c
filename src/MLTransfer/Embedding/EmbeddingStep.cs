using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Export;
using MLTransfer.Internal;
using MLTransfer.Schema;

namespace MLTransfer.Embedding;

/// <summary>The part of every embedding step that checks columns and promises them. A modality says what fits its columns and makes its encoder.</summary>
internal abstract class EmbeddingStep(EmbeddingPlan plan) : RowStep
{
    public EmbeddingPlan Plan { get; } = plan;

    public sealed override IReadOnlyList<StepColumn> OutputColumns => Plan.Columns;

    /// <summary>An encoder for one cursor or one row, never shared between threads.</summary>
    public abstract BackboneEncoder CreateEncoder(SessionHolder session);

    /// <summary>What an exported graph computes in the step's place. A modality adds what its inputs need.</summary>
    /// <exception cref="NotSupportedException">The step does something that no single run of a graph does.</exception>
    public virtual OnnxEmbedding ToOnnx() => new()
    {
        StepName = Plan.Step,
        Backbone = Plan.Backbone,
        Source = Plan.Source,
        Outputs = Plan.Outputs,
        InputColumns = [.. InputColumns],
    };

    /// <summary>Checks what is known of the input before there is data.</summary>
    public SchemaShape Extend(SchemaShape input)
    {
        string[] names = [.. input.Select(c => c.Name)];
        foreach (string name in InputColumns)
        {
            if (!names.Contains(name))
                throw Throw.ColumnMissing(Plan.Step, name, names);
            SchemaShape.Column column = input.First(c => c.Name == name);
            if (column.IsKey || !Fits(name, column.ItemType, column.Kind))
                throw Throw.ColumnType(Plan.Step, name, Expected(name), Describe(column), Remedy(name));
        }
        Dictionary<string, SchemaShape.Column> columns = input.ToDictionary(c => c.Name);
        foreach (FeatureColumn column in Plan.Columns)
            columns[column.Name] = Shape(column);
        return new SchemaShape(columns.Values);
    }

    public sealed override void CheckInput(DataViewSchema schema)
    {
        foreach (string name in InputColumns)
        {
            DataViewSchema.Column? column = schema.GetColumnOrNull(name);
            if (column is null)
                throw Throw.ColumnMissing(Plan.Step, name, schema.Select(c => c.Name));
            DataViewType type = column.Value.Type;
            DataViewType item = type is VectorDataViewType vector ? vector.ItemType : type;
            SchemaShape.Column.VectorKind kind = type is not VectorDataViewType { IsKnownSize: var known } ? SchemaShape.Column.VectorKind.Scalar
                : known ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector;
            if (!Fits(name, item, kind))
                throw Throw.ColumnType(Plan.Step, name, Expected(name), type.ToString()!, Remedy(name));
            CheckSize(name, type);
        }
    }

    /// <summary>What a column should be, for messages.</summary>
    protected abstract string Expected(string column);

    /// <summary>What to do about another column, for messages.</summary>
    protected abstract string Remedy(string column);

    protected abstract bool Fits(string column, DataViewType itemType, SchemaShape.Column.VectorKind kind);

    /// <summary>Checks a vector's size, which is known only with the data's schema.</summary>
    protected virtual void CheckSize(string column, DataViewType type)
    {
    }

    private static SchemaShape.Column Shape(FeatureColumn column)
    {
        SchemaShape.Column.VectorKind kind = column.IsSequence ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector;
        SchemaShape? annotations = column.IsSequence ? null
            : new SchemaShape([MlNetInternals.Column("SlotNames", SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false)]);
        return MlNetInternals.Column(column.Name, kind, NumberDataViewType.Single, isKey: false, annotations);
    }

    private static string Describe(SchemaShape.Column column)
    {
        string item = column.IsKey ? $"Key<{column.ItemType}>" : column.ItemType.ToString()!;
        return column.Kind == SchemaShape.Column.VectorKind.Scalar ? item : $"Vector<{item}>";
    }
}
