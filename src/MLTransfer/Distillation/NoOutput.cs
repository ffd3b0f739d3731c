using System.Collections.Immutable;
using MLTransfer.Export;
using MLTransfer.Heads.Network;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Schema;

namespace MLTransfer.Distillation;

/// <summary>Of a training that teaches features: there is no head, so there are no logits.</summary>
internal sealed record NoOutput : HeadOutput
{
    public override int LogitCount => 0;

    public override ImmutableArray<string> Labels => [];

    public override ImmutableArray<StepColumn> Columns => [];

    public override HeadTask ExportTask => throw new NotSupportedException("Without a head there is nothing to export.");

    protected override string Task => throw new NotSupportedException("Without a head there is nothing to save.");

    public override void Append(OpsetGraph graph, string logits, OnnxDimension batch) => throw new NotSupportedException("Without a head there is nothing to append.");
}
