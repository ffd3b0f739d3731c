using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using MLTransfer.Features;

namespace MLTransfer.Tests.Features;

/// <summary>Folders that cannot be used, files that do not belong, and disks that are full.</summary>
internal sealed class FeatureStoreRefusalTests
{
    private static readonly string OtherFingerprint = Convert.ToHexString(SHA256.HashData("another model"u8));

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-store-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Open_SegmentOfAnotherModel_NamesFileAndBothFingerprints()
    {
        using FeatureStore own = FeatureStore.Open(_folder, StoredRows.Fingerprint);
        using (FeatureStore other = FeatureStore.Open(_folder, OtherFingerprint))
        {
            other.Append(StoredRows.Key(0), StoredRows.Blocks(1));
            Assert.That(other.Folder, Is.Not.EqualTo(own.Folder));
        }
        string foreign = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Single();
        own.Refresh();
        Assert.That(own.Count, Is.Zero, "two models share a folder and see nothing of each other");

        string copied = Path.Combine(own.Folder, Path.GetFileName(foreign));
        File.Copy(foreign, copied);
        foreach (Action act in (Action[])[own.Refresh, () => FeatureStore.Open(_folder, StoredRows.Fingerprint)])
        {
            Assert.That(act, Throws.TypeOf<InvalidDataException>().With.Message.Contains(copied).And.Message.Contains($"expected fingerprint {StoredRows.Fingerprint.ToLowerInvariant()}")
                .And.Message.Contains($"found {OtherFingerprint.ToLowerInvariant()}").And.Message.Contains("Move the file back or delete it"));
        }
        Assert.That(own.TryRead(StoredRows.Key(0), out _), Is.False, "nothing of it was taken");
    }

    [Test]
    public void Open_SegmentOfAnUnknownVersion_NamesFileAndVersions()
    {
        using (FeatureStore store = FeatureStore.Open(_folder, StoredRows.Fingerprint))
            store.Append(StoredRows.Key(0), StoredRows.Blocks(0));
        string segment = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(segment);
        SegmentHeader.Write(bytes, StoredRows.Fingerprint, version: 2);
        File.WriteAllBytes(segment, bytes);
        Assert.That(() => FeatureStore.Open(_folder, StoredRows.Fingerprint),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(segment).And.Message.Contains("version 2").And.Message.Contains("reads version 1"));
    }

    [TestCase("")]
    [TestCase("model")]
    [TestCase("zz00000000000000000000000000000000000000000000000000000000000000")]
    public void Open_FingerprintThatIsNoHash_IsRefused(string fingerprint) => Assert.That(() => FeatureStore.Open(_folder, fingerprint),
        Throws.TypeOf<ArgumentException>().With.Message.Contains("64 hexadecimal digits"));

    [Test]
    public void Open_FolderIsAFile_SaysSo()
    {
        string file = Path.Combine(_folder, "cache");
        File.WriteAllText(file, "text");
        Assert.That(() => FeatureStore.Open(file, StoredRows.Fingerprint), Throws.TypeOf<IOException>().With.Message.Contains(file).And.Message.Contains("must be a folder"));
    }

    [Test]
    public void Open_FolderWithoutPermission_SaysSo()
    {
        // Permissions do not bind the superuser; /sys takes no files from anybody.
        string folder = _folder;
        if (OperatingSystem.IsWindows())
            Assert.Ignore("Folders have no write bit on Windows.");
        else if (Environment.IsPrivilegedProcess)
            folder = Directory.Exists("/sys/kernel") ? "/sys/kernel" : AsIgnored("This process may write anywhere.");
        else
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.That(() => FeatureStore.Open(folder, StoredRows.Fingerprint), Throws.TypeOf<IOException>().With.Message.Contains(folder).And.Message.Contains("allow writing"));
        }
        finally
        {
            if (folder == _folder && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Test]
    public void Flush_DiskFullAnywhereInARecord_LeavesNothingHalfWritten_AndGoesOnWhenThereIsSpace()
    {
        int record = (int)FeatureRecord.LengthOf(StoredRows.Blocks(1));
        for (int space = 0; space <= SegmentHeader.ByteCount + record; space += 5)
        {
            string folder = Path.Combine(_folder, $"{space}");
            var disk = new SmallDisk { Space = long.MaxValue };
            using FeatureStore store = FeatureStore.Open(folder, StoredRows.Fingerprint, disk.Write);
            // At the start of the file, and behind a whole record.
            bool isFirst = space % 2 == 0;
            if (!isFirst)
            {
                store.Append(StoredRows.Key(0), StoredRows.Blocks(0));
                store.Flush();
            }
            int before = isFirst ? 0 : 1;
            disk.Space = isFirst ? space : Math.Min(space, record - 1);
            store.Append(StoredRows.Key(1), StoredRows.Blocks(1));
            for (int attempt = 0; attempt < 2 && disk.Space < record + (isFirst ? SegmentHeader.ByteCount : 0); attempt++)
            {
                Assert.That(store.Flush, Throws.InstanceOf<IOException>().With.Message.Contains(store.Folder)
                    .And.Message.Contains($"{record + (isFirst ? SegmentHeader.ByteCount : 0)} bytes").And.Message.Contains("Free space there").And.InnerException.Message.EqualTo("No space left"));
                using FeatureStore reader = FeatureStore.Open(folder, StoredRows.Fingerprint);
                Assert.That((StoredRows.Present(reader, 3).Count, reader.DamagedCount), Is.EqualTo((before, 0)), $"{space} bytes");
                Assert.That(store.TryRead(StoredRows.Key(1), out _), Is.True, "not lost while the process lives");
            }
            disk.Space = long.MaxValue;
            store.Append(StoredRows.Key(2), StoredRows.Blocks(2));
            store.Flush();
            using FeatureStore again = FeatureStore.Open(folder, StoredRows.Fingerprint);
            Assert.That(StoredRows.Present(again, 3), Is.EqualTo(isFirst ? [1, 2] : (int[])[0, 1, 2]), $"{space} bytes");
            Assert.That(again.DamagedCount, Is.Zero);
        }
    }

    [Test]
    public void Append_DiskFullForLong_TakesNoMoreMemory()
    {
        var disk = new SmallDisk { Space = 0 };
        FeatureStore store = FeatureStore.Open(_folder, StoredRows.Fingerprint, disk.Write);
        int row = 0;
        Assert.That(() =>
        {
            for (; row < 100; row++)
                store.Append(StoredRows.Key(row), [new FeatureBlock(new float[10_000])]);
        }, Throws.InstanceOf<IOException>());
        Assert.That(row, Is.InRange(20, 30), "a mebibyte of rows of 40 kB");
        Assert.That(() => store.Append(StoredRows.Key(row), [new FeatureBlock(new float[10_000])]), Throws.InstanceOf<IOException>());
        Assert.That(store.Count, Is.EqualTo(row), "the row that did not fit was not added");
        Assert.That(store.Dispose, Throws.InstanceOf<IOException>(), "rows are lost, and that is not hidden");
        Assert.That(store.Dispose, Throws.Nothing);
    }

    private static string AsIgnored(string reason)
    {
        Assert.Ignore(reason);
        return "";
    }

    /// <summary>Writes as long as there is space, like a disk: what fits is written before the error.</summary>
    private sealed class SmallDisk
    {
        public long Space { get; set; }

        public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            int fitting = (int)Math.Min(Space, bytes.Length);
            RandomAccess.Write(file, bytes[..fitting], offset);
            if (fitting < bytes.Length)
                throw new IOException("No space left");
        }
    }
}
