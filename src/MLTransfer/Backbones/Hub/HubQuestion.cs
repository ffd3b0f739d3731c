namespace MLTransfer.Backbones;

/// <summary>What a request is about, for messages.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Revision">The revision or commit.</param>
/// <param name="File">The file; null where the list of files is asked for.</param>
internal sealed record HubQuestion(HubRepository Repository, string Revision, string? File)
{
    public override string ToString() => File is null ? $"the list of files of '{Repository.Id}' at '{Revision}'" : $"'{File}' of '{Repository.Id}' at {Revision}";
}
