namespace MLTransfer.Onnx.Training;

/// <summary>
/// What the loop needs to know of a model and its data: weighted rows, the gradient of their loss, and the quality on rows held out. Called on one thread. Anything random in it must be
/// a function of <see cref="StepInfo"/> and the row alone, or a run that was killed would not come back to the same weights.
/// </summary>
internal interface ITrainingProblem
{
    /// <summary>Training rows. Rows held out are not among them.</summary>
    int RowCount { get; }

    /// <summary>Length of a row (tokens, samples), by which rows are packed; 1 where all rows are alike.</summary>
    int LengthOf(int row);

    /// <summary>Whether only rows of one length may be asked for together, because padding would change their values.</summary>
    bool EqualLengthsOnly => false;

    /// <summary>Whether all rows of a step must be asked for together, because the loss compares them: nothing may cut a step into micro-batches.</summary>
    bool NeedsWholeBatch => false;

    /// <summary>How much a row counts, 0 or above. A row of weight 0 is never asked for.</summary>
    double WeightOf(int row);

    /// <summary>
    /// Writes Σᵢ wᵢ · ∂lossᵢ/∂θ / <see cref="StepInfo.TotalWeight"/> over the rows to the gradient, or adds it in a later <see cref="StepInfo.MicroBatch"/> than the first, and gives back
    /// Σᵢ wᵢ · lossᵢ / <see cref="StepInfo.TotalWeight"/>. Penalties and weight decay are the loop's business.
    /// </summary>
    /// <param name="rows">Row indices of a micro-batch, at least one.</param>
    /// <param name="step">Where in the run this is.</param>
    /// <param name="parameters">θ in the layout of the run. Within one run always the same pinned memory, so buffers may be bound to its address.</param>
    /// <param name="gradient">The gradient in the same layout; what the first micro-batch of a step finds there is of no account. Within one run always the same pinned memory. Gaps must stay 0.</param>
    double Gradient(ReadOnlySpan<int> rows, in StepInfo step, ReadOnlySpan<float> parameters, Span<float> gradient);

    /// <summary>Quality on the rows held out, or null where none are.</summary>
    /// <param name="parameters">θ, or its average, in pinned memory.</param>
    /// <param name="cancellationToken">Ends the evaluation with <see cref="OperationCanceledException"/>.</param>
    HeldOut? Evaluate(ReadOnlySpan<float> parameters, CancellationToken cancellationToken);
}
