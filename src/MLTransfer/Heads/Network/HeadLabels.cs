namespace MLTransfer.Heads.Network;

/// <summary>
/// The label column of one task: how it is checked, read row by row, and turned into targets. Made for one training; the rows are read first, by whoever reads features.
/// </summary>
internal abstract class HeadLabels
{
    /// <summary>Takes the label of each row that is read. A row whose label is missing is to be left out and counted.</summary>
    public abstract LabelColumn Column { get; }

    /// <summary>What the logits of a head for these labels mean.</summary>
    public abstract HeadOutput Output { get; }

    /// <summary>The targets of the rows read.</summary>
    /// <param name="rowWeights">A weight for each row that was kept.</param>
    /// <exception cref="InvalidOperationException">The labels are all of one kind, so that there is nothing to learn.</exception>
    /// <exception cref="ArgumentException">A class weight names no class.</exception>
    public abstract HeadTargets ToTargets(double[] rowWeights);
}
