namespace MLTransfer.Persistence;

/// <summary>A fitted step that can be written into ML.NET's model.zip.</summary>
internal interface IPersistedStep
{
    /// <summary>The name under which the loader finds the step again, such as "EmbedText". Saved names are for ever.</summary>
    string Kind { get; }

    /// <summary>
    /// The version of what <see cref="Write"/> writes, 1 or above. Raise it when an older MLTransfer would misread the step, together with the number
    /// at which the kind is registered in <see cref="StepKinds"/>.
    /// </summary>
    int FormatVersion => 1;

    /// <summary>Writes settings and blobs. Must be deterministic: the same fitted step gives the same bytes.</summary>
    void Write(PayloadWriter payload);
}
