using MLTransfer.Onnx.Tests.Training.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Onnx.Tests.Training.Losses;

/// <summary>Every loss behind a small network, its gradients against differences of its own values.</summary>
internal sealed class LossGradientTests
{
    private static readonly TrainingLoss[] Losses =
    [
        new CrossEntropyLoss(),
        new FocalLoss(2),
        new FocalLoss(0.5),
        new DivergenceLoss(),
        new BinaryCrossEntropyLoss(),
        new BinaryCrossEntropyLoss([1, 2, 0.5f]),
        new BinaryFocalLoss(2),
        new BinaryFocalLoss(0.5, [1, 2, 0.5f]),
        new SquaredErrorLoss(),
        new HuberLoss(0.4),
        new CosineLoss(),
        new HintonLoss(2),
        new BinaryHintonLoss(2),
        new HintLoss(),
        new RelationalDistanceLoss(),
        new RelationalAngleLoss(),
        new SimilarityDivergenceLoss(0.5),
    ];

    [TestCaseSource(nameof(Losses))]
    public void Gradient_OfEachParameter_AgreesWithFiniteDifferences(TrainingLoss loss)
    {
        using var tiny = new TinyTraining(rowCount: 12, hidden: 4, loss: loss);
        int[] rows = [.. Enumerable.Range(0, 12)];
        var step = new StepInfo(0, 0, 0, 3, rows.Length);
        float[] gradient = tiny.Layout.Allocate(), ignored = tiny.Layout.Allocate();
        tiny.Problem.Gradient(rows, step, tiny.Start, gradient);
        foreach (TrainedTensor tensor in tiny.Layout.Tensors)
        {
            for (int i = tensor.Offset; i < tensor.Offset + tensor.Count; i++)
            {
                float before = tiny.Start[i];
                tiny.Start[i] = before + 1e-2f;
                double above = tiny.Problem.Gradient(rows, step, tiny.Start, ignored);
                tiny.Start[i] = before - 1e-2f;
                double below = tiny.Problem.Gradient(rows, step, tiny.Start, ignored);
                tiny.Start[i] = before;
                // Float rounding over the step, 1e-7 / 2e-2, and the step's square.
                Assert.That(gradient[i], Is.EqualTo((above - below) / 2e-2).Within(3e-4), $"{tensor.Name} at {i - tensor.Offset}");
            }
        }
    }

    [Test]
    public void BinaryFocalLoss_OfGammaZero_IsBinaryCrossEntropy()
    {
        float[] weights = [1, 2, 0.5f];
        using var focal = new TinyTraining(loss: new BinaryFocalLoss(0, weights));
        using var plain = new TinyTraining(loss: new BinaryCrossEntropyLoss(weights));
        int[] rows = [.. Enumerable.Range(0, 20)];
        var step = new StepInfo(0, 0, 0, 3, rows.Length);
        float[] one = focal.Layout.Allocate(), other = plain.Layout.Allocate();
        Assert.That(focal.Problem.Gradient(rows, step, focal.Start, one), Is.EqualTo(plain.Problem.Gradient(rows, step, plain.Start, other)).Within(1e-6));
        Assert.That(one, Is.EqualTo(other).Within(1e-6f));
    }

    [Test]
    public void BinaryFocalLoss_OfOneRow_IsThatOfTheFormula()
    {
        // Logits of the start weights, then −1/3 · Σ (1 − p_t)² · log p_t by hand.
        using var tiny = new TinyTraining(loss: new BinaryFocalLoss(2));
        float[] logits = tiny.Problem.Predict([4], tiny.Start, CancellationToken.None).Predictions;
        double expected = 0;
        for (int k = 0; k < TinyTraining.ClassCount; k++)
        {
            double p = 1 / (1 + Math.Exp(-logits[k])), truth = k == tiny.Classes[4] ? p : 1 - p;
            expected -= Math.Pow(1 - truth, 2) * Math.Log(truth) / TinyTraining.ClassCount;
        }
        Assert.That(tiny.Problem.Predict([4], tiny.Start, CancellationToken.None).Loss, Is.EqualTo(expected).Within(1e-6));
    }
}
