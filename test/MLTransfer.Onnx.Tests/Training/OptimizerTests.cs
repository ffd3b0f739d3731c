using System.Text.Json;
using MLTransfer.Onnx.Training;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Training;

/// <summary>Against PyTorch: Golden/make_optimizers.py says how the numbers were made.</summary>
internal sealed class OptimizerTests
{
    private const int WeightCount = 35;
    private const int BiasCount = 2;

    // Fifty steps in float32; scalars are rounded at other places than in PyTorch.
    private const double Tolerance = 1e-6;

    private static readonly Dictionary<string, Optimizer> Optimizers = new()
    {
        ["sgd"] = Optimizer.Sgd(momentum: 0),
        ["sgd-decay"] = Optimizer.Sgd(momentum: 0),
        ["momentum"] = Optimizer.Sgd(),
        ["nesterov"] = Optimizer.Sgd(0.8, nesterov: true),
        ["adamw"] = Optimizer.AdamW(),
        ["adamw-decay"] = Optimizer.AdamW(0.8, 0.95, 1e-6),
        ["adamw-clipped"] = Optimizer.AdamW(),
        ["momentum-clipped"] = Optimizer.Sgd(),
        ["one-cycle"] = Optimizer.AdamW(),
        ["cosine"] = Optimizer.Sgd(),
        ["cosine-warm"] = Optimizer.AdamW(),
        ["linear-warm"] = Optimizer.AdamW(),
    };

    private static readonly Dictionary<string, LearningRateSchedule> Schedules = new()
    {
        ["one-cycle"] = LearningRateSchedule.OneCycle(),
        ["cosine"] = LearningRateSchedule.Cosine(0),
        ["cosine-warm"] = LearningRateSchedule.Cosine(0.2),
        ["linear-warm"] = LearningRateSchedule.Linear(),
    };

    private static IEnumerable<TestCaseData> Cases()
    {
        string path = Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Onnx.Tests", "Training", "Golden", "optimizers.json");
        foreach (Case golden in JsonSerializer.Deserialize<File>(System.IO.File.ReadAllText(path), JsonSerializerOptions.Web)!.Cases)
            yield return new TestCaseData(golden).SetArgDisplayNames(golden.Name);
    }

