namespace MLTransfer.Export;

/// <summary>A fitted step whose features an exported graph can compute.</summary>
internal interface IOnnxEmbedding
{
    /// <summary>What the step runs and what it makes of it. Called when exporting, not before.</summary>
    /// <exception cref="NotSupportedException">The step does something that no single run of a graph does; the message says what.</exception>
    OnnxEmbedding ToOnnx();
}
