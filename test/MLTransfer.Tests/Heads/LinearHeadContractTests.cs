using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLTransfer.Tests.Contracts;

namespace MLTransfer.Tests.Heads;

internal sealed class MulticlassLinearHeadContractTests : HeadContract<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, HeadRow, float[]>
{
    protected override string LabelColumn => "Label";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<MulticlassPredictionTransformer<MaximumEntropyModelParameters>> Estimator(MLContext ml) =>
        ml.MulticlassClassification.Trainers.LinearHead();

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows) => HeadRows.Keyed(ml, rows);
}

/// <summary>Classes that were numbers before they became keys.</summary>
internal sealed class NumberKeyLinearHeadContractTests : HeadContract<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, HeadRow, float[]>
{
    protected override string LabelColumn => "WeightKey";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<MulticlassPredictionTransformer<MaximumEntropyModelParameters>> Estimator(MLContext ml) =>
        ml.MulticlassClassification.Trainers.LinearHead("WeightKey");

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("WeightKey", nameof(HeadRow.Weight)).Fit(data).Transform(data);
    }
}

internal sealed class SoftLabelLinearHeadContractTests : HeadContract<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, HeadRow, float[]>
{
    protected override string LabelColumn => "Soft";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<MulticlassPredictionTransformer<MaximumEntropyModelParameters>> Estimator(MLContext ml) =>
        ml.MulticlassClassification.Trainers.LinearHead("Soft");

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows) => ml.Data.LoadFromEnumerable(rows);
}

internal sealed class BinaryLinearHeadContractTests
    : HeadContract<BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>, HeadRow, float>
{
    protected override string LabelColumn => "Flag";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>> Estimator(MLContext ml) =>
        ml.BinaryClassification.Trainers.LinearHead("Flag");

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows) => ml.Data.LoadFromEnumerable(rows);
}

internal sealed class RegressionLinearHeadContractTests : HeadContract<RegressionPredictionTransformer<LinearRegressionModelParameters>, HeadRow, float>
{
    protected override string LabelColumn => "Amount";

    protected override int FeatureCount => HeadRow.FeatureCount;

    protected override IEstimator<RegressionPredictionTransformer<LinearRegressionModelParameters>> Estimator(MLContext ml) =>
        ml.Regression.Trainers.LinearHead("Amount");

    protected override HeadRow[] Rows(int count) => HeadRows.Make(count);

    protected override IDataView Data(MLContext ml, IEnumerable<HeadRow> rows) => ml.Data.LoadFromEnumerable(rows);
}
