using System.Collections.Immutable;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// Where each trained tensor lies in the one flat vector of parameters. Each begins at a multiple of 16 numbers (64 bytes); the gaps hold zeros and stay zero. Gradients,
/// averages and optimizer states have the same layout. Immutable.
/// </summary>
internal sealed class ParameterLayout
{
    /// <summary>Numbers between possible beginnings.</summary>
    public const int Alignment = 16;

    /// <param name="tensors">What is trained, in order. Their offsets are set here.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or a setting of one makes no sense.</exception>
    /// <exception cref="OverflowException">More than 2³¹ numbers.</exception>
    public ParameterLayout(IEnumerable<TrainedTensor> tensors)
    {
        HashSet<string> names = [];
        ImmutableArray<TrainedTensor>.Builder placed = ImmutableArray.CreateBuilder<TrainedTensor>();
        foreach (TrainedTensor tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw Throw.TrainedTwice(tensor.Name);
            if (!(tensor.LearningRateFactor >= 0) || double.IsInfinity(tensor.LearningRateFactor))
                throw Throw.LearningRateFactorInvalid(tensor);
            placed.Add(tensor with { Offset = Length });
            Length = checked(Length + tensor.Count + Alignment - 1) / Alignment * Alignment;
            ParameterCount += tensor.Count;
        }
        Tensors = placed.ToImmutable();
    }

    /// <summary>What is trained, in the order of the flat vector.</summary>
    public ImmutableArray<TrainedTensor> Tensors { get; }

    /// <summary>Length of the flat vector, gaps included.</summary>
    public int Length { get; }

    /// <summary>Trained numbers, without the gaps.</summary>
    public int ParameterCount { get; }

    /// <summary>Where one of several nearly equal parts of the flat vector begins and ends, on possible beginnings of tensors.</summary>
    /// <param name="part">Which, from 0.</param>
    /// <param name="count">How many parts.</param>
    public (int Start, int End) Part(int part, int count)
    {
        int steps = Length / Alignment;
        return ((int)((long)steps * part / count) * Alignment, (int)((long)steps * (part + 1) / count) * Alignment);
    }

    /// <summary>A zeroed vector of this layout in memory that never moves, so that buffers of a session may be bound to it.</summary>
    public float[] Allocate() => GC.AllocateArray<float>(Length, pinned: true);
}
