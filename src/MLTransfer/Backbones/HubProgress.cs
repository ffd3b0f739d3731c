namespace MLTransfer;

/// <summary>How far a download is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="File">The file's path in the repository; of <see cref="HubStage.Waiting"/> the repository's name.</param>
/// <param name="BytesDone">Bytes of the file that are there, those of earlier tries included.</param>
/// <param name="BytesTotal">Bytes of the whole file; 0 while waiting.</param>
public sealed record HubProgress(HubStage Stage, string File, long BytesDone, long BytesTotal);
