using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Persistence;

namespace MLTransfer.Cli.Teaching;

/// <summary>A saved model whose scores of classes are taught.</summary>
internal sealed class TaskTeacher : IDisposable
{
    private const string ScoreColumn = "Score";

    private TaskTeacher(string path, ITransformer model, string textColumn, IReadOnlyList<string> unusedColumns, IReadOnlyList<string>? classes, int classCount)
    {
        Path = path;
        Model = model;
        TextColumn = textColumn;
        UnusedColumns = unusedColumns;
        Classes = classes;
        ClassCount = classCount;
    }

    public string Path { get; }

    public ITransformer Model { get; }

    /// <summary>The column that its scores are made of.</summary>
    public string TextColumn { get; }

    /// <summary>Other columns of texts, such as a label, that it wants to see but makes no scores of.</summary>
    public IReadOnlyList<string> UnusedColumns { get; }

    /// <summary>The names of its classes in the order of its scores; null where it does not know them.</summary>
    public IReadOnlyList<string>? Classes { get; }

    public int ClassCount { get; }

    /// <summary>Opens a model that may come from anybody.</summary>
    /// <param name="ml">Where it lives.</param>
    /// <param name="path">The model.zip.</param>
    /// <param name="textColumn">The column that it reads, where that was said.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no model, or no safe one.</exception>
    /// <exception cref="ArgumentException">It has no scores of classes, or makes them of something else than one text.</exception>
    public static TaskTeacher Open(MLContext ml, string path, string? textColumn)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"--teacher-model names '{path}', but there is no such file.");
        ITransformer model = CheckedModel.Load(ml, path, out DataViewSchema input);
        try
        {
            return Of(model, path, input, textColumn);
        }
        catch
        {
            (model as IDisposable)?.Dispose();
            throw;
        }
    }

    public void Dispose() => (Model as IDisposable)?.Dispose();

    private static TaskTeacher Of(ITransformer model, string path, DataViewSchema input, string? textColumn)
    {
        DataViewSchema output = model.GetOutputSchema(input);
        DataViewSchema.Column score = output.GetColumnOrNull(ScoreColumn)
            ?? throw new ArgumentException($"--teacher-model '{path}' has no column '{ScoreColumn}'; its columns are {Names(output)}. Give a model with a trained head, such as one that 'mltransfer train' saved.");
        if (score.Type is not VectorDataViewType { Size: > 1 } type || type.ItemType != NumberDataViewType.Single)
            throw new ArgumentException($"--teacher-model '{path}' has a '{ScoreColumn}' of {score.Type}; classes have one number each, Vector<Single>. Students of two classes or of a quantity are taught in a program, by Distilled.");
        string[] needed = [.. model.GetRowToRowMapper(input).GetDependencies([score]).Select(c => c.Name).Distinct()];
        DataViewSchema.Column[] texts = [.. input.Where(c => c.Type == TextDataViewType.Instance)];
        if (textColumn is not null && !Array.Exists(texts, c => c.Name == textColumn))
            throw new ArgumentException($"--teacher-text-column '{textColumn}' is no column of texts that --teacher-model '{path}' reads; these are {string.Join(", ", texts.Select(c => $"'{c.Name}'"))}.");
        if (needed is not [string read] || !Array.Exists(texts, c => c.Name == read))
            throw new ArgumentException($"--teacher-model '{path}' makes its scores of {string.Join(", ", needed.Select(n => $"'{n}' ({input[n].Type})"))}. A teacher here reads one column of texts; others are taught in a program, by Distilled.");
        if (textColumn is not null && textColumn != read)
            throw new ArgumentException($"--teacher-text-column is '{textColumn}', but --teacher-model '{path}' makes its scores of '{read}'.");
        if (input.FirstOrDefault(c => c.Type != TextDataViewType.Instance && !c.IsHidden) is { Name: string other, Type: DataViewType otherType })
            throw new ArgumentException($"--teacher-model '{path}' wants a column '{other}' of {otherType}, which no text can give. Save it with the schema of what it scores alone.");
        return new TaskTeacher(path, model, read, [.. texts.Select(c => c.Name).Where(n => n != read)], ClassNames(score), type.Size);
    }

    private static string[]? ClassNames(DataViewSchema.Column score)
    {
        if (!score.HasSlotNames())
            return null;
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(n => n.ToString())];
    }

    private static string Names(DataViewSchema schema) => string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"));
}
