using System.Globalization;

namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception SegmentVersion(string path, int found, int expected) => new InvalidDataException(
        $"'{path}' holds features in version {found} of the format; this version of MLTransfer reads version {expected}. Use the version that wrote it, or another folder, or delete the file: what it holds is computed again.");

    public static Exception SegmentOfAnotherStore(string path, string expected, string found) => new InvalidDataException(
        $"'{path}' holds the features of another model or of other settings: expected fingerprint {expected}, found {found.ToLowerInvariant()}. Files of one cache were copied into another's folder. " +
        "Move the file back or delete it: what it holds is computed again.");

    public static Exception StoreFingerprint(string found, int length) => new ArgumentException(
        $"The fingerprint of a feature store is a SHA-256, {length} hexadecimal digits, but '{found}' was given.");

    public static Exception FeatureFolderUnusable(string folder, Exception inner) => new IOException(
        $"The folder '{folder}' cannot hold features: {inner.Message} It must be a folder that this process may create files in. Name another one, or allow writing.", inner);

    public static Exception SegmentUnreadable(string path, Exception inner) => new IOException(
        $"The features in '{path}' cannot be read: {inner.Message} Allow reading, or delete the file: what it holds is computed again.", inner);

    public static Exception FeaturesNotWritten(string folder, long byteCount, Exception inner) => new IOException(
        $"{byteCount.ToString("N0", CultureInfo.InvariantCulture)} bytes of features could not be written to the folder '{folder}': {inner.Message} " +
        "Free space there (or raise the quota), or name another folder. What was written before is kept, and a further run goes on from there.", inner);
}
