using Microsoft.ML.Runtime;
using MLTransfer.Embedding;

namespace MLTransfer.FineTuning;

/// <summary>The embedding step of one modality, for whichever backbone: the original when training begins, the adapted one behind it.</summary>
/// <param name="StepName">For messages, such as "FineTuneText".</param>
/// <param name="MakeStep">Makes the step, by which rows are read.</param>
/// <param name="MakeTransformer">Makes the fitted step.</param>
internal sealed record EmbeddingForm(string StepName, Func<IHostEnvironment, Backbone, EmbeddingStep> MakeStep, Func<IHostEnvironment, Backbone, EmbeddingTransformer> MakeTransformer)
{
    /// <summary>Steps that see the same rows in another way, each time anew at random: training reads every row with each of them, too. Default: none.</summary>
    public Func<IHostEnvironment, Backbone, IReadOnlyList<EmbeddingStep>> MakeViews { get; init; } = (_, _) => [];
}
