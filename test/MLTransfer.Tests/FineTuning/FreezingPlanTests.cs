using Microsoft.ML;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>Which weights each plan changes, bit by bit.</summary>
internal sealed class FreezingPlanTests
{
    [Test]
    public void ListBlocks_OfABert_TellsEndsWeightsAndThatAllCanBeTrained()
    {
        IReadOnlyList<BackboneBlock> blocks = TrainableBackbones.Text().ListBlocks();
        Assert.That(blocks.Select(b => b.Index), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(blocks.Select(b => b.ParameterNames.Count), Is.EqualTo(new[] { 5, 16, 16 }));
        Assert.That(blocks.Select(b => b.ParameterCount), Is.EqualTo(new[] { 4096, 8544, 8544 }));
        Assert.That(blocks[^1].EndsAt, Is.EqualTo("last_hidden_state"));
    }

    [Test]
    public void LastBlocks_MoreThanThereAre_TrainsEverything()
    {
        string[] all = [.. TrainableBackbones.Text().ListBlocks().SelectMany(b => b.ParameterNames)];
        // Positions that no row is long enough for, and the table of types' second row, have no gradient; their tensors change all the same.
        Assert.That(Changed(FreezingPlan.LastBlocks(99)), Is.EquivalentTo(all));
        Assert.That(Changed(FreezingPlan.Everything), Is.EquivalentTo(all));
    }

    [Test]
    public void Behind_TheEndOfABlock_TrainsWhatFollows()
    {
        IReadOnlyList<BackboneBlock> blocks = TrainableBackbones.Text().ListBlocks();
        Assert.That(Changed(FreezingPlan.Behind(blocks[1].EndsAt)), Is.EquivalentTo(blocks[2].ParameterNames));
        Assert.That(Changed(FreezingPlan.Behind(blocks[0].EndsAt)), Is.EquivalentTo(blocks[1].ParameterNames.Concat(blocks[2].ParameterNames)));
    }

    [Test]
    public void BiasesOnly_And_NormsOnly_TrainThoseOfAllBlocks()
    {
        string[] biases = Changed(FreezingPlan.BiasesOnly);
        string[] norms = Changed(FreezingPlan.NormsOnly);
        Assert.That(biases, Has.Length.EqualTo(12));
        Assert.That(norms, Has.Length.EqualTo(10));
        Assert.That(biases.Intersect(norms), Is.Empty);
        using OnnxModel model = TrainableBackbones.Text().Source.Read();
        OnnxTensor[] changed = [.. model.Graph.Initializers.Where(t => biases.Contains(t.Name) || norms.Contains(t.Name))];
        Assert.That(changed.Select(t => t.Dimensions.Length), Is.All.EqualTo(1));
    }

    [Test]
    public void Behind_AnUnknownValue_ListsTheEndsOfBlocks()
    {
        Assert.That(() => Estimator(FreezingPlan.Behind("nowhere")), Throws.ArgumentException.With.Message.Contains("'nowhere'").And.Message.Contains("'last_hidden_state'")
            .And.Message.Contains(TrainableBackbones.Text().ListBlocks()[0].EndsAt));
    }

    [Test]
    public void Behind_TheFeature_LeavesNothing_AndSaysSo() =>
        Assert.That(() => Estimator(FreezingPlan.Behind("last_hidden_state")), Throws.ArgumentException.With.Message.Contains("leaves nothing").And.Message.Contains("3 blocks"));

    [Test]
    public void NormsOnly_OfABackboneWithoutNorms_LeavesNothing()
    {
        var ml = new MLContext(0);
        var options = new FineTuneOptions { Freezing = FreezingPlan.NormsOnly };
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), options, new TensorEmbeddingOptions()),
            Throws.ArgumentException.With.Message.Contains("norms only").And.Message.Contains("ListBlocks"));
    }

    [Test]
    public void LastBlocks_Zero_IsRefused() => Assert.That(() => FreezingPlan.LastBlocks(0), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void UnfreezeEveryEpochs_LeavesABlockAsItIs_UntilItsTurn()
    {
        IReadOnlyList<BackboneBlock> blocks = TrainableBackbones.Text().ListBlocks();
        // Two epochs for the head alone, two with the last block.
        Assert.That(Changed(FreezingPlan.LastBlocks(2), o => o with { UnfreezeEveryEpochs = 2, Training = o.Training with { EpochCount = 2 } }), Is.Empty);
        Assert.That(Changed(FreezingPlan.LastBlocks(2), o => o with { UnfreezeEveryEpochs = 2, Training = o.Training with { EpochCount = 4 } }), Is.EquivalentTo(blocks[2].ParameterNames));
        Assert.That(Changed(FreezingPlan.LastBlocks(2), o => o with { UnfreezeEveryEpochs = 2, Training = o.Training with { EpochCount = 5 } }),
            Is.EquivalentTo(blocks[1].ParameterNames.Concat(blocks[2].ParameterNames)));
    }

    [Test]
    public void BlockLearningRateDecay_KeepsEarlyBlocksNearerToTheirStart()
    {
        IReadOnlyList<BackboneBlock> blocks = TrainableBackbones.Text().ListBlocks();
        double[] alike = Distances(blocks, Fit(FreezingPlan.LastBlocks(2)));
        double[] decayed = Distances(blocks, Fit(FreezingPlan.LastBlocks(2), o => o with { BlockLearningRateDecay = 0.1 }));
        Assert.That(decayed[1], Is.LessThan(0.3 * alike[1]));
        Assert.That(decayed[2], Is.GreaterThan(0.5 * alike[2]), "the last block learns as fast as before");
    }

    [Test]
    public void L2Sp_KeepsWeightsNearerToTheirStart()
    {
        IReadOnlyList<BackboneBlock> blocks = TrainableBackbones.Text().ListBlocks();
        FineTuneOptions Longer(FineTuneOptions o) => o with { Training = o.Training with { EpochCount = 12 } };
        double free = Distances(blocks, Fit(FreezingPlan.LastBlocks(1), Longer))[2];
        double pulled = Distances(blocks, Fit(FreezingPlan.LastBlocks(1), o => Longer(o) with { Training = Longer(o).Training with { L2Sp = 50 } }))[2];
        Assert.That(pulled, Is.LessThan(0.7 * free));
    }

    private static FineTuneEstimator Estimator(FreezingPlan plan, Func<FineTuneOptions, FineTuneOptions>? change = null)
    {
        var options = new FineTuneOptions { Freezing = plan, Training = new TrainingOptions { EpochCount = 2, BatchSize = 8, LearningRate = 1e-3 } };
        return new MLContext(0).MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), change?.Invoke(options) ?? options, new TextEmbeddingOptions());
    }

    private static Backbone Fit(FreezingPlan plan, Func<FineTuneOptions, FineTuneOptions>? change = null)
    {
        using FineTunedTransformer model = Estimator(plan, change).Fit(FineTuneRows.Keyed(new MLContext(0), FineTuneRows.Make(24)));
        return model.Backbone;
    }

    private static string[] Changed(FreezingPlan plan, Func<FineTuneOptions, FineTuneOptions>? change = null)
    {
        Dictionary<string, byte[]> before = TrainableBackbones.Weights(TrainableBackbones.Text()), after = TrainableBackbones.Weights(Fit(plan, change));
        Assert.That(after.Keys, Is.EquivalentTo(before.Keys));
        return [.. before.Where(b => !b.Value.AsSpan().SequenceEqual(after[b.Key])).Select(b => b.Key)];
    }

    /// <summary>How far the weights of each block went.</summary>
    private static double[] Distances(IReadOnlyList<BackboneBlock> blocks, Backbone tuned)
    {
        using OnnxModel before = TrainableBackbones.Text().Source.Read(), after = tuned.Source.Read();
        Dictionary<string, OnnxTensor> now = after.Graph.Initializers.ToDictionary(t => t.Name);
        return [.. blocks.Select(b => Math.Sqrt(before.Graph.Initializers.Where(t => b.ParameterNames.Contains(t.Name))
            .Sum(t => t.ToFloats().Zip(now[t.Name].ToFloats(), (x, y) => Math.Pow(x - y, 2)).Sum())))];
    }
}
