using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Backbones;
using MLTransfer.Embedding;
using MLTransfer.Export;
using MLTransfer.Internal;
using MLTransfer.Media;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Audio;

/// <summary>What EmbedAudio has decided: which input takes the clip, how long its windows are, which inputs carry states. Immutable.</summary>
internal sealed class AudioStep : MediaStep
{
    public const string Name = "EmbedAudio";

    private readonly AudioEmbeddingOptions _options;

    public AudioStep(EmbeddingPlan plan, AudioEmbeddingOptions options)
        : base(plan, options)
    {
        _options = options;
        Backbone backbone = plan.Backbone;
        if (backbone.Card.Modality != BackboneModality.Audio || backbone.Card.Audio is not AudioPreprocessing settings)
            throw Throw.WrongModality(Name, BackboneModality.Audio, backbone.Name, backbone.Card.Modality);
        OnnxValue[] inputs = [.. backbone.Ports.Inputs.Values];
        string[] described = [.. inputs.Select(CardInference.Describe)];
        foreach (string named in settings.States.Keys.Concat(settings.Constants.Keys))
        {
            if (!inputs.Any(i => i.Name == named))
                throw Throw.AudioInputMissing(backbone.Name, named, described);
        }
        OnnxValue[] open = [.. inputs.Where(i => !settings.States.ContainsKey(i.Name) && !settings.Constants.ContainsKey(i.Name))];
        OnnxValue[] clips = [.. open.Where(i => i.ElementType.IsReal())];
        if (clips.Length != 1 || open.Any(i => i != clips[0] && !IsMask(i)))
            throw Throw.AudioInputs(backbone.Name, described);
        Clip = AudioInputPlan.Of(backbone.Name, clips[0], settings);
        Masks = [.. open.Where(IsMask)];
        States = [.. settings.States.Select(s => AudioStatePlan.Of(backbone.Name, inputs.First(i => i.Name == s.Key), s.Value))];
        Constants = [.. settings.Constants.Select(c => (inputs.First(i => i.Name == c.Key), c.Value))];
        if (States.Length > 0 && Clip.WindowSamples is null)
            throw Throw.AudioStatesNeedWindow(backbone.Name);
        if (options.SampleRateColumnName is not null && options.SampleRate is not null)
            throw Throw.SampleRateTwice();
        InputColumns = options.SampleRateColumnName is string rates ? [options.InputColumnName, rates] : [options.InputColumnName];
    }

    public AudioPreprocessing Settings => Plan.Backbone.Card.Audio!;

    public AudioEmbeddingOptions Options => _options;

    public AudioInputPlan Clip { get; }

    /// <summary>Inputs that say which samples count. All do, because only clips of one length share a run.</summary>
    public ImmutableArray<OnnxValue> Masks { get; }

    public ImmutableArray<AudioStatePlan> States { get; }

    public ImmutableArray<(OnnxValue Port, long Value)> Constants { get; }

    public override IReadOnlyList<string> InputColumns { get; }

    public override string Preprocessing =>
        $"{Name}|{JsonSerializer.Serialize(Settings)}|{_options.SampleRate}|{_options.Channel}|{Clip.WindowSamples}";

    public override BackboneEncoder CreateEncoder(SessionHolder session) => new AudioEncoder(this, session);

    public override OnnxEmbedding ToOnnx()
    {
        if (!States.IsEmpty)
            throw Throw.ExportStates(Name, Plan.Backbone.Name, States.Select(s => s.Port.Name));
        if (!Masks.IsEmpty && Clip.FrameAxis >= 0)
            throw Throw.ExportFrameMask(Name, Plan.Backbone.Name, Masks[0].Name);
        return base.ToOnnx() with
        {
            Constants = Constants.ToDictionary(c => c.Port.Name, c => c.Value),
            FullMasks = [.. Masks.Select(m => (m.Name, Clip.Port.Name))],
        };
    }

    public override MediaSource CreateSource(DataViewRow row, DataViewSchema.Column column) => new SampleSource(row, column, _options, Settings.SampleRate);

    protected override string Expected(string column) => column == _options.SampleRateColumnName
        ? "a rate in Hz (Int32)" : "paths of WAV files (String), their bytes (Vector<Byte>) or samples (Vector<Single>)";

    protected override string Remedy(string column) => column == _options.SampleRateColumnName
        ? "Choose another column with AudioEmbeddingOptions.SampleRateColumnName, or state one rate with SampleRate."
        : "Choose the column of sounds with AudioEmbeddingOptions.InputColumnName.";

    protected override bool Fits(string column, DataViewType itemType, SchemaShape.Column.VectorKind kind) => column == _options.SampleRateColumnName
        ? kind == SchemaShape.Column.VectorKind.Scalar && itemType == NumberDataViewType.Int32
        : base.Fits(column, itemType, kind) || (kind != SchemaShape.Column.VectorKind.Scalar && itemType == NumberDataViewType.Single);

    private static bool IsMask(OnnxValue input) => input.ElementType is OnnxElementType.Int64 or OnnxElementType.Int32 && input.Dimensions.Length == 2
        && input.Name.Contains("mask", StringComparison.OrdinalIgnoreCase);
}
