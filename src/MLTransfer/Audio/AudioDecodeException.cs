namespace MLTransfer.Audio;

/// <summary>
/// A clip that cannot be used: the fault is the data's, not the program's, so a step may skip its row where its user asked for that. No InvalidDataException, because that
/// class is sealed.
/// </summary>
internal sealed class AudioDecodeException(string message) : FormatException(message);
