namespace MLTransfer.Cli.Demo;

/// <summary>A support ticket.</summary>
internal sealed class Ticket
{
    /// <summary>What it is about; empty where that is to be found out.</summary>
    public string Label { get; set; } = "";

    public string Text { get; set; } = "";
}
