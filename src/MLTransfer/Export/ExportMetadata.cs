namespace MLTransfer.Export;

/// <summary>Keys of what an exported graph says of itself. They are for ever.</summary>
internal static class ExportMetadata
{
    /// <summary>The version of MLTransfer that wrote the graph.</summary>
    public const string Version = "mltransfer.version";

    /// <summary>The card, as in <c>mltransfer.json</c>; without a hash, which it cannot state of itself.</summary>
    public const string Card = "mltransfer.card";

    /// <summary>A JSON object: what each input means.</summary>
    public const string Inputs = "mltransfer.inputs";

    /// <summary>"multiclass", "binary", "multilabel" or "regression".</summary>
    public const string Task = "mltransfer.task";

    /// <summary>A JSON array: the names of the classes, in the order of Score; PredictedLabel is an index into it.</summary>
    public const string Labels = "mltransfer.labels";

    /// <summary>Present where rows of one batch would change each other.</summary>
    public const string Batching = "mltransfer.batching";
}
