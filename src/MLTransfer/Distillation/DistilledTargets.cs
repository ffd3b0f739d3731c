using System.Collections.Immutable;
using System.Numerics.Tensors;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Distillation;

/// <summary>
/// Targets and weights of all terms side by side, one row for each row of the training data: [labels K | teacher K | target class K | features F | a weight for each term], parts that no
/// term reads left out.
/// </summary>
internal sealed class DistilledTargets
{
    private readonly ImmutableArray<DistillationLoss> _losses;
    private readonly int _rowCount;
    private readonly List<(Func<DistillationLoss, bool> ReadBy, int Start, int Width, float[] Values)> _parts = [];
    private int _width;

    /// <param name="losses">The terms.</param>
    /// <param name="rowCount">n.</param>
    public DistilledTargets(ImmutableArray<DistillationLoss> losses, int rowCount)
    {
        _losses = losses;
        _rowCount = rowCount;
    }

    /// <summary>Q, numbers of a row.</summary>
    public int Width => _width + _losses.Length;

    /// <summary>Adds a part that some terms read; where none does, nothing.</summary>
    /// <param name="readBy">The terms that read it.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="values">n × width.</param>
    public void Add(Func<DistillationLoss, bool> readBy, int width, float[] values)
    {
        if (!_losses.Any(readBy))
            return;
        _parts.Add((readBy, _width, width, values));
        _width += width;
    }

    /// <summary>n × Q.</summary>
    /// <param name="weights">The weight of a term in a row, without the term's own; 1 for most.</param>
    public float[] Values(Func<DistillationLoss, int, double> weights)
    {
        float[] values = new float[checked(_rowCount * Width)];
        for (int row = 0; row < _rowCount; row++)
        {
            Span<float> target = values.AsSpan(row * Width, Width);
            foreach ((_, int start, int width, float[] part) in _parts)
                part.AsSpan(row * width, width).CopyTo(target[start..]);
            for (int term = 0; term < _losses.Length; term++)
                target[_width + term] = (float)(_losses[term].Weight * weights(_losses[term], row));
        }
        return values;
    }

    /// <summary>What is minimised.</summary>
    /// <param name="logitCount">K; 0 for a student without logits.</param>
    /// <param name="hard">The loss of labels.</param>
    /// <param name="isBinary">Whether the one logit is that of two classes.</param>
    /// <param name="match">Where features lie in the prediction; null where no term reads them.</param>
    public CombinedLoss Loss(int logitCount, TrainingLoss? hard, bool isBinary, FeatureMatch? match)
    {
        var terms = ImmutableArray.CreateBuilder<LossTerm>(_losses.Length);
        for (int i = 0; i < _losses.Length; i++)
        {
            DistillationLoss loss = _losses[i];
            (int start, int width) = (0, logitCount);
            if (loss.NeedsFeatures)
            {
                (start, width) = match!.Place(loss.Term);
                start += logitCount;
            }
            // The parts of one term lie side by side.
            var parts = _parts.Where(p => p.ReadBy(loss)).ToArray();
            terms.Add(new LossTerm(Of(loss, hard, isBinary), start, width, parts[0].Start, parts.Sum(p => p.Width), _width + i)
            {
                Schedule = loss.StartFactor == 1 && loss.EndFactor == 1 ? TermSchedule.Constant : TermSchedule.Linear(loss.StartFactor, loss.EndFactor),
            });
        }
        return new CombinedLoss(terms.MoveToImmutable());
    }

    /// <summary>softmax of rows of logits.</summary>
    public static float[] Softmax(float[] logits, int width)
    {
        float[] probabilities = new float[logits.Length];
        for (int i = 0; i < logits.Length; i += width)
        {
            Span<float> row = probabilities.AsSpan(i, width);
            TensorPrimitives.Subtract(logits.AsSpan(i, width), TensorPrimitives.Max<float>(logits.AsSpan(i, width)), row);
            TensorPrimitives.SoftMax(row, row);
        }
        return probabilities;
    }

    private static TrainingLoss Of(DistillationLoss loss, TrainingLoss? hard, bool isBinary) => loss.Term switch
    {
        DistillationTerm.Hard => hard!,
        DistillationTerm.Hinton => isBinary ? new BinaryHintonLoss(loss.Temperature) : new HintonLoss(loss.Temperature),
        DistillationTerm.Decoupled => new DecoupledLoss(loss.Alpha, loss.Beta, loss.Temperature),
        DistillationTerm.Estimate => new SquaredErrorLoss(),
        DistillationTerm.Hint => new HintLoss(),
        DistillationTerm.Cosine => new CosineLoss(),
        DistillationTerm.RelationalDistance => new RelationalDistanceLoss(),
        DistillationTerm.RelationalAngle => new RelationalAngleLoss(),
        _ => new SimilarityDivergenceLoss(loss.Temperature),
    };
}
