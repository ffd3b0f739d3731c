namespace MLTransfer;

/// <summary>Where a picture that does not fill its frame stands.</summary>
public enum PadPosition
{
    /// <summary>In the middle; half a pixel goes to the even number, as in Pillow's ImageOps.pad.</summary>
    Centre,

    /// <summary>In the corner at the top left.</summary>
    TopLeft,
}
