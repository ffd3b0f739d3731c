using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

// MODEL.zip ROWS.tsv COLUMN [register] [save=PATH]
// Loads a model, scores the rows (tab-separated, in the order of the model's input columns, no header) and prints the column, one row a line.
// "register" calls mlContext.UseMLTransfer() by its name in text; "save" writes the loaded model again.
if (args.Length < 3)
{
    await Console.Error.WriteLineAsync("usage: LoadProbe MODEL.zip ROWS.tsv COLUMN [register] [save=PATH]");
    return 2;
}

MLContext ml = new(seed: 0);
if (args.Contains("register"))
    Type.GetType("MLTransfer.MLContextExtensions, MLTransfer", throwOnError: true)!.GetMethod("UseMLTransfer")!.Invoke(null, [ml]);

ITransformer model;
DataViewSchema inputSchema;
try
{
    model = ml.Model.Load(args[0], out inputSchema);
}
catch (Exception e)
{
    Exception error = e;
    while (error is TargetInvocationException { InnerException: Exception inner })
        error = inner;
    await Console.Error.WriteLineAsync($"{error.GetType().FullName}: {error.Message}");
    return 1;
}

using (model as IDisposable)
{
    int next = 0;
    TextLoader.Column[] columns = [.. inputSchema.Where(c => !c.IsHidden).Select(c => Column(c, ref next))];
    IDataView scored = model.Transform(ml.Data.LoadFromTextFile(args[1], columns));
    foreach (string line in Lines(scored, scored.Schema[args[2]]))
        Console.WriteLine(line);
    foreach (string path in args.Where(a => a.StartsWith("save=", StringComparison.Ordinal)))
        ml.Model.Save(model, inputSchema, path["save=".Length..]);
}
return 0;

static TextLoader.Column Column(DataViewSchema.Column column, ref int next)
{
    DataViewType type = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
    int size = column.Type is VectorDataViewType { Size: int known } ? known : 1;
    int first = next;
    next += size;
    DataKind kind = type switch
    {
        TextDataViewType => DataKind.String,
        BooleanDataViewType => DataKind.Boolean,
        NumberDataViewType when type == NumberDataViewType.Single => DataKind.Single,
        _ => throw new NotSupportedException($"Column '{column.Name}' is {column.Type}."),
    };
    return size == 1 && column.Type is not VectorDataViewType
        ? new TextLoader.Column(column.Name, kind, first)
        : new TextLoader.Column(column.Name, kind, first, first + size - 1);
}

static List<string> Lines(IDataView data, DataViewSchema.Column column)
{
    List<string> lines = [];
    using DataViewRowCursor cursor = data.GetRowCursor([column]);
    Func<string> read = column.Type switch
    {
        VectorDataViewType => Reader<VBuffer<float>>(cursor, column, v => string.Join(' ', v.DenseValues().Select(Number))),
        TextDataViewType => Reader<ReadOnlyMemory<char>>(cursor, column, t => t.ToString()),
        KeyDataViewType => Reader<uint>(cursor, column, k => k.ToString(CultureInfo.InvariantCulture)),
        BooleanDataViewType => Reader<bool>(cursor, column, b => b.ToString()),
        _ => Reader<float>(cursor, column, Number),
    };
    while (cursor.MoveNext())
        lines.Add(read());
    return lines;
}

static Func<string> Reader<T>(DataViewRowCursor cursor, DataViewSchema.Column column, Func<T, string> format)
{
    ValueGetter<T> getter = cursor.GetGetter<T>(column);
    T value = default!;
    return () =>
    {
        getter(ref value);
        return format(value);
    };
}

static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);
