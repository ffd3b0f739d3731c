namespace MLTransfer.Embedding;

/// <summary>An estimator that adds a backbone's features, whatever it fits.</summary>
internal interface IBackboneStep
{
    Backbone Backbone { get; }
}
