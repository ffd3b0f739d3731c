namespace MLTransfer.Images;

/// <summary>A picture that cannot be read: the fault of a row, not of the program. (<see cref="InvalidDataException"/> is sealed.)</summary>
internal sealed class ImageDecodeException(string message) : FormatException(message);
