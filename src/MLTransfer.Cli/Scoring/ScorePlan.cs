using Microsoft.ML;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Scoring;

/// <summary>Which columns go where: of the input into the model, of the input past it, of the model into the output.</summary>
internal sealed class ScorePlan
{
    private ScorePlan(ScoreModel model, IReadOnlyList<ModelInput> inputs, IReadOnlyList<DataViewSchema.Column> unread, IReadOnlyList<ModelOutput> outputs, IReadOnlyList<TableColumn> kept)
    {
        (Model, Inputs, Unread, Outputs, Kept) = (model, inputs, unread, outputs, kept);
    }

    public ScoreModel Model { get; }

    /// <summary>What the model reads.</summary>
    public IReadOnlyList<ModelInput> Inputs { get; }

    /// <summary>Columns of the model's schema that nothing asked for depends on.</summary>
    public IReadOnlyList<DataViewSchema.Column> Unread { get; }

    /// <summary>What is taken of the model.</summary>
    public IReadOnlyList<ModelOutput> Outputs { get; }

    /// <summary>Columns of the input that are passed on.</summary>
    public IReadOnlyList<TableColumn> Kept { get; }

    /// <summary>The columns that are read of the input: those kept, then the source of each of the model's.</summary>
    public IReadOnlyList<string> Sources => [.. Kept.Select(c => c.Name), .. Inputs.Select(i => i.Source.Name)];

    /// <param name="model">The model.</param>
    /// <param name="input">The input.</param>
    /// <param name="choice">What was chosen by hand.</param>
    /// <exception cref="ArgumentException">A column is not there, of the wrong type, or twice in the output.</exception>
    public static ScorePlan Make(ScoreModel model, TableInput input, ColumnChoice choice)
    {
        // A path is a text, which a model of texts would score without a word.
        if (input.Media is BackboneModality media && model.Modalities is { Count: > 0 } modalities && !modalities.Contains(media))
        {
            throw new ArgumentException($"The input is {(media == BackboneModality.Image ? "pictures" : "sounds")}, but the model's backbone reads {string.Join(" and ", modalities).ToLowerInvariant()}. Give files of what it reads, or another model.");
        }
        IReadOnlyList<ModelOutput> outputs = model.Outputs(choice.Outputs);
        (IReadOnlyList<DataViewSchema.Column> read, IReadOnlyList<DataViewSchema.Column> unread) = model.Inputs(outputs);
        foreach (string name in choice.Sources.Keys.Where(n => read.All(c => !Same(c.Name, n))))
            throw new ArgumentException($"--column names '{name}', which the model does not read for {List(outputs.Select(o => o.Column.Name))}. It reads {List(read.Select(c => c.Name))}.");
        DataViewSchema.Column[] texts = [.. read.Where(c => c.Type == Microsoft.ML.Data.TextDataViewType.Instance)];
        if (choice.Text is not null && texts.Length != 1)
            throw new ArgumentException($"--text-column belongs to a model that reads one text, and this one reads {List(texts.Select(c => c.Name))}. Give --column NAME=COLUMN for each.");
        ModelInput[] inputs = [.. read.Select(c => new ModelInput(c.Name, c.Type, input.Columns[Source(c)]))];
        foreach (ModelInput one in inputs)
            one.Check();
        TableColumn[] kept = choice.Kept is null ? [.. input.Columns] : [.. choice.Kept.Select(n => input.Columns[input.Find(n, "--keep")])];
        string? twice = kept.Select(c => c.Name).Concat(outputs.Select(o => o.Column.Name)).GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1)?.Key;
        return twice is null
            ? new ScorePlan(model, inputs, unread, outputs, kept)
            : throw new ArgumentException($"The output would have two columns '{twice}'. Say with --keep which columns of the input are passed on (--keep none for none), or choose the model's with --columns.");

        int Source(DataViewSchema.Column column)
        {
            if (choice.Sources.Where(s => Same(s.Key, column.Name)).Select(s => s.Value).FirstOrDefault() is string given)
                return input.Find(given, "--column");
            if (choice.Text is not null && column.Index == texts[0].Index)
                return input.Find(choice.Text, "--text-column");
            // The only column of a folder is the path of each of its files.
            if (input.Media is not null && texts.Length == 1 && column.Index == texts[0].Index)
                return 0;
            return input.Find(column.Name, texts.Length == 1 && column.Index == texts[0].Index ? "--text-column" : $"--column {column.Name}=COLUMN");
        }
    }

    /// <summary>What parts of the same job agree in.</summary>
    public JobDescription Describe(InputScan scan, ScoreSettings settings) => new()
    {
        Tool = typeof(Backbone).Assembly.GetName().Version!.ToString(3),
        Model = Model.Sha256,
        Input = scan.Sha256,
        InputRowCount = scan.RowCount,
        Files = scan.Files,
        ShardCount = settings.Shard.Count,
        BlockRowCount = settings.BlockRowCount,
        Format = settings.Paths.Extension,
        Reads = [.. Inputs.Select(i => $"{i.Name}={i.Source.Name}")],
        Columns = [.. Kept.Concat(Outputs.Select(o => o.Column)).Select(c => c.Kind == ColumnKind.Vector ? $"{c.Name}: {c.Kind} of {c.Width}" : $"{c.Name}: {c.Kind}")],
    };

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));
}

/// <summary>What was chosen by hand.</summary>
/// <param name="Text">The input's column that the model's only text is read from; null for the one of the model's name.</param>
/// <param name="Sources">The input's column for columns of the model.</param>
/// <param name="Kept">Columns of the input that are passed on; null for all.</param>
/// <param name="Outputs">Columns of the model that are written; null for those that people usually want.</param>
internal sealed record ColumnChoice(string? Text, IReadOnlyDictionary<string, string> Sources, IReadOnlyList<string>? Kept, IReadOnlyList<string>? Outputs);
