using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Data;
using MLTransfer.Cli.Demo;
using MLTransfer.Cli.Training;
using MLTransfer.Images;

namespace MLTransfer.Cli.Evaluating;

/// <summary>A comparison of a backbone with what there is without one: hashed n-grams of texts, 16 × 16 pixels of pictures.</summary>
internal sealed class ComparisonStudy
{
    private const string TextColumn = "Text";
    private const string LabelColumn = "Label";

    // As that of `train`.
    private const int HiddenUnits = 256;

    private readonly MLContext _ml = new(seed: 0);
    private readonly Backbone _backbone;
    private readonly LabelledData _data;
    private readonly LabelledData? _test;
    private readonly StudySettings _settings;

    /// <exception cref="ArgumentException">The rows to measure on are of another kind.</exception>
    public ComparisonStudy(Backbone backbone, LabelledData data, LabelledData? test, StudySettings settings)
    {
        if (test is not null && test.Modality != data.Modality)
            throw new ArgumentException($"--test-data '{test.Path}' holds {Things(test)}, but '{data.Path}' holds {Things(data)}. Both have to be of one kind.");
        _backbone = backbone;
        _data = data;
        _test = test;
        _settings = settings;
    }

    /// <summary>Makes it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the first run was done.</exception>
    public TransferComparison Run(IProgress<CompareProgress> progress, CancellationToken cancel)
    {
        bool isImage = _data.Modality == BackboneModality.Image;
        var options = new CompareOptions
        {
            Seeds = [.. Enumerable.Range(0, _settings.SeedCount)],
            TestFraction = _settings.HoldOut,
            TestData = _test is null ? null : View(_test, cancel),
            Without = isImage ? _ml.Transforms.CopyColumns("Features", nameof(Photo.Pixels)) : null,
            Trainer = _settings.Head == HeadKind.Mlp ? ml => Mlp(ml, cancel) : null,
            DataDescription = _test is null ? _data.Path : $"{_data.Path}, measured on {_test.Path}",
            WithoutDescription = isImage ? "16 × 16 pixels" : null,
            TrainerDescription = _settings.Head == HeadKind.Mlp ? $"MlpHead with {HiddenUnits} hidden units" : "LinearHead",
            Progress = progress,
            CancellationToken = cancel,
        };
        if (_settings.LabelsPerClass is int[] counts)
            options = options with { LabelsPerClass = counts };
        IEstimator<ITransformer> with = isImage ? _ml.Transforms.EmbedImage("Features", _backbone, nameof(Photo.Image)) : _ml.Transforms.EmbedText("Features", _backbone, TextColumn);
        return _ml.Transfer().CompareWithAndWithout(View(_data, cancel), with, options);
    }

    private static MulticlassMlpHead Mlp(MLContext ml, CancellationToken cancel) => ml.MulticlassClassification.Trainers.MlpHead(new MlpHeadOptions
    {
        HiddenUnits = [HiddenUnits],
        Training = MlpHeadOptions.DefaultTraining with { CancellationToken = cancel },
    });

    private static string Things(LabelledData data) => data.Modality == BackboneModality.Image ? "pictures" : "texts";

    private IDataView View(LabelledData data, CancellationToken cancel)
    {
        if (data.Modality == BackboneModality.Image)
            return _ml.Data.LoadFromEnumerable(Until(Pixels(data, cancel), cancel));
        var schema = SchemaDefinition.Create(typeof(LabelledRow));
        schema[nameof(LabelledRow.Input)].ColumnName = TextColumn;
        schema[nameof(LabelledRow.Label)].ColumnName = LabelColumn;
        return _ml.Data.LoadFromEnumerable(Until(data.Rows, cancel), schema);
    }

    private static Photo[] Pixels(LabelledData data, CancellationToken cancel)
    {
        var photos = new Photo[data.Rows.Count];
        Parallel.For(0, photos.Length, new ParallelOptions { CancellationToken = cancel }, () => new ImageWorkspace(), (i, _, workspace) =>
        {
            photos[i] = new Photo { Image = data.Rows[i].Input, Label = data.Rows[i].Label, Pixels = Photos.Pixels(data.Rows[i].Input, workspace) };
            return workspace;
        }, workspace => workspace.Dispose());
        return photos;
    }

    // A step that embeds rows reads them for as long as there are any.
    private static IEnumerable<T> Until<T>(IReadOnlyList<T> rows, CancellationToken cancel)
    {
        foreach (T row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            yield return row;
        }
    }
}
