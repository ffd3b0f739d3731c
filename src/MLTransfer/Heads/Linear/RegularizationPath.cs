namespace MLTransfer.Heads.Linear;

/// <summary>Tries strengths of regularisation, strongest first, each fold starting from its solution for the strength before.</summary>
internal sealed class RegularizationPath(LinearObjective objective, LinearLoss loss, double[] weights)
{
    // Strengths are compared by differences far larger than this share of the loss.
    private const double Tolerance = 1e-3;
    private const int StepsPerStrength = 200;
    // Held-out loss falls to one minimum and rises behind it; two rises in a row are past it, and the weakest strengths cost the most steps.
    private const int RisesBeforeStop = 2;

    /// <param name="strengths">Strongest first.</param>
    /// <param name="folds">For each row the fold that holds it out, or −1 for a row that always trains.</param>
    /// <param name="heldOut">The folds to hold out, one after the other.</param>
    /// <param name="tried">Called with each strength and its held-out loss.</param>
    /// <param name="cancellation">Stops; what was tried so far decides.</param>
    /// <returns>Mean held-out loss of each strength tried.</returns>
    public List<double> HeldOutLosses(IReadOnlyList<double> strengths, int[] folds, int[] heldOut, Action<double, double>? tried, CancellationToken cancellation)
    {
        double[]?[] solutions = new double[]?[heldOut.Length];
        List<double> losses = [];
        int rises = 0;
        foreach (double strength in strengths)
        {
            double mean = 0;
            for (int i = 0; i < heldOut.Length; i++)
            {
                HoldOut(folds, heldOut[i]);
                LinearFit fit = new LinearSolver(objective).Minimize(solutions[i] ?? Start(), strength, Tolerance, StepsPerStrength, null, cancellation);
                if (cancellation.IsCancellationRequested)
                    return losses;
                solutions[i] = fit.Parameters;
                mean += fit.HeldOutLoss / heldOut.Length;
            }
            rises = losses.Count > 0 && mean >= losses[^1] ? rises + 1 : 0;
            losses.Add(mean);
            tried?.Invoke(strength, mean);
            if (rises == RisesBeforeStop)
                break;
        }
        return losses;
    }

    /// <summary>All rows take part again.</summary>
    public void UseAllRows()
    {
        weights.CopyTo(objective.Weights, 0);
        Array.Clear(objective.HeldOutWeights);
    }

    /// <summary>Zero weights and the biases that fit best with them, for the rows that take part.</summary>
    public double[] Start()
    {
        double[] start = new double[objective.ParameterCount];
        loss.InitialBiases(objective.Weights, start.AsSpan(objective.OutputCount * objective.AxisCount));
        return start;
    }

    private void HoldOut(int[] folds, int fold)
    {
        double training = 0, held = 0;
        for (int i = 0; i < folds.Length; i++)
        {
            if (folds[i] == fold)
                held += weights[i];
            else
                training += weights[i];
        }
        for (int i = 0; i < folds.Length; i++)
        {
            objective.Weights[i] = folds[i] == fold ? 0 : weights[i] / training;
            objective.HeldOutWeights[i] = folds[i] == fold ? weights[i] / held : 0;
        }
    }
}
