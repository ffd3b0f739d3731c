using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Heads;

/// <summary>Coefficients against scikit-learn's LogisticRegression and Ridge; Reference/make_linear_reference.py wrote them.</summary>
internal sealed class LinearParityTests
{
    // Share of the largest coefficient of its standardised kind. Scores are floats, so the minimum is found to about 1e-6 of the loss and 1e-3 of a coefficient.
    private const double Tolerance = 2e-3;

    private static readonly string Folder = Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Tests", "Heads", "Reference");
    private static readonly Reference Golden = JsonSerializer.Deserialize<Reference>(
        File.ReadAllText(Path.Combine(Folder, "linear.json")), JsonSerializerOptions.Web)!;

    private static IEnumerable<TestCaseData> Cases => Golden.Cases.Select(c => new TestCaseData(c).SetArgDisplayNames(c.Name, $"{c.Regularization}", $"weighted={c.Weighted}", $"balanced={c.Balanced}"));

    [TestCaseSource(nameof(Cases))]
    public void Fit_GivesTheReferencesCoefficients(Case golden)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Golden.Features.Select((f, i) => new Row
        {
            Features = f,
            Class = (uint)Golden.Classes[i],
            Binary = Golden.Binary[i] == 1,
            Target = Golden.Target[i],
            Weight = Golden.Weights[i],
        }));
        LinearHeadOptions options = new()
        {
            LabelColumnName = golden.Name switch { "multiclass" => nameof(Row.Class), "binary" => nameof(Row.Binary), _ => nameof(Row.Target) },
            WeightColumnName = golden.Weighted ? nameof(Row.Weight) : null,
            ClassWeights = golden.Balanced ? ClassWeights.Balanced : ClassWeights.None,
            Regularization = golden.Regularization,
            Tolerance = 1e-12,
        };
        (float[][] weights, float[] biases) = Fit(ml, data, golden.Name, options);
        double[] spreads = [.. Enumerable.Range(0, 5).Select(Spread)];
        double largest = golden.Coefficients.SelectMany(c => c.Select((w, d) => Math.Abs(w * spreads[d]))).Max();
        Assert.That(weights, Has.Length.EqualTo(golden.Coefficients.Length));
        for (int k = 0; k < weights.Length; k++)
        {
            for (int d = 0; d < 5; d++)
                Assert.That(weights[k][d] * spreads[d], Is.EqualTo(golden.Coefficients[k][d] * spreads[d]).Within(Tolerance * largest), $"coefficient {k}, {d}");
            // A bias is the sum of what five coefficients times their means (up to 100 spreads away) took from it.
            double means = Enumerable.Range(0, 5).Sum(d => Math.Abs(golden.Coefficients[k][d] * Golden.Features.Average(f => (double)f[d])));
            Assert.That(biases[k], Is.EqualTo(golden.Intercepts[k]).Within(Tolerance * (largest + means)), $"bias {k}");
        }
    }

    private static double Spread(int d)
    {
        double mean = Golden.Features.Average(f => (double)f[d]);
        return Math.Sqrt(Golden.Features.Average(f => (f[d] - mean) * (f[d] - mean)));
    }

    private static (float[][] Weights, float[] Biases) Fit(MLContext ml, IDataView data, string name, LinearHeadOptions options)
    {
        if (name == "multiclass")
        {
            MaximumEntropyModelParameters model = ml.MulticlassClassification.Trainers.LinearHead(options).Fit(data).Model;
            VBuffer<float>[] weights = [];
            model.GetWeights(ref weights, out int count);
            return ([.. weights.Take(count).Select(w => w.DenseValues().ToArray())], [.. model.GetBiases()]);
        }
        LinearModelParameters linear = name == "binary"
            ? ml.BinaryClassification.Trainers.LinearHead(options).Fit(data).Model.SubModel
            : ml.Regression.Trainers.LinearHead(options).Fit(data).Model;
        return ([[.. linear.Weights]], [linear.Bias]);
    }

    internal sealed record Reference(float[][] Features, int[] Classes, int[] Binary, float[] Weights, float[] Target, Case[] Cases);

    internal sealed record Case(string Name, double Regularization, bool Weighted, bool Balanced, double[][] Coefficients, double[] Intercepts);

    private sealed class Row
    {
        [VectorType(5)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Class { get; set; }

        public bool Binary { get; set; }

        public float Target { get; set; }

        public float Weight { get; set; }
    }
}
