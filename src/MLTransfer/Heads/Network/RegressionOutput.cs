using System.Collections.Immutable;
using Microsoft.ML.Data;
using MLTransfer.Export;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Schema;

namespace MLTransfer.Heads.Network;

/// <summary>Score, the estimate of the label: the one logit as it is.</summary>
internal sealed record RegressionOutput : HeadOutput
{
    public const string Name = "regression";

    public override int LogitCount => 1;

    public override ImmutableArray<string> Labels => [];

    public override ImmutableArray<StepColumn> Columns =>
    [
        new LogitColumn<float>("Score", NumberDataViewType.Single, 1, (logits, ref score) => score = logits[0],
            (annotations, input) => ScoreAnnotations.Add(annotations, input, "Regression", "Score")),
    ];

    public override HeadTask ExportTask => HeadTask.Regression;

    protected override string Task => Name;

    public override void Append(OpsetGraph graph, string logits, OnnxDimension batch)
    {
        graph.NamedNode(OnnxHead.Score, "Identity", [logits]);
        graph.Builder.Output(OnnxHead.Score, OnnxElementType.Float, batch, 1);
    }
}
