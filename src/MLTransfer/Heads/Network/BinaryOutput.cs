using System.Collections.Immutable;
using Microsoft.ML.Data;
using MLTransfer.Export;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Schema;

namespace MLTransfer.Heads.Network;

/// <summary>Score, the logit; Probability = 1 / (1 + exp(−Score)); PredictedLabel, true where Score is above 0, as ML.NET's own scorer has it.</summary>
internal sealed record BinaryOutput : HeadOutput
{
    public const string Name = "binary";

    private const string Kind = "BinaryClassification";

    public override int LogitCount => 1;

    public override ImmutableArray<string> Labels => ["False", "True"];

    public override ImmutableArray<StepColumn> Columns =>
    [
        new LogitColumn<bool>("PredictedLabel", BooleanDataViewType.Instance, 1, (logits, ref isTrue) => isTrue = logits[0] > 0,
            (annotations, input) => ScoreAnnotations.Add(annotations, input, Kind, "PredictedLabel")),
        new LogitColumn<float>("Score", NumberDataViewType.Single, 1, (logits, ref score) => score = logits[0],
            (annotations, input) => ScoreAnnotations.Add(annotations, input, Kind, "Score")),
        new LogitColumn<float>("Probability", NumberDataViewType.Single, 1, (logits, ref probability) => probability = Logistic.Of(logits[0]), (annotations, input) =>
        {
            ScoreAnnotations.AddIsNormalized(annotations);
            ScoreAnnotations.Add(annotations, input, Kind, "Probability");
        }),
    ];

    public override HeadTask ExportTask => HeadTask.Binary;

    protected override string Task => Name;

    public override void Append(OpsetGraph graph, string logits, OnnxDimension batch)
    {
        graph.NamedNode(OnnxHead.Score, "Identity", [logits]);
        graph.NamedNode(OnnxHead.Probability, "Sigmoid", [logits]);
        string isTrue = graph.Cast(graph.Node("Greater", [logits, graph.Constant([0f], 1)]), OnnxElementType.Int64);
        graph.NamedNode(OnnxHead.PredictedLabel, "Reshape", [isTrue, graph.Constant([-1L], 1)]);
        graph.Builder.Output(OnnxHead.Score, OnnxElementType.Float, batch, 1).Output(OnnxHead.Probability, OnnxElementType.Float, batch, 1)
            .Output(OnnxHead.PredictedLabel, OnnxElementType.Int64, batch);
    }
}
