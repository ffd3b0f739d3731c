namespace MLTransfer;

/// <summary>What is compared on rows held out.</summary>
public enum SelectionCriterion
{
    /// <summary>Mean loss; lower is better.</summary>
    Loss,

    /// <summary>The trainer's metric, such as accuracy; higher is better.</summary>
    Metric,
}
