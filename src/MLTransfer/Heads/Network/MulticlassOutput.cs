using System.Collections.Immutable;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using Microsoft.ML.Data;
using MLTransfer.Export;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Persistence;
using MLTransfer.Schema;

namespace MLTransfer.Heads.Network;

/// <summary>Score, the softmax of the logits, and PredictedLabel, a key; missing where the logits are not numbers.</summary>
/// <param name="ClassCount">K.</param>
/// <param name="Values">What the classes stand for; null where the label had no names.</param>
internal sealed record MulticlassOutput(int ClassCount, LabelValues? Values) : HeadOutput
{
    public const string Name = "multiclass";

    private const string Kind = "MulticlassClassification";

    public override int LogitCount => ClassCount;

    public override ImmutableArray<string> Labels =>
        Values is null ? [.. Enumerable.Range(0, ClassCount).Select(i => i.ToString(CultureInfo.InvariantCulture))] : [.. Values.Texts()];

    public override ImmutableArray<StepColumn> Columns =>
    [
        new LogitColumn<uint>("PredictedLabel", new KeyDataViewType(typeof(uint), ClassCount), ClassCount, Largest, (annotations, input) =>
        {
            Values?.Annotate(annotations, "KeyValues");
            ScoreAnnotations.Add(annotations, input, Kind, "PredictedLabel");
        }),
        new LogitColumn<VBuffer<float>>("Score", new VectorDataViewType(NumberDataViewType.Single, ClassCount), ClassCount, Softmax, (annotations, input) =>
        {
            // ML.NET names slots by texts only.
            if (Values?.ItemType == TextDataViewType.Instance)
                Values.Annotate(annotations, "SlotNames");
            Values?.Annotate(annotations, "TrainingLabelValues");
            ScoreAnnotations.Add(annotations, input, Kind, "Score");
        }),
    ];

    public override HeadTask ExportTask => HeadTask.Multiclass;

    protected override string Task => Name;

    public static MulticlassOutput Read(PayloadSettings settings) =>
        new(settings.Number<int>("classCount"), settings.OptionalObject("classes") is PayloadSettings classes ? LabelValues.FromJson(classes) : null);

    public override void Append(OpsetGraph graph, string logits, OnnxDimension batch)
    {
        graph.NamedNode(OnnxHead.Score, "Softmax", [logits], OnnxAttribute.Of("axis", 1L));
        graph.NamedNode(OnnxHead.PredictedLabel, "ArgMax", [logits], OnnxAttribute.Of("axis", 1L), OnnxAttribute.Of("keepdims", 0L));
        graph.Builder.Output(OnnxHead.Score, OnnxElementType.Float, batch, ClassCount).Output(OnnxHead.PredictedLabel, OnnxElementType.Int64, batch);
    }

    protected override void Write(JsonObject settings)
    {
        settings["classCount"] = ClassCount;
        settings["classes"] = Values?.ToJson();
    }

    private static void Largest(ReadOnlySpan<float> logits, ref uint key)
    {
        int index = TensorPrimitives.IndexOfMax(logits);
        key = float.IsNaN(logits[index]) ? 0 : (uint)index + 1;
    }

    private static void Softmax(ReadOnlySpan<float> logits, ref VBuffer<float> scores)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref scores, logits.Length);
        // Shifted by the largest, so that nothing overflows.
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), editor.Values);
        TensorPrimitives.SoftMax(editor.Values, editor.Values);
        scores = editor.Commit();
    }
}
