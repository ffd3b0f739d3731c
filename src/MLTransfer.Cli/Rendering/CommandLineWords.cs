using System.CommandLine;

namespace MLTransfer.Cli.Rendering;

/// <summary>The library's messages name what a program sets; who typed a command is told its options.</summary>
internal static class CommandLineWords
{
    // Longer forms first.
    private static readonly (string Option, string Program, string Typed)[] Words =
    [
        ("--fine-tune", "FreezingPlan.Behind(\"", "--fine-tune \"behind:"),
        ("--fine-tune", "\") or fewer LastBlocks", "\" or a smaller last:N"),
        ("--fine-tune", "Backbone.ListBlocks", "'mltransfer inspect'"),
        ("--int8-to-float", "FineTuneOptions.Int8ToFloat", "--int8-to-float"),
        ("--checkpoint", "CheckpointPath", "--checkpoint"),
        ("--feature", "BackboneOptions.FeatureOutput", "--feature"),
        ("--preprocessing", "BackboneOptions.Image, such as ImagePreprocessing.Torchvision(),", "--preprocessing"),
        ("--vocabulary", "VocabularySize", "--vocabulary"),
        ("--max-length", "MaximumLength", "--max-length"),
        ("--layers", "LayerCount", "--layers"),
        ("--heads", "HeadCount", "--heads"),
        ("--hidden", "FeedForwardDimension", "--hidden"),
        ("--token-dimension", "EmbeddingDimension", "--token-dimension"),
        ("--feature-dimension", "OutputDimension", "--feature-dimension"),
        ("--dimension", "Dimension", "--dimension"),
        ("--labels-per-class", "CompareWithAndWithout is asked", "The comparison is asked"),
        ("--labels-per-class", "CompareOptions.LabelsPerClass", "--labels-per-class"),
        ("--labels-per-class", "CompareOptions.TestFraction", "--hold-out"),
        ("--test-data", "CompareOptions.TestData", "--test-data"),
        ("--cache", "CacheFolder", "--cache"),
        ("--variant", "BackboneOptions.Variant", "--variant"),
        ("--variant", "HubOptions.Variant", "--variant"),
        ("--sha256", "HubOptions.Sha256", "--sha256"),
        ("--endpoint", "HubOptions.Endpoint", "--endpoint"),
        ("--offline", "HubOptions.IsOffline", "--offline"),
        ("--offline", " or HubOptions.Token", ""),
        ("--offline", "HubOptions.Token", "HF_TOKEN"),
    ];

    /// <summary>The message without the name of a parameter that .NET puts behind it: nobody who typed a command has set one.</summary>
    public static string WithoutParameter(Exception e)
    {
        string suffix = e is ArgumentException { ParamName: string name } ? $" (Parameter '{name}')" : "";
        return suffix.Length > 0 && e.Message.EndsWith(suffix, StringComparison.Ordinal) ? e.Message[..^suffix.Length] : e.Message;
    }

    /// <summary>The message with each name for which the command has an option replaced by it.</summary>
    public static string Of(string message, Command command) => Words.Where(w => command.Options.Any(o => o.Name == w.Option))
        .Aggregate(message, (text, word) => text.Replace(word.Program, word.Typed, StringComparison.Ordinal));
}
