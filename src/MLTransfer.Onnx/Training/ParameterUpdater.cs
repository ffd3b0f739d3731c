namespace MLTransfer.Onnx.Training;

/// <summary>
/// Applies an optimizer to the flat vector of parameters in place, tensor by tensor. Its state (<see cref="Moments"/>, <see cref="StepCounts"/>) is open so that a checkpoint can hold it.
/// Nothing is allocated after construction. Several threads may <see cref="Update(int, int, Span{float}, ReadOnlySpan{float}, in UpdateSettings)"/> parts that do not overlap.
/// </summary>
internal abstract class ParameterUpdater
{
    private readonly ParameterLayout _layout;

    protected ParameterUpdater(ParameterLayout layout, int momentCount)
    {
        _layout = layout;
        Moments = [.. Enumerable.Range(0, momentCount).Select(_ => new float[layout.Length])];
        StepCounts = new long[layout.Tensors.Length];
    }

    /// <summary>Running means of the gradient, in the layout of the parameters.</summary>
    public float[][] Moments { get; }

    /// <summary>Updates that each tensor has seen; a tensor that is unfrozen later begins at 0 then, as a parameter group added to an optimizer of PyTorch does.</summary>
    public long[] StepCounts { get; }

    public static ParameterUpdater Create(Optimizer optimizer, ParameterLayout layout) =>
        optimizer.IsAdamW ? new AdamWUpdater(optimizer, layout) : new SgdUpdater(optimizer, layout);

    /// <summary>One step.</summary>
    /// <param name="parameters">θ, changed in place.</param>
    /// <param name="gradient">Its gradient, only read.</param>
    /// <param name="settings">Epoch, rate, decay and the factor that clipping asks for.</param>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, in UpdateSettings settings)
    {
        Count(settings.Epoch);
        Update(0, _layout.Length, parameters, gradient, settings);
    }

    /// <summary>Begins a step that is made part by part.</summary>
    public void Count(int epoch)
    {
        for (int i = 0; i < StepCounts.Length; i++)
            StepCounts[i] += _layout.Tensors[i].FirstEpoch <= epoch ? 1 : 0;
    }

    /// <summary>The step of a part of the vector. However it is divided, every number becomes the same.</summary>
    public void Update(int start, int end, Span<float> parameters, ReadOnlySpan<float> gradient, in UpdateSettings settings)
    {
        for (int i = 0; i < _layout.Tensors.Length; i++)
        {
            TrainedTensor tensor = _layout.Tensors[i];
            int first = Math.Max(tensor.Offset, start), count = Math.Min(tensor.Offset + tensor.Count, end) - first;
            if (count <= 0 || settings.Epoch < tensor.FirstEpoch)
                continue;
            double decay = tensor.Decays && !(tensor.IsPretrained && settings.PretrainedAreExempt) ? settings.WeightDecay : 0;
            Update(parameters.Slice(first, count), gradient.Slice(first, count), first, StepCounts[i],
                settings.LearningRate * tensor.LearningRateFactor, decay, (float)settings.GradientScale);
        }
    }

    /// <summary>Updates one tensor, or a part of it.</summary>
    /// <param name="parameters">Its numbers.</param>
    /// <param name="gradient">Its gradient, to be multiplied by the scale first.</param>
    /// <param name="offset">Where its state begins in <see cref="Moments"/>.</param>
    /// <param name="step">The tensor's own step, from 1.</param>
    /// <param name="learningRate">Its own rate.</param>
    /// <param name="weightDecay">Its decay; 0 where it does not decay.</param>
    /// <param name="scale">Factor of the gradient.</param>
    protected abstract void Update(Span<float> parameters, ReadOnlySpan<float> gradient, int offset, long step, double learningRate, double weightDecay, float scale);
}
