namespace MLTransfer.Backbones;

/// <summary>Whether a request carried a token, for messages.</summary>
internal enum HubToken
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>It was sent.</summary>
    Sent,

    /// <summary>There is one, but the address is plain http on another machine.</summary>
    Withheld,
}
