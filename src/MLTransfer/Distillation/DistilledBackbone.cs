namespace MLTransfer;

/// <summary>What came of teaching a backbone.</summary>
/// <param name="Backbone">The student with its trained weights: to be used in an embedding step, compressed, or saved to a folder.</param>
/// <param name="Report">What teacher and training did.</param>
public sealed record DistilledBackbone(Backbone Backbone, DistillationReport Report);
