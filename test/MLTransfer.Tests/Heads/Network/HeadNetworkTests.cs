using Microsoft.ML.OnnxRuntime;
using MLTransfer.Heads.Network;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Tests.Heads.Network;

internal sealed class HeadNetworkTests
{
    private static readonly HeadArchitecture Deep = new([7, 4], HeadActivation.Gelu, HeadNormalization.Layer, FeatureDropout: 0.1, Dropout: 0.2);

    [Test]
    public void Create_StartWeights_AreUniformWithinOneOverRootOfInputs()
    {
        HeadNetwork head = HeadNetwork.Create(new HeadArchitecture([300], HeadActivation.Relu, HeadNormalization.None, 0, 0), 100, 5, seed: 1);
        Assert.That(head.Parameters.Select(p => p.Name), Is.EqualTo(new[] { "dense0_weight", "dense0_bias", "dense1_weight", "dense1_bias" }));
        float[] weights = head.Parameters[0].Values;
        Assert.That(weights, Is.All.InRange(-0.1f, 0.1f));
        // 30,000 numbers: the mean of a uniform distribution of this width deviates by 0.00033, its variance of 1/3 · 0.1² by half a percent.
        Assert.That(weights.Average(), Is.EqualTo(0).Within(0.0015));
        Assert.That(weights.Average(w => w * w), Is.EqualTo(0.01 / 3).Within(0.0001));
        Assert.That(head.Parameters[1].Values, Is.All.InRange(-0.1f, 0.1f));
        Assert.That(head.Parameters[3].Values, Is.All.InRange(-0.058f, 0.058f), "1/√300");
        Assert.That(HeadNetwork.Create(head.Architecture, 100, 5, seed: 2).Parameters[0].Values, Is.Not.EqualTo(weights));
    }

    [Test]
    public void ToModel_InTraining_HasADropoutForEachLayer_AndNoneInInference()
    {
        HeadNetwork head = HeadNetwork.Create(Deep, 5, 3, seed: 1);
        Assert.That(head.Dropouts.Select(d => (d.Name, d.Width, d.Rate)), Is.EqualTo(new[] { ("dropout0", 5, 0.1), ("dropout1", 7, 0.2), ("dropout2", 4, 0.2) }));
        Assert.That(head.ToModel(isTraining: true).Graph.Inputs.Select(i => i.Name), Is.EqualTo(new[] { "features", "dropout0", "dropout1", "dropout2" }));
        Assert.That(head.ToModel(isTraining: false).Graph.Inputs.Select(i => i.Name), Is.EqualTo(new[] { "features" }));
        Assert.That(head.Trained("p_").Select(t => (t.Name, t.Decays)).Take(4),
            Is.EqualTo(new[] { ("p_dense0_weight", true), ("p_dense0_bias", false), ("p_norm0_scale", false), ("p_norm0_shift", false) }));
    }

    [Test]
    public void Append_OlderOperators_GivesTheSameLogits()
    {
        HeadNetwork head = HeadNetwork.Create(Deep, 5, 3, seed: 1);
        float[] features = [.. Enumerable.Range(0, 20).Select(i => MathF.Sin(i))];
        var old = new GraphBuilder("old", opset: 11);
        string x = old.Input("x", OnnxElementType.Float, "n", 5);
        old.Output(head.Append(old, x, "n", "h_", isTraining: false), OnnxElementType.Float, "n", 3);
        Assert.That(old.Build().Graph.Nodes.Select(n => n.OpType), Has.None.EqualTo("LayerNormalization"));
        Assert.That(Run(old.Build(), "x", features, "h_logits"), Is.EqualTo(Run(head.ToModel(false), "features", features, "logits")).Within(1e-5f), "float32 in another order");
    }

    [Test]
    public void ForRawFeaturesAndLabels_FoldTheScalingIntoTheWeights()
    {
        HeadNetwork head = HeadNetwork.Create(Deep with { Activation = HeadActivation.Silu }, 2, 1, seed: 1);
        double[] means = [100, -3], factors = [0.5, 0];
        float[] raw = [101, 7, 98, -3], scaled = [0.5f, 0, -1, 0];
        float[] expected = [.. Run(head.ToModel(false), "features", scaled, "logits").Select(y => y * 40 + 1000)];
        float[] found = Run(head.ForRawFeatures(means, factors).ForRawLabels(1000, 40).ToModel(false), "features", raw, "logits");
        Assert.That(found, Is.EqualTo(expected).Within(1e-3f), "six digits of 1,000");
    }

    [Test]
    public void FromModel_WeightOfAnotherShape_NamesIt()
    {
        OnnxModel model = HeadNetwork.Create(HeadArchitecture.Linear, 5, 3, seed: 1).ToModel(false);
        Assert.That(() => HeadNetwork.FromModel(HeadArchitecture.Linear, 6, 3, model), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'dense0_weight'").And.Message.Contains("[6, 3]"));
    }

    private static float[] Run(OnnxModel model, string input, float[] values, string output)
    {
        using OnnxSession session = OnnxSession.Create(ModelSource.FromMemory(model.ToBytes(), "head"), new SessionSettings(), null);
        using OrtValue features = OrtValue.CreateTensorValueFromMemory(values, [values.Length / session.Inputs[0].Dimensions[^1], session.Inputs[0].Dimensions[^1]]);
        using IDisposableReadOnlyCollection<OrtValue> results = session.RunAllocating([input], [features], [output], 1);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
