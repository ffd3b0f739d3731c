using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Demo;
using MLTransfer.Cli.Inspection;
using MLTransfer.Cli.Scoring;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer embed`: rows in, a backbone's features out.</summary>
internal static class EmbedCommand
{
    public const string Name = "embed";

    private const string OutputColumn = "Features";

    public static string[] Examples { get; } =
    [
        "mltransfer embed default tickets.csv features.parquet",
        "mltransfer embed models/all-minilm-l6-v2 mails.parquet features.parquet --text-column body --keep id",
        "mltransfer embed mobilenet.onnx photos features.parquet --feature features --preprocessing keras-tf",
        "mltransfer embed models/all-minilm-l6-v2 mails.parquet parts --shard 0/8",
    ];

    public static Command Create()
    {
        var backbone = new Argument<string>("backbone") { Description = "A backbone: folder, .onnx file or name, or 'default' for the small one for texts inside this tool." };
        var variant = new Option<string?>("--variant") { Description = "Which graph of a folder that has several." };
        var feature = new Option<string?>("--feature") { Description = "The value of the backbone's graph that is the feature, as inspect lists them." };
        var preprocessing = new Option<string?>("--preprocessing") { Description = "How a picture becomes the backbone's input, where no card and no preprocessor_config.json says it." };
        preprocessing.AcceptOnlyFromAmong([.. PhotoBackbone.Presets]);
        var pooling = new Option<Pooling?>("--pooling") { Description = "How token vectors become one: mean, first, last, max. Default: as the backbone's card says." };
        var normalize = new Option<bool?>("--normalize") { Description = "Whether features are divided by their Euclidean norm. Default: as the backbone's card says." };
        Option<int?> dimension = NumberOption.Whole("--dimension", "Keep the first numbers of a feature only, for backbones that were trained so.");
        Option<int?> length = NumberOption.Whole("--max-length", "The most tokens of a text; the rest is cut off. Default: as the backbone's card says.", least: 3);
        var options = new RowJobOptions();
        var command = new Command(Name, "Write a backbone's features for the rows of files or folders, alone or as one of many shards. Goes on where an earlier run of the same command ended.") { backbone };
        options.AddTo(command);
        foreach (Option option in (Option[])[variant, feature, preprocessing, pooling, normalize, dimension, length])
            command.Add(option);
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                Backbone opened = Open(parsed.GetRequiredValue(backbone), parsed.GetValue(variant), parsed.GetValue(feature), parsed.GetValue(preprocessing), cancel);
                var settings = new EmbedSettings(opened, parsed.GetValue(pooling), parsed.GetValue(normalize), parsed.GetValue(dimension), parsed.GetValue(length));
                return RowJob.Run(parsed, options, (ml, input) => Model(ml, settings, input, options.Choice(parsed, null)), [OutputColumn], cancel);
            },
            CancellationToken.None));
        return command;
    }

    private static Backbone Open(string pathOrName, string? variant, string? feature, string? preprocessing, CancellationToken cancel)
    {
        bool isDefault = pathOrName == ModelInspector.DefaultName && !Directory.Exists(pathOrName);
        if (isDefault)
            return feature is null ? DefaultBackbones.Text : DefaultBackbones.Text.WithFeature(feature);
        return preprocessing is null
            ? Backbone.Open(pathOrName, new BackboneOptions { FeatureOutput = feature, Variant = variant, CancellationToken = cancel })
            : PhotoBackbone.Open(pathOrName, preprocessing, feature, cancel);
    }

    private static ScoreModel Model(MLContext ml, EmbedSettings settings, TableInput input, ColumnChoice choice)
    {
        Backbone backbone = settings.Backbone;
        if (input.Media is BackboneModality media && media != backbone.Card.Modality)
        {
            throw new ArgumentException(
                $"The input is {(media == BackboneModality.Image ? "pictures" : "sounds")}, but backbone '{backbone.Name}' reads {backbone.Card.Modality.ToString().ToLowerInvariant()}. Give one that reads them.");
        }
        if (settings.MaximumLength is not null && backbone.Card.Modality != BackboneModality.Text)
            throw new ArgumentException($"--max-length counts tokens of texts, and backbone '{backbone.Name}' reads {backbone.Card.Modality.ToString().ToLowerInvariant()}. Leave it out.");
        return backbone.Card.Modality switch
        {
            BackboneModality.Text => Of("Text", TextDataViewType.Instance, (_, column) => ml.Transforms.EmbedText(backbone, settings.On(new TextEmbeddingOptions { InputColumnName = column, MaximumLength = settings.MaximumLength }))),
            BackboneModality.Image => Of("Image", TextDataViewType.Instance, (log, column) =>
                ml.Transforms.EmbedImage(backbone, settings.On(new ImageEmbeddingOptions { InputColumnName = column, OnError = RowErrorPolicy.NaN, RowErrors = log }))),
            BackboneModality.Audio => Of("Audio", TextDataViewType.Instance, (log, column) =>
                ml.Transforms.EmbedAudio(backbone, settings.On(new AudioEmbeddingOptions { InputColumnName = column, OnError = RowErrorPolicy.NaN, RowErrors = log }))),
            _ => Tensor(),
        };

        ScoreModel Of(string column, DataViewType type, Func<RowErrorLog, string, IEstimator<ITransformer>> step) =>
            ScoreModel.Of((rows, log) => step(log, column).Fit(rows), column, type, settings.Identity(OutputColumn));

        ScoreModel Tensor()
        {
            string[] names = [.. backbone.Ports.Inputs.Values.Select(p => p.Name)];
            if (names is not [var name])
                throw new NotSupportedException($"Backbone '{backbone.Name}' reads {names.Length} inputs ({string.Join(", ", names)}); the tool embeds rows of one. Use EmbedTensor in a program.");
            TableColumn source = input.Columns[input.Find(choice.Sources.GetValueOrDefault(name, name), $"--column {name}=COLUMN")];
            if (source.Kind != ColumnKind.Vector)
                throw new ArgumentException($"Backbone '{backbone.Name}' reads vectors, but the input's column '{source.Name}' holds {source.Kind.ToString().ToLowerInvariant()}. Choose another with --column {name}=COLUMN.");
            return Of(name, new VectorDataViewType(NumberDataViewType.Single, source.Width), (_, column) =>
                ml.Transforms.EmbedTensor(backbone, settings.On(new TensorEmbeddingOptions { InputColumns = new Dictionary<string, string> { [name] = column } })));
        }
    }

    private sealed record EmbedSettings(Backbone Backbone, Pooling? Pooling, bool? Normalize, int? Dimension, int? MaximumLength)
    {
        public T On<T>(T options)
            where T : EmbeddingOptions => options with { OutputColumnName = OutputColumn, Pooling = Pooling, Normalize = Normalize, Dimension = Dimension, Cache = new FeatureCache(memoryLimit: 0) };

        /// <summary>All that decides what the features are.</summary>
        public string Identity(string column) => string.Create(
            CultureInfo.InvariantCulture, $"{Backbone.Sha256}\n{Backbone.Card.ToJson()}\n{column}\n{Pooling}\n{Normalize}\n{Dimension}\n{MaximumLength}");
    }
}
