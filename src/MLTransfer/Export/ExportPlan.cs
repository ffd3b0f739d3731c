using System.Collections.Immutable;
using MLTransfer.Embedding;
using MLTransfer.Internal;

namespace MLTransfer.Export;

/// <summary>
/// What of a chain becomes the graph: one embedding step, the head that reads its features, and which steps of ML.NET's stand before, between and behind. Steps that only arrange
/// columns are followed; steps that no value of the graph depends on are left out.
/// </summary>
internal sealed record ExportPlan
{
    /// <summary>The embedding step.</summary>
    public required OnnxEmbedding Embedding { get; init; }

    /// <summary>The head, where there is one, and its step.</summary>
    public IOnnxHead? Head { get; private init; }

    public ChainStep? HeadStep { get; private init; }

    /// <summary>Which columns of the embedding step, side by side, are the features: those that the head reads, else the step's own.</summary>
    public ImmutableArray<int> Features { get; private init; } = [0];

    /// <summary>Steps that make the columns which the embedding step reads, in order: they only arrange.</summary>
    public ImmutableArray<ChainStep> Before { get; private init; } = [];

    /// <summary>Steps that arrange features or scores, or give a predicted key its value, in order; some stand before the head, some behind.</summary>
    public ImmutableArray<ChainStep> Between { get; private init; } = [];

    public ImmutableArray<ChainStep> Behind { get; private init; } = [];

    /// <exception cref="InvalidOperationException">There is no embedding step, or there are several, or several heads.</exception>
    /// <exception cref="NotSupportedException">A step that the graph depends on has no counterpart in it.</exception>
    public static ExportPlan Of(Microsoft.ML.ITransformer model)
    {
        ImmutableArray<ChainStep> steps = ChainStep.Of(model);
        ChainStep[] embeddings = [.. steps.Where(s => s.Embedding is not null)];
        if (embeddings.Length != 1)
            throw embeddings.Length == 0 ? Throw.ExportWithoutEmbedding(steps.Select(s => s.Place)) : Throw.ExportOfSeveral("embedding steps", embeddings.Select(s => s.Place));
        ChainStep[] heads = [.. steps.Where(s => s.Head is not null)];
        if (heads.Length > 1)
            throw Throw.ExportOfSeveral("heads", heads.Select(s => s.Place));
        OnnxEmbedding embedding = embeddings[0].Embedding!.ToOnnx();
        int start = steps.IndexOf(embeddings[0]);
        if (heads.Length == 1 && steps.IndexOf(heads[0]) < start)
            throw Throw.ExportHeadReadsOther(heads[0].Place, heads[0].Head!.FeatureColumnName, embedding.StepName, embedding.Outputs.Select(o => o.ColumnName), null);
        return new ExportPlan { Embedding = embedding, Before = FindBefore(steps[..start], embedding) }.Follow(steps[start..]);
    }

    /// <summary>Back from the columns that the embedding step reads, to those that are there before the chain.</summary>
    private static ImmutableArray<ChainStep> FindBefore(ImmutableArray<ChainStep> steps, OnnxEmbedding embedding)
    {
        HashSet<string> needed = [.. embedding.InputColumns];
        var before = new List<ChainStep>();
        foreach (ChainStep step in steps.Reverse())
        {
            (string Output, ImmutableArray<string> Inputs)[] making = [.. step.Columns.Where(c => needed.Contains(c.Output))];
            if (making.Length == 0)
                continue;
            if (step.Kind != ChainStepKind.Arrange)
                throw Throw.ExportStepChangesInput(step.Place, making[0].Output, embedding.StepName);
            before.Add(step);
            needed.ExceptWith(making.Select(m => m.Output));
            needed.UnionWith(making.SelectMany(m => m.Inputs));
        }
        before.Reverse();
        return [.. before];
    }

    /// <summary>Forward from the embedding step: what each column means.</summary>
    private ExportPlan Follow(ImmutableArray<ChainStep> steps)
    {
        ExportPlan plan = this;
        var features = Embedding.Outputs.Select((o, i) => (o.ColumnName, Columns: ImmutableArray.Create(i))).ToDictionary(c => c.ColumnName, c => c.Columns, StringComparer.Ordinal);
        var scores = new HashSet<string>(StringComparer.Ordinal);
        var foreign = new Dictionary<string, ChainStep>(StringComparer.Ordinal);
        foreach (ChainStep step in steps)
        {
            if (step.Head is IOnnxHead head)
            {
                if (!features.TryGetValue(head.FeatureColumnName, out ImmutableArray<int> read))
                {
                    throw Throw.ExportHeadReadsOther(step.Place, head.FeatureColumnName, Embedding.StepName, features.Keys,
                        foreign.TryGetValue(head.FeatureColumnName, out ChainStep? maker) ? maker.Place : null);
                }
                plan = plan with { Head = head, HeadStep = step, Features = read };
                scores.UnionWith([OnnxHead.Score, OnnxHead.Probability, OnnxHead.PredictedLabel]);
            }
            bool isOfGraph = false;
            foreach ((string output, ImmutableArray<string> inputs) in step.Columns)
            {
                bool readsFeatures = inputs.All(features.ContainsKey);
                bool readsScores = inputs.All(scores.Contains);
                bool readsAny = inputs.Any(i => features.ContainsKey(i) || scores.Contains(i));
                bool isUnderstood = step.Kind == ChainStepKind.Arrange ? readsFeatures || (readsScores && inputs.Length == 1) : step.Kind == ChainStepKind.KeyToValue && readsScores;
                if (readsAny && !isUnderstood)
                    throw Throw.ExportStepChangesOutput(step.Place, string.Join("', '", inputs));
                ImmutableArray<int> columns = step.Kind == ChainStepKind.Arrange && readsFeatures ? [.. inputs.SelectMany(i => features[i])] : [];
                features.Remove(output);
                scores.Remove(output);
                foreign.Remove(output);
                if (columns.Length > 0)
                    features[output] = columns;
                else if (readsScores && isUnderstood)
                    scores.Add(output);
                else
                    foreign[output] = step;
                isOfGraph |= isUnderstood;
            }
            if (isOfGraph)
                plan = plan.Head is null ? plan with { Between = plan.Between.Add(step) } : plan with { Behind = plan.Behind.Add(step) };
        }
        ChainStep? last = plan.Head is null ? foreign.GetValueOrDefault(Embedding.Outputs[0].ColumnName) : null;
        if (last is not null)
            throw Throw.ExportStepChangesOutput(last.Place, Embedding.Outputs[0].ColumnName);
        return plan.CheckFeatures();
    }

    private ExportPlan CheckFeatures()
    {
        PlannedOutput[] read = [.. Features.Select(f => Embedding.Outputs[f])];
        if (read.FirstOrDefault(o => o.Pooling == Pooling.None) is PlannedOutput sequence && (Head is not null || read.Length > 1))
            throw Throw.ExportSequence(sequence.ColumnName);
        return this;
    }
}
