using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Tests.Training;

/// <summary>Softmax regression over made-up rows with gradients by hand: weights [classes, features] and a bias, part of the rows held out. Allocates nothing in a step.</summary>
internal sealed class SoftmaxProblem : ITrainingProblem
{
    private readonly int _classes;
    private readonly float[][] _features;
    private readonly int[] _labels;
    private readonly double[] _probabilities;

    public SoftmaxProblem(int rows = 40, int heldOut = 0, int features = 5, int classes = 3, int seed = 1)
    {
        RowCount = rows;
        _classes = classes;
        _probabilities = new double[classes];
        CounterRandom random = new(seed, RandomStream.Weights, 0);
        _features = [.. Enumerable.Range(0, rows + heldOut).Select(r => Enumerable.Range(0, features).Select(f => (float)(random.Uniform((long)r * features + f) * 2 - 1)).ToArray())];
        // The class follows from the features, but for one row in eight.
        _labels = [.. _features.Select((x, r) => r % 8 == 0 ? r % classes : Math.Clamp((int)((x[0] + x[1] + 2) / 4 * classes), 0, classes - 1))];
        Layout = new ParameterLayout([
            new TrainedTensor("weight", [classes, features]) { IsPretrained = true },
            new TrainedTensor("bias", [classes]) { Decays = false },
        ]);
    }

    public ParameterLayout Layout { get; init; }

    public int RowCount { get; }

    public Func<int, int> Length { get; init; } = _ => 1;

    public bool EqualLengthsOnly { get; init; }

    public bool NeedsWholeBatch { get; init; }

    public Func<int, double> Weight { get; init; } = _ => 1;

    /// <summary>Called in each gradient with where it is; what it gives back is added to the loss.</summary>
    public Func<StepInfo, double> OnGradient { get; init; } = _ => 0;

    /// <summary>Takes the place of the evaluation on held-out rows.</summary>
    public Func<float[], HeldOut?>? OnEvaluate { get; init; }

    /// <summary>Turns the gradient of the bias bad in this step.</summary>
    public long BadStep { get; init; } = -1;

    public float[] Start() => new float[Layout.Length];

    public int LengthOf(int row) => Length(row);

    public double WeightOf(int row) => Weight(row);

    public double Gradient(ReadOnlySpan<int> rows, in StepInfo step, ReadOnlySpan<float> parameters, Span<float> gradient)
    {
        int bias = Layout.Tensors[1].Offset;
        double loss = 0;
        if (step.MicroBatch == 0)
            gradient.Clear();
        foreach (int row in rows)
        {
            double share = Weight(row) / step.TotalWeight;
            loss += share * Loss(row, parameters);
            for (int c = 0; c < _classes; c++)
            {
                float delta = (float)(share * (_probabilities[c] - (_labels[row] == c ? 1 : 0)));
                for (int f = 0; f < _features[row].Length; f++)
                    gradient[c * _features[row].Length + f] += delta * _features[row][f];
                gradient[bias + c] += delta;
            }
        }
        if (step.Step == BadStep)
            gradient[bias + 1] = float.NaN;
        return loss + OnGradient(step);
    }

    public HeldOut? Evaluate(ReadOnlySpan<float> parameters, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (OnEvaluate is not null)
            return OnEvaluate(parameters.ToArray());
        int count = _labels.Length - RowCount;
        if (count == 0)
            return null;
        double loss = 0;
        int right = 0;
        for (int row = RowCount; row < _labels.Length; row++)
        {
            loss += Loss(row, parameters);
            right += Array.IndexOf(_probabilities, _probabilities.Max()) == _labels[row] ? 1 : 0;
        }
        return new HeldOut(loss / count, (double)right / count);
    }

    private double Loss(int row, ReadOnlySpan<float> parameters)
    {
        float[] x = _features[row];
        int bias = Layout.Tensors[1].Offset;
        double largest = double.NegativeInfinity;
        for (int c = 0; c < _classes; c++)
        {
            double logit = parameters[bias + c];
            for (int f = 0; f < x.Length; f++)
                logit += parameters[c * x.Length + f] * x[f];
            _probabilities[c] = logit;
            largest = Math.Max(largest, logit);
        }
        double sum = 0;
        for (int c = 0; c < _classes; c++)
            sum += _probabilities[c] = Math.Exp(_probabilities[c] - largest);
        for (int c = 0; c < _classes; c++)
            _probabilities[c] /= sum;
        return -Math.Log(_probabilities[_labels[row]]);
    }
}
