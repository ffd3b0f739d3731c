using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

// MODEL.zip ROWS.tsv COLUMN…
// Loads a model with ML.NET alone, scores the rows (tab-separated numbers: the vector in the model's only column) and prints the columns, one row a line.
MLContext ml = new(seed: 0);
ITransformer model = ml.Model.Load(args[0], out DataViewSchema inputSchema);
DataViewSchema.Column input = inputSchema.Single();
int size = ((VectorDataViewType)input.Type).Size;
IDataView rows = ml.Data.LoadFromTextFile(args[1], [new TextLoader.Column(input.Name, DataKind.Single, 0, size - 1)]);
IDataView scored = model.Transform(rows);
string[][] columns = [.. args.Skip(2).Select(name => scored.Schema[name].Type switch
{
    BooleanDataViewType => scored.GetColumn<bool>(name).Select(v => v.ToString()).ToArray(),
    TextDataViewType => scored.GetColumn<string>(name).ToArray(),
    VectorDataViewType => [.. scored.GetColumn<VBuffer<float>>(name).Select(v => string.Join(" ", v.DenseValues().Select(Text)))],
    _ => scored.GetColumn<float>(name).Select(Text).ToArray(),
})];
for (int i = 0; i < columns[0].Length; i++)
    Console.WriteLine(string.Join('\t', columns.Select(c => c[i])));

static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