    [TestCaseSource(nameof(Cases))]
    public void Step_FiftyTimes_GivesPyTorchsParameters(Case golden)
    {
        ParameterLayout layout = Layout();
        ParameterUpdater updater = ParameterUpdater.Create(Optimizers[golden.Name], layout);
        LearningRateSchedule schedule = Schedules.GetValueOrDefault(golden.Name, LearningRateSchedule.Constant());
        float[] parameters = layout.Allocate();
        Flat(i => Number(i, 11, 19, 4)).CopyTo(parameters, 0);
        float[] gradient = new float[layout.Length];
        for (int step = 0; step < golden.Rates.Length; step++)
        {
            double rate = golden.Rate * schedule.Factor(step, golden.Rates.Length);
            Assert.That(rate, Is.EqualTo(golden.Rates[step]).Within(1e-12 * golden.Rate), $"rate of step {step}");
            Gradient(parameters, step, gradient);
            double scale = 1;
            if (golden.Clip is double limit)
            {
                double norm = GradientNorm.Measure(layout, 0, gradient);
                Assert.That(norm, Is.EqualTo(golden.Norms[step]).Within(2e-6).Percent.Or.EqualTo(golden.Norms[step]).Within(2e-6), $"norm of step {step}");
                scale = GradientNorm.ClipFactor(norm, limit);
            }
            updater.Step(parameters, gradient, new UpdateSettings(0, rate, golden.Decay, GradientScale: scale));
        }
        float[] found = [.. parameters[..WeightCount], .. parameters.AsSpan(layout.Tensors[1].Offset, BiasCount)];
        double error = Math.Sqrt(found.Zip(golden.Parameters, (a, b) => (a - b) * (a - b)).Sum() / golden.Parameters.Sum(p => p * p));
        TestContext.Out.WriteLine($"{golden.Name}: relative error {error:E2}");
        Assert.That(error, Is.LessThan(Tolerance));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Step_AnySize_IsTheSameForEveryNumber(bool isAdamW)
    {
        // What a number becomes must not depend on whether it lies in a vector or in the tail.
        foreach (int count in (int[])[0, 1, 7, 8, 9, 16, 33])
        {
            ParameterLayout layout = new([new TrainedTensor("w", [count])]);
            ParameterUpdater updater = ParameterUpdater.Create(isAdamW ? Optimizer.AdamW() : Optimizer.Sgd(nesterov: true), layout);
            float[] parameters = layout.Allocate();
            float[] gradient = layout.Allocate();
            parameters.AsSpan(0, count).Fill(0.3f);
            gradient.AsSpan(0, count).Fill(-0.7f);
            for (int step = 0; step < 3; step++)
                updater.Step(parameters, gradient, new UpdateSettings(0, 0.1, 0.01, GradientScale: 0.9));
            Assert.That(parameters.Take(count).Distinct().Count(), Is.EqualTo(Math.Min(count, 1)), $"size {count}");
            Assert.That(parameters.Take(count), Is.All.GreaterThan(0.31f));
            Assert.That(parameters.Skip(count), Is.All.Zero, "gaps stay 0");
        }
    }

    [Test]
    public void Step_TensorFrozen_KeepsItsNumbersAndItsState()
    {
        ParameterLayout layout = new([new TrainedTensor("a", [3]) { FirstEpoch = 1 }, new TrainedTensor("b", [3])]);
        ParameterUpdater updater = ParameterUpdater.Create(Optimizer.AdamW(), layout);
        float[] parameters = layout.Allocate();
        parameters.AsSpan().Fill(1);
        float[] gradient = layout.Allocate();
        gradient.AsSpan().Fill(1);

        updater.Step(parameters, gradient, new UpdateSettings(0, 0.1, 0.5));
        Assert.That(parameters[..3], Is.All.EqualTo(1f));
        Assert.That(updater.Moments.Select(m => m[0]), Is.All.Zero);
        Assert.That(updater.StepCounts, Is.EqualTo(new long[] { 0, 1 }));

        float afterOne = parameters[layout.Tensors[1].Offset];
        updater.Step(parameters, gradient, new UpdateSettings(1, 0.1, 0.5));
        Assert.That(parameters[0], Is.EqualTo(afterOne), "its first step is like anybody's first step");
    }

    [Test]
    public void Step_LearningRateFactor_MultipliesStepAndDecay()
    {
        float[] Run(double factor, double rate)
        {
            ParameterLayout layout = new([new TrainedTensor("a", [3]) { LearningRateFactor = factor }]);
            float[] parameters = layout.Allocate();
            float[] gradient = layout.Allocate();
            parameters.AsSpan().Fill(1);
            gradient.AsSpan().Fill(0.5f);
            ParameterUpdater.Create(Optimizer.AdamW(), layout).Step(parameters, gradient, new UpdateSettings(0, rate, 0.5));
            return parameters;
        }

        Assert.That(Run(0.25, 0.1), Is.EqualTo(Run(1, 0.025)));
        Assert.That(Run(0, 0.1), Is.All.EqualTo(1f));
    }

    [Test]
    public void Step_PretrainedExempt_DecaysTheHeadOnly()
    {
        ParameterLayout layout = new([new TrainedTensor("body", [1]) { IsPretrained = true }, new TrainedTensor("head", [1]), new TrainedTensor("bias", [1]) { Decays = false }]);
        float[] parameters = layout.Allocate();
        foreach (TrainedTensor tensor in layout.Tensors)
            parameters[tensor.Offset] = 1;
        ParameterUpdater.Create(Optimizer.Sgd(0), layout).Step(parameters, layout.Allocate(), new UpdateSettings(0, 0.5, 0.5, PretrainedAreExempt: true));
        Assert.That(layout.Tensors.Select(t => parameters[t.Offset]), Is.EqualTo(new[] { 1f, 0.75f, 1f }));
    }

    private static ParameterLayout Layout() => new([new TrainedTensor("weight", [5, 7]), new TrainedTensor("bias", [BiasCount]) { Decays = false }]);

    private static float Number(int i, int factor, int modulus, int scale) => (i * factor % modulus - modulus / 2) / (float)scale;

    private static float[] Flat(Func<int, float> number)
    {
        ParameterLayout layout = Layout();
        float[] flat = new float[layout.Length];
        for (int i = 0; i < WeightCount + BiasCount; i++)
            flat[i < WeightCount ? i : layout.Tensors[1].Offset + i - WeightCount] = number(i);
        return flat;
    }

    private static void Gradient(float[] parameters, int step, float[] gradient)
    {
        float[] curvature = Flat(i => Math.Abs(Number(i, 5, 13, 16)) + 0.125f);
        float[] target = Flat(i => Number(i, 7, 17, 8));
        float[] push = Flat(i => ((i * 3 + step * 7) % 23 - 11) / 32f);
        for (int i = 0; i < gradient.Length; i++)
            gradient[i] = curvature[i] * (parameters[i] - target[i]) + push[i];
    }

    internal sealed record File(Case[] Cases);

    internal sealed record Case(string Name, double Decay, double Rate, double? Clip, double[] Rates, double[] Norms, double[] Parameters);
}
