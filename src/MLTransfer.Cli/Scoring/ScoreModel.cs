using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Persistence;

namespace MLTransfer.Cli.Scoring;

/// <summary>What rows go through: a saved model, or an embedding step alone. Whoever made it disposes it.</summary>
internal sealed class ScoreModel : IDisposable
{
    // What people want of a model with a head; of one without, all that it adds.
    private static readonly string[] UsualOutputs = ["PredictedLabel", "Score", "Probability"];

    private readonly DataViewSchema _input;
    private readonly DataViewSchema _output;

    private ScoreModel(ITransformer transformer, DataViewSchema input, string sha256, RowErrorLog rowErrors)
    {
        Transformer = transformer;
        Sha256 = sha256;
        RowErrors = rowErrors;
        _input = input;
        _output = transformer.GetOutputSchema(input);
    }

    public ITransformer Transformer { get; }

    /// <summary>SHA-256 of the model's file, or of the backbone and all settings of the step.</summary>
    public string Sha256 { get; }

    /// <summary>Rows that a step could not read, since it was last emptied.</summary>
    public RowErrorLog RowErrors { get; }

    /// <summary>Loads a model that may come from anybody: one whose loaders are neither ML.NET's nor ours, and one that unpacks to too much, is refused first.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no model, or is refused.</exception>
    public static ScoreModel Load(MLContext ml, string path)
    {
        if (Directory.Exists(path))
            throw new ArgumentException($"'{path}' is a folder. Give a model.zip that ML.NET saved; a backbone's features are made by 'mltransfer embed'.");
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no model '{path}'.");
        var rowErrors = new RowErrorLog();
        using (new JobSettings(rowErrors).Enter())
        {
            ITransformer transformer = CheckedModel.Load(ml, path, out DataViewSchema input);
            return new ScoreModel(transformer, input ?? throw new InvalidDataException(
                $"'{path}' was saved without the schema of what it reads. Save it with one: mlContext.Model.Save(model, train.Schema, path)."), PartManifest.Hash(path), rowErrors);
        }
    }

    /// <summary>A step that makes a backbone's features, over one column.</summary>
    /// <param name="make">Makes the fitted step, over rows of that column; it is given what to tell of rows that cannot be read.</param>
    /// <param name="inputColumn">The column's name.</param>
    /// <param name="inputType">Its type.</param>
    /// <param name="identity">The backbone's hash and all settings that decide what the features are.</param>
    public static ScoreModel Of(Func<IDataView, RowErrorLog, ITransformer> make, string inputColumn, DataViewType inputType, string identity)
    {
        var rowErrors = new RowErrorLog();
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(inputColumn, inputType);
        DataViewSchema schema = builder.ToSchema();
        using (new JobSettings(rowErrors).Enter())
        {
            ITransformer transformer = make(new TableView([ViewColumn.Unread(schema[0])], ReadOnlyMemory<int>.Empty), rowErrors);
            return new ScoreModel(transformer, schema, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity))), rowErrors);
        }
    }

    /// <summary>What is delivered of a model.</summary>
    /// <param name="names">The columns asked for; null for those that people usually want.</param>
    /// <exception cref="ArgumentException">There is no such column, or no table holds its type.</exception>
    public IReadOnlyList<ModelOutput> Outputs(IReadOnlyList<string>? names)
    {
        DataViewSchema.Column[] visible = [.. _output.Where(c => !c.IsHidden)];
        if (names is not null)
        {
            return [.. names.Select(n => ModelOutput.Of(visible.Where(c => string.Equals(c.Name, n, StringComparison.OrdinalIgnoreCase)).Cast<DataViewSchema.Column?>().LastOrDefault()
                ?? throw new ArgumentException($"The model delivers no column '{n}'. It has {Names(visible)}. Choose among them with --columns.")))];
        }
        DataViewSchema.Column[] usual = [.. UsualOutputs.SelectMany(n => visible.Where(c => c.Name == n))];
        if (usual.Length > 0)
            return [.. usual.Select(ModelOutput.Of)];
        ModelOutput[] added = [.. visible.Where(c => _input.GetColumnOrNull(c.Name) is null && ModelOutput.IsSupported(c)).Select(ModelOutput.Of)];
        return added.Length > 0
            ? added
            : throw new ArgumentException($"The model delivers none of {string.Join(", ", UsualOutputs)}, and nothing else that a table holds. It has {Names(visible)}. Choose with --columns.");
    }

    /// <summary>The columns of the input that some outputs depend on, and those that only the saved schema names.</summary>
    public (IReadOnlyList<DataViewSchema.Column> Read, IReadOnlyList<DataViewSchema.Column> Unread) Inputs(IReadOnlyList<ModelOutput> outputs)
    {
        if (!Transformer.IsRowToRowMapper)
            return ([.. _input], []);
        HashSet<int> read = [.. Transformer.GetRowToRowMapper(_input).GetDependencies(outputs.Select(o => o.Source)).Select(c => c.Index)];
        return ([.. _input.Where(c => read.Contains(c.Index))], [.. _input.Where(c => !read.Contains(c.Index))]);
    }

    /// <summary>What the backbones among the model's steps read; none where it has no backbone.</summary>
    public IReadOnlyList<BackboneModality> Modalities => [.. ModalitiesOf(Transformer).Distinct().Order()];

    /// <summary>A view of the model's values over rows.</summary>
    public IDataView Transform(IDataView rows)
    {
        using (new JobSettings(RowErrors).Enter())
            return Transformer.Transform(rows);
    }

    public void Dispose() => (Transformer as IDisposable)?.Dispose();

    private static IEnumerable<BackboneModality> ModalitiesOf(ITransformer step) => step switch
    {
        EmbeddingTransformer embedding => [embedding.Backbone.Card.Modality],
        IEnumerable<ITransformer> steps => steps.SelectMany(ModalitiesOf),
        _ => [],
    };

    private static string Names(IEnumerable<DataViewSchema.Column> columns) => string.Join(", ", columns.Select(c => $"'{c.Name}' ({c.Type})"));
}
