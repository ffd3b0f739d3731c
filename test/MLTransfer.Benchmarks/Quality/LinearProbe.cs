using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>The accuracy on test rows of a linear head that was trained on train rows; its strength of regularisation is chosen on train rows too.</summary>
internal static class LinearProbe
{
    /// <summary>Features by a step that reads the column "Path".</summary>
    public static double Accuracy(List<LabelledFile> train, List<LabelledFile> test, Func<MLContext, IEstimator<ITransformer>> features)
    {
        var ml = new MLContext(seed: 0);
        return Accuracy(ml, ml.Data.LoadFromEnumerable(train), ml.Data.LoadFromEnumerable(test), features(ml));
    }

    /// <summary>Features by a function of the file, for baselines without any backbone.</summary>
    public static double Accuracy(List<LabelledFile> train, List<LabelledFile> test, Func<string, float[]> describe)
    {
        var ml = new MLContext(seed: 0);
        int length = describe(train[0].Path).Length;
        return Accuracy(ml, Describe(ml, train, describe, length), Describe(ml, test, describe, length), features: null);
    }

    private static double Accuracy(MLContext ml, IDataView train, IDataView test, IEstimator<ITransformer>? features)
    {
        EstimatorChain<ITransformer> chain = new EstimatorChain<ITransformer>().Append((IEstimator<ITransformer>)ml.Transforms.Conversion.MapValueToKey("Label"));
        if (features is not null)
            chain = chain.Append(features);
        using var model = chain.Append(ml.MulticlassClassification.Trainers.LinearHead()).Fit(train);
        return ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
    }

    private static IDataView Describe(MLContext ml, List<LabelledFile> rows, Func<string, float[]> describe, int length)
    {
        var schema = SchemaDefinition.Create(typeof(DescribedFile));
        schema[nameof(DescribedFile.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, length);
        return ml.Data.LoadFromEnumerable(rows.Select(r => new DescribedFile { Label = r.Label, Features = describe(r.Path) }).ToList(), schema);
    }

    private sealed class DescribedFile
    {
        public string Label { get; set; } = "";

        public float[] Features { get; set; } = [];
    }
}
