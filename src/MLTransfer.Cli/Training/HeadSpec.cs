using System.CommandLine;

namespace MLTransfer.Cli.Training;

/// <summary>A head as the command line writes it.</summary>
internal static class HeadSpec
{
    public const string Linear = "linear";
    public const string Mlp = "mlp";

    /// <summary>The option that takes one.</summary>
    /// <param name="description">What it is for.</param>
    public static Option<string> Option(string description)
    {
        var option = new Option<string>("--head") { Description = $"{description}: {Linear}, or {Mlp} with one hidden layer.", DefaultValueFactory = _ => Linear };
        option.AcceptOnlyFromAmong(Linear, Mlp);
        return option;
    }

    /// <summary>Reads one of the two.</summary>
    public static HeadKind Parse(string text) => text == Mlp ? HeadKind.Mlp : HeadKind.Linear;
}
