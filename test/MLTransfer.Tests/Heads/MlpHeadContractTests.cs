using Microsoft.ML;
using MLTransfer.Tests.Contracts;

namespace MLTransfer.Tests.Heads;

internal sealed class MulticlassMlpHeadContractTests : HeadContract<MlpHeadTransformer, HeadRow, float[]>
{
    protected override string LabelColumn => "Label";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<MlpHeadTransformer> Estimator(MLContext ml) => ml.MulticlassClassification.Trainers.MlpHead(hiddenUnits: [7], epochCount: 3);

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows) => HeadRows.Keyed(ml, rows);
}

/// <summary>Classes that were numbers before they became keys; every layer that a head can have.</summary>
internal sealed class NumberKeyMlpHeadContractTests : HeadContract<MlpHeadTransformer, HeadRow, float[]>
{
    protected override string LabelColumn => "WeightKey";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<MlpHeadTransformer> Estimator(MLContext ml) => ml.MulticlassClassification.Trainers.MlpHead(new MlpHeadOptions
    {
        LabelColumnName = "WeightKey",
        HiddenUnits = [9, 6],
        Activation = HeadActivation.Gelu,
        Normalization = HeadNormalization.Layer,
        FeatureDropout = 0.1,
        MinimumStepCount = 0,
        Training = MlpHeadOptions.DefaultTraining with { EpochCount = 3 },
    });

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("WeightKey", nameof(HeadRow.Weight)).Fit(data).Transform(data);
    }
}

internal sealed class SoftLabelMlpHeadContractTests : HeadContract<MlpHeadTransformer, HeadRow, float[]>
{
    protected override string LabelColumn => "Soft";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<MlpHeadTransformer> Estimator(MLContext ml) => ml.MulticlassClassification.Trainers.MlpHead("Soft", hiddenUnits: [7], epochCount: 3);

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows) => ml.Data.LoadFromEnumerable(rows);
}

internal sealed class BinaryMlpHeadContractTests : HeadContract<MlpHeadTransformer, HeadRow, float>
{
    protected override string LabelColumn => "Flag";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<MlpHeadTransformer> Estimator(MLContext ml) => ml.BinaryClassification.Trainers.MlpHead("Flag", hiddenUnits: [7], epochCount: 3);

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows) => ml.Data.LoadFromEnumerable(rows);
}

internal sealed class RegressionMlpHeadContractTests : HeadContract<MlpHeadTransformer, HeadRow, float>
{
    protected override string LabelColumn => "Amount";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<MlpHeadTransformer> Estimator(MLContext ml) => ml.Regression.Trainers.MlpHead("Amount", hiddenUnits: [7], epochCount: 3);

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows) => ml.Data.LoadFromEnumerable(rows);
}

internal sealed class MultilabelMlpHeadContractTests : HeadContract<MlpHeadTransformer, HeadRow, float[]>
{
    protected override string LabelColumn => "Tags";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<MlpHeadTransformer> Estimator(MLContext ml) => ml.MulticlassClassification.Trainers.MultilabelMlpHead("Tags", hiddenUnits: [7], epochCount: 3);

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows) => HeadRows.Tagged(ml, rows);
}
