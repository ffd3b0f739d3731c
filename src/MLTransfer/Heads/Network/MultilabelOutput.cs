using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.ML.Data;
using MLTransfer.Export;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Persistence;
using MLTransfer.Schema;

namespace MLTransfer.Heads.Network;

/// <summary>Score, the probability of each label; PredictedLabel, for each label whether its probability is at its threshold or above.</summary>
/// <param name="LabelNames">The K labels.</param>
/// <param name="Thresholds">One for each label, from 0 to 1.</param>
internal sealed record MultilabelOutput(ImmutableArray<string> LabelNames, ImmutableArray<float> Thresholds) : HeadOutput
{
    public const string Name = "multilabel";

    private const string Kind = "MultilabelClassification";

    public override int LogitCount => LabelNames.Length;

    public override ImmutableArray<string> Labels => LabelNames;

    public override ImmutableArray<StepColumn> Columns =>
    [
        new LogitColumn<VBuffer<bool>>("PredictedLabel", new VectorDataViewType(BooleanDataViewType.Instance, LogitCount), LogitCount, Judge, (annotations, input) =>
        {
            LabelValues.OfTexts(LabelNames).Annotate(annotations, "SlotNames");
            ScoreAnnotations.Add(annotations, input, Kind, "PredictedLabel");
        }),
        new LogitColumn<VBuffer<float>>("Score", new VectorDataViewType(NumberDataViewType.Single, LogitCount), LogitCount, Probabilities, (annotations, input) =>
        {
            LabelValues.OfTexts(LabelNames).Annotate(annotations, "SlotNames");
            ScoreAnnotations.AddIsNormalized(annotations);
            ScoreAnnotations.Add(annotations, input, Kind, "Score");
        }),
    ];

    public override HeadTask ExportTask => HeadTask.Multilabel;

    protected override string Task => Name;

    public static MultilabelOutput Read(PayloadSettings settings) => new([.. settings.Texts("labels")], [.. settings.Numbers<float>("thresholds")]);

    public override void Append(OpsetGraph graph, string logits, OnnxDimension batch)
    {
        graph.NamedNode(OnnxHead.Score, "Sigmoid", [logits]);
        // "At the threshold or above" is "above the number before it", for which every version has an operator.
        string thresholds = graph.Constant([.. Thresholds.Select(MathF.BitDecrement)], LogitCount);
        graph.NamedNode(OnnxHead.PredictedLabel, "Cast", [graph.Node("Greater", [OnnxHead.Score, thresholds])], OnnxAttribute.Of("to", (long)OnnxElementType.Int64));
        graph.Builder.Output(OnnxHead.Score, OnnxElementType.Float, batch, LogitCount).Output(OnnxHead.PredictedLabel, OnnxElementType.Int64, batch, LogitCount);
    }

    protected override void Write(JsonObject settings)
    {
        settings["labels"] = new JsonArray([.. LabelNames.Select(n => (JsonNode)n)]);
        settings["thresholds"] = new JsonArray([.. Thresholds.Select(t => (JsonNode)t)]);
    }

    private static void Probabilities(ReadOnlySpan<float> logits, ref VBuffer<float> scores)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref scores, logits.Length);
        for (int k = 0; k < logits.Length; k++)
            editor.Values[k] = Logistic.Of(logits[k]);
        scores = editor.Commit();
    }

    private void Judge(ReadOnlySpan<float> logits, ref VBuffer<bool> holds)
    {
        VBufferEditor<bool> editor = VBufferEditor.Create(ref holds, logits.Length);
        for (int k = 0; k < logits.Length; k++)
            editor.Values[k] = Logistic.Of(logits[k]) >= Thresholds[k];
        holds = editor.Commit();
    }
}
