using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Embedding;
using MLTransfer.Schema;

namespace MLTransfer.Heads.Network;

/// <summary>What a fitted head reads and adds.</summary>
/// <param name="name">The step, for errors.</param>
/// <param name="featureColumn">The column it reads.</param>
/// <param name="network">The head.</param>
/// <param name="output">What its logits mean.</param>
internal sealed class HeadStep(string name, string featureColumn, HeadNetwork network, HeadOutput output) : RowStep
{
    public override IReadOnlyList<string> InputColumns { get; } = [featureColumn];

    public override IReadOnlyList<StepColumn> OutputColumns { get; } = [.. output.Columns];

    public string FeatureColumn => featureColumn;

    public override void CheckInput(DataViewSchema schema)
    {
        DataViewSchema.Column column = HeadSchema.FeatureColumn(name, schema, featureColumn);
        int size = ((VectorDataViewType)column.Type).Size;
        if (size != network.FeatureCount)
            throw Internal.Throw.FeatureSize(featureColumn, size, network.FeatureCount);
    }

    public HeadEncoder CreateEncoder(SessionHolder session) => new(featureColumn, network.FeatureCount, network.OutputCount, session);
}
