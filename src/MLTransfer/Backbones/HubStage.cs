namespace MLTransfer;

/// <summary>What a download is doing.</summary>
public enum HubStage
{
    /// <summary>Another process or thread is downloading from the same repository; this one goes on when it has ended.</summary>
    Waiting,

    /// <summary>Bytes arrive.</summary>
    Downloading,

    /// <summary>The file is whole and its hash is being computed.</summary>
    Checking,
}
