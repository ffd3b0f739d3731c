namespace MLTransfer.Cli.Data;

/// <summary>A row to train on.</summary>
internal sealed class LabelledRow
{
    /// <summary>A text, or the path of a picture.</summary>
    public string Input { get; set; } = "";

    public string Label { get; set; } = "";
}
