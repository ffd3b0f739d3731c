using System.Numerics.Tensors;

namespace MLTransfer.Heads.Linear;

/// <summary>How a minimisation ended.</summary>
internal readonly record struct LinearFit(double[] Parameters, double Loss, double HeldOutLoss, int IterationCount, bool Converged);

/// <summary>
/// L-BFGS (Nocedal 1980; Nocedal and Wright, "Numerical Optimization", algorithm 7.4) whose initial inverse Hessian is the diagonal
/// 1 / (curvature_k · variance_j + λ), nearly the true one in the axes of <see cref="FeatureBasis"/>. Objectives are strictly convex in all but the common shift of
/// softmax biases, so a line search that only demands sufficient decrease keeps the update well defined.
/// </summary>
internal sealed class LinearSolver(LinearObjective objective)
{
    private const int Memory = 10;
    private const int HalvingCount = 20;
    private const double SufficientDecrease = 1e-4;

    /// <param name="start">Where to start; not changed.</param>
    /// <param name="regularization">λ.</param>
    /// <param name="tolerance">Stops when the estimated distance to the minimum, ½·gᵀ·H⁻¹·g, is below this share of the loss.</param>
    /// <param name="maximumIterations">Stops after as many steps.</param>
    /// <param name="report">Called after each step with its number, the loss and whether it was the last.</param>
    /// <param name="cancellation">Stops at the next step; the best so far is returned.</param>
    public LinearFit Minimize(double[] start, double regularization, double tolerance, int maximumIterations, Action<int, double>? report, CancellationToken cancellation)
    {
        int count = objective.ParameterCount;
        double[] point = [.. start];
        double[] gradient = new double[count], direction = new double[count], candidate = new double[count], candidateGradient = new double[count];
        double[] scaling = new double[count];
        var history = new List<(double[] Step, double[] Change, double Product)>();
        double loss = objective.Evaluate(point, regularization, gradient);
        double heldOut = objective.HeldOutLoss;
        int nextScaling = 0;
        for (int iteration = 0; iteration < maximumIterations; iteration++)
        {
            if (cancellation.IsCancellationRequested)
                return new LinearFit(point, loss, heldOut, iteration, false);
            if (iteration == nextScaling)
            {
                SetScaling(scaling, regularization);
                nextScaling = Math.Max(nextScaling + 2, nextScaling * 3 / 2);
            }
            Direct(gradient, history, scaling, direction);
            double slope = TensorPrimitives.Dot<double>(gradient, direction);
            if (!(-slope / 2 > tolerance * Math.Abs(loss)))
                return new LinearFit(point, loss, heldOut, iteration, true);

            double step = 1, candidateLoss = double.PositiveInfinity;
            bool accepted = false;
            for (int halving = 0; halving < HalvingCount && !accepted; halving++)
            {
                TensorPrimitives.MultiplyAdd(direction, step, point, candidate);
                candidateLoss = objective.Evaluate(candidate, regularization, candidateGradient);
                accepted = candidateLoss <= loss + SufficientDecrease * step * slope;
                // The minimum of the parabola through what is known, kept away from both ends.
                if (!accepted)
                    step *= Math.Clamp(-slope * step / (2 * (candidateLoss - loss - slope * step)), 0.1, 0.5);
            }
            // No step along a descent direction lowers the loss: it is flat to the last digit that float scores carry.
            if (!accepted)
                return new LinearFit(point, loss, heldOut, iteration, true);
            Remember(history, point, candidate, gradient, candidateGradient);
            (point, candidate) = (candidate, point);
            (gradient, candidateGradient) = (candidateGradient, gradient);
            loss = candidateLoss;
            heldOut = objective.HeldOutLoss;
            report?.Invoke(iteration + 1, loss);
        }
        return new LinearFit(point, loss, heldOut, maximumIterations, false);
    }

    private void SetScaling(double[] scaling, double regularization)
    {
        objective.SecondDerivatives(scaling);
        int weights = objective.OutputCount * objective.AxisCount;
        TensorPrimitives.Add(scaling.AsSpan(0, weights), regularization, scaling.AsSpan(0, weights));
        // A class that is fitted perfectly has no curvature left; a floor keeps its steps finite.
        TensorPrimitives.Max(scaling, 1e-9, scaling);
        TensorPrimitives.Reciprocal(scaling, scaling);
    }

    // The two-loop recursion: direction = −H·gradient.
    private static void Direct(double[] gradient, List<(double[] Step, double[] Change, double Product)> history, double[] scaling, double[] direction)
    {
        TensorPrimitives.Negate(gradient, direction);
        Span<double> shares = stackalloc double[Memory];
        for (int i = history.Count - 1; i >= 0; i--)
        {
            shares[i] = TensorPrimitives.Dot<double>(history[i].Step, direction) / history[i].Product;
            TensorPrimitives.MultiplyAdd(history[i].Change, -shares[i], direction, direction);
        }
        TensorPrimitives.Multiply(direction, scaling, direction);
        for (int i = 0; i < history.Count; i++)
        {
            double share = TensorPrimitives.Dot<double>(history[i].Change, direction) / history[i].Product;
            TensorPrimitives.MultiplyAdd(history[i].Step, shares[i] - share, direction, direction);
        }
    }

    private static void Remember(List<(double[] Step, double[] Change, double Product)> history, double[] from, double[] to, double[] gradient, double[] newGradient)
    {
        (double[] step, double[] change, _) = history.Count == Memory ? history[0] : (new double[from.Length], new double[from.Length], 0);
        TensorPrimitives.Subtract(to, from, step);
        TensorPrimitives.Subtract(newGradient, gradient, change);
        double product = TensorPrimitives.Dot<double>(step, change);
        // Rounding of float scores can hide the curvature of a tiny step: such a pair says nothing.
        if (!(product > 1e-12 * TensorPrimitives.Norm<double>(step) * TensorPrimitives.Norm<double>(change)))
        {
            if (history.Count == Memory)
                history.RemoveAt(0);
            return;
        }
        if (history.Count == Memory)
            history.RemoveAt(0);
        history.Add((step, change, product));
    }
}
