namespace MLTransfer.Images;

/// <summary>The EXIF orientations by their numbers: what must be done to see the picture upright.</summary>
internal enum ImageOrientation
{
    Upright = 1,
    MirrorLeftRight = 2,
    Rotate180 = 3,
    MirrorTopBottom = 4,
    Transpose = 5,
    RotateClockwise = 6,
    Transverse = 7,
    RotateCounterclockwise = 8,
}
