using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Data;
using MLTransfer.Evaluation;
using MLTransfer.Evaluation.Reports;
using MLTransfer.Persistence;

namespace MLTransfer.Cli.Evaluating;

/// <summary>A saved model with a score for each class, which reads one text or the path of a picture.</summary>
internal sealed class SavedModel : IDisposable
{
    private const string ScoreColumn = "Score";
    private const int ShownLabels = 5;

    private readonly MLContext _ml;
    private readonly string _path;
    private readonly ITransformer _model;
    private readonly string _inputColumn;
    private readonly string[] _unusedColumns;

    private SavedModel(MLContext ml, string path, ITransformer model, string inputColumn, string[] unusedColumns, string[] classes)
    {
        _ml = ml;
        _path = path;
        _model = model;
        _inputColumn = inputColumn;
        _unusedColumns = unusedColumns;
        Classes = classes;
    }

    /// <summary>The names of its classes in the order of its scores.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Opens a model that may come from anybody.</summary>
    /// <param name="path">The model.zip.</param>
    /// <param name="modality">What it is to read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no model, or no safe one.</exception>
    /// <exception cref="ArgumentException">It has no scores of named classes, or makes them of something else than one text or picture.</exception>
    public static SavedModel Open(string path, BackboneModality modality)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"--model names '{path}', but there is no such file.");
        var ml = new MLContext();
        ITransformer model = CheckedModel.Load(ml, path, out DataViewSchema input);
        try
        {
            return Of(ml, path, model, input, modality);
        }
        catch
        {
            (model as IDisposable)?.Dispose();
            throw;
        }
    }

    public void Dispose() => (_model as IDisposable)?.Dispose();

    /// <summary>Scores rows and measures the scores.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="skipUnknownLabels">Whether rows whose label is none of <see cref="Classes"/> are left out; else they are an error.</param>
    /// <param name="progress">Told of rows that were scored.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="ArgumentException">A label is unknown, or of no row it is known.</exception>
    public ModelEvaluation Evaluate(LabelledData data, bool skipUnknownLabels, IProgress<RowsProgress> progress, CancellationToken cancel)
    {
        Dictionary<string, int> classes = Classes.Select((name, k) => (name, k)).ToDictionary(c => c.name, c => c.k, StringComparer.Ordinal);
        LabelCount[] unknown = [.. data.Classes.Where(c => !classes.ContainsKey(c.Name)).Select(c => new LabelCount(c.Name, c.RowCount))];
        LabelledRow[] rows = unknown.Length == 0 ? [.. data.Rows] : [.. data.Rows.Where(r => classes.ContainsKey(r.Label))];
        if (rows.Length == 0 || (unknown.Length > 0 && !skipUnknownLabels))
            throw UnknownLabels(data, unknown, rows.Length);
        float[] scores = Score(rows, progress, cancel);
        return new ModelEvaluation
        {
            Model = _path,
            Data = data.Path,
            LeftOutRowCount = data.Problems.Count,
            UnknownLabels = unknown,
            Metrics = MulticlassMetrics.Compute([.. rows.Select(r => classes[r.Label])], scores, Classes),
        };
    }

    private static SavedModel Of(MLContext ml, string path, ITransformer model, DataViewSchema input, BackboneModality modality)
    {
        DataViewSchema output = model.GetOutputSchema(input);
        DataViewSchema.Column score = output.GetColumnOrNull(ScoreColumn)
            ?? throw new ArgumentException($"--model '{path}' has no column '{ScoreColumn}'; its columns are {Names(output)}. Give a model with a trained head, such as one that 'mltransfer train' saved.");
        if (score.Type is not VectorDataViewType { Size: > 1 } type || type.ItemType != NumberDataViewType.Single)
            throw new ArgumentException($"--model '{path}' has a '{ScoreColumn}' of {score.Type}; classes have one number each, Vector<Single>. Models of two classes or of a quantity are measured in a program.");
        if (!score.HasSlotNames())
            throw new ArgumentException($"--model '{path}' does not say which number of its '{ScoreColumn}' is which class, so labels cannot be compared with it. Train it on a label that is a key of names.");
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        string[] needed = [.. model.GetRowToRowMapper(input).GetDependencies([score]).Select(c => c.Name).Distinct()];
        if (needed is not [string read] || input[read].Type != TextDataViewType.Instance)
            throw new ArgumentException($"--model '{path}' makes its scores of {string.Join(", ", needed.Select(n => $"'{n}' ({input[n].Type})"))}. Measured here are models that read one column of texts, or of paths of pictures.");
        if (input.FirstOrDefault(c => c.Type != TextDataViewType.Instance && !c.IsHidden) is { Name: string other, Type: DataViewType otherType })
            throw new ArgumentException($"--model '{path}' wants a column '{other}' of {otherType}, which the data cannot give. Save it with the schema of what it scores alone.");
        if (modality == BackboneModality.Image && !ReadsPictures(model))
            throw new ArgumentException($"The data are pictures, but --model '{path}' reads texts from '{read}'. Give texts, or a model that reads pictures.");
        return new SavedModel(ml, path, model, read, [.. input.Where(c => !c.IsHidden && c.Name != read).Select(c => c.Name)], [.. names.DenseValues().Select(n => n.ToString())]);
    }

    private static bool ReadsPictures(ITransformer model) => model is ImageEmbeddingTransformer || (model is IEnumerable<ITransformer> steps && steps.Any(ReadsPictures));

    private static string Names(DataViewSchema schema) => string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"));

    private ArgumentException UnknownLabels(LabelledData data, LabelCount[] unknown, int known)
    {
        string labels = string.Join(", ", unknown.Take(ShownLabels).Select(l => $"'{l.Name}' ({l.RowCount} rows)")) + (unknown.Length > ShownLabels ? $" and {unknown.Length - ShownLabels} more" : "");
        string classes = string.Join(", ", Classes.Take(ShownLabels).Select(c => $"'{c}'")) + (Classes.Count > ShownLabels ? ", …" : "");
        return new ArgumentException(known == 0
            ? $"--model '{_path}' knows none of the labels of '{data.Path}': {labels}. It knows {classes}. Give rows with labels that it was trained on."
            : $"--model '{_path}' does not know {labels} of '{data.Path}'. It knows {classes}. Correct the labels, or leave such rows out with --skip-unknown-labels.");
    }

    private float[] Score(LabelledRow[] rows, IProgress<RowsProgress> progress, CancellationToken cancel)
    {
        var scores = new float[(long)rows.Length * Classes.Count];
        IDataView scored = _model.Transform(View(rows, cancel));
        DataViewSchema.Column column = scored.Schema[ScoreColumn];
        using DataViewRowCursor cursor = scored.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> score = default;
        int row = 0;
        while (cursor.MoveNext())
        {
            cancel.ThrowIfCancellationRequested();
            // A step that was told to skip rows that it cannot read would move all that follow to wrong labels.
            if (row == rows.Length)
                throw new InvalidOperationException($"--model '{_path}' gave more rows than the {rows.Length} it was given.");
            getter(ref score);
            score.CopyTo(scores, Classes.Count * row++);
            progress.Report(new RowsProgress(row, rows.Length));
        }
        return row == rows.Length ? scores : throw new InvalidOperationException(
            $"--model '{_path}' gave {row} rows for the {rows.Length} it was given: it skips rows that it cannot read, so scores and labels cannot be matched. Save it with RowErrorPolicy.Throw.");
    }

    private IDataView View(LabelledRow[] rows, CancellationToken cancel)
    {
        var schema = SchemaDefinition.Create(typeof(LabelledRow));
        schema[nameof(LabelledRow.Input)].ColumnName = _inputColumn;
        // Columns that the model wants to see but makes no scores of, such as a label.
        schema[nameof(LabelledRow.Label)].ColumnName = _unusedColumns.Length > 0 ? _unusedColumns[0] : "__Label";
        IDataView view = _ml.Data.LoadFromEnumerable(Until(rows, cancel), schema);
        return _unusedColumns.Skip(1).Aggregate(view, (input, column) => _ml.Transforms.CopyColumns(column, _unusedColumns[0]).Fit(input).Transform(input));
    }

    private static IEnumerable<LabelledRow> Until(LabelledRow[] rows, CancellationToken cancel)
    {
        foreach (LabelledRow row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            yield return row;
        }
    }
}

/// <summary>How far the scoring of rows has come.</summary>
/// <param name="DoneCount">Rows done.</param>
/// <param name="TotalCount">Rows in all.</param>
internal sealed record RowsProgress(int DoneCount, int TotalCount);
