using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Cli.Scoring;

/// <summary>A column of rows in memory as ML.NET reads them.</summary>
internal abstract class ViewColumn(string name, DataViewType type)
{
    public string Name { get; } = name;

    public DataViewType Type { get; } = type;

    /// <summary>A <see cref="ValueGetter{TValue}"/> of the column's raw type.</summary>
    /// <param name="row">Gives the place of the current row.</param>
    public abstract Delegate CreateGetter(Func<int> row);

    /// <summary>A column that the model's saved schema has and nobody reads.</summary>
    public static ViewColumn Unread(DataViewSchema.Column column) =>
        (ViewColumn)Activator.CreateInstance(typeof(UnreadColumn<>).MakeGenericType(column.Type.RawType), column.Name, column.Type)!;

    private sealed class UnreadColumn<T>(string name, DataViewType type) : ViewColumn(name, type)
    {
        public override Delegate CreateGetter(Func<int> row) => (ValueGetter<T>)((ref T value) => value = default!);
    }
}

/// <summary>One value in each row.</summary>
internal sealed class ScalarColumn<T>(string name, DataViewType type, T[] values) : ViewColumn(name, type)
{
    public override Delegate CreateGetter(Func<int> row) => (ValueGetter<T>)((ref T value) => value = values[row()]);
}

/// <summary>As many numbers in every row, row after row.</summary>
internal sealed class VectorColumn(string name, VectorDataViewType type, float[] values) : ViewColumn(name, type)
{
    private readonly int _width = type.Size;

    public override Delegate CreateGetter(Func<int> row) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, _width);
        values.AsSpan(row() * _width, _width).CopyTo(editor.Values);
        value = editor.Commit();
    });
}
