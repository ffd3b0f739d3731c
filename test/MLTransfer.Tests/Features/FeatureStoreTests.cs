using MLTransfer.Features;

namespace MLTransfer.Tests.Features;

internal sealed class FeatureStoreTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-store-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void TryRead_AllKindsOfBlocks_ComeBackBitForBit([Values] bool isFlushed, [Values] bool isReopened)
    {
        FeatureBlock[][] rows =
        [
            [new FeatureBlock([1f, -0f, float.NaN, float.PositiveInfinity, float.Epsilon])],
            [new FeatureBlock([1f, 2f, 3f, 4f, 5f, 6f], 3)],
            [new FeatureBlock([(Half)1, Half.NaN, Half.Epsilon, Half.MaxValue], 2)],
            [new FeatureBlock([1f]), new FeatureBlock([(Half)2, (Half)3], 1), new FeatureBlock([4f, 5f], 2)],
            [new FeatureBlock(Array.Empty<Half>(), 0), new FeatureBlock(Array.Empty<float>())],
            [new FeatureBlock(new float[700_000])],
            [],
        ];
        FeatureStore store = Open();
        for (int i = 0; i < rows.Length; i++)
            store.Append(StoredRows.Key(i), rows[i]);
        if (isFlushed)
            store.Flush();
        if (isReopened)
        {
            store.Dispose();
            store = Open();
        }
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.That(store.TryRead(StoredRows.Key(i), out FeatureBlock[]? found), Is.True, $"row {i}");
            Assert.That(StoredRows.Are(found!, rows[i]), Is.True, $"row {i}");
        }
        Assert.That(store.TryRead(StoredRows.Key(rows.Length), out FeatureBlock[]? none), Is.False);
        Assert.That(none, Is.Null);
        Assert.That((store.Count, store.DamagedCount), Is.EqualTo((rows.Length, 0)));
        store.Dispose();
    }

    [Test]
    public void Append_KeyThatIsThere_WritesNothing()
    {
        using (FeatureStore store = Open())
        {
            store.Append(StoredRows.Key(0), StoredRows.Blocks(0));
            store.Flush();
            long length = new FileInfo(Segment()).Length;
            store.Append(StoredRows.Key(0), StoredRows.Blocks(0));
            store.Flush();
            Assert.That(new FileInfo(Segment()).Length, Is.EqualTo(length));
        }
        using FeatureStore again = Open();
        again.Append(StoredRows.Key(0), StoredRows.Blocks(0));
        again.Flush();
        Assert.That(Segments(), Has.Length.EqualTo(1), "nothing new, so no segment of its own");
    }

    [Test]
    public void TwoStores_OfOneFolder_ReadEachOtherAfterRefresh()
    {
        using FeatureStore one = Open();
        using FeatureStore other = Open();
        for (int pass = 0; pass < 2; pass++)
        {
            for (int row = 10 * pass; row < 10 * pass + 10; row++)
                (row % 2 == 0 ? one : other).Append(StoredRows.Key(row), StoredRows.Blocks(row));
            // Both compute this one.
            one.Append(StoredRows.Key(1000 + pass), StoredRows.Blocks(1000 + pass));
            other.Append(StoredRows.Key(1000 + pass), StoredRows.Blocks(1000 + pass));
            one.Flush();
            other.Flush();
            one.Refresh();
            other.Refresh();
            one.Refresh();
            foreach (FeatureStore store in (FeatureStore[])[one, other])
            {
                Assert.That(StoredRows.Present(store, 2000), Has.Count.EqualTo(11 * (pass + 1)));
                Assert.That((store.Count, store.DamagedCount), Is.EqualTo((11 * (pass + 1), 0)));
            }
        }
        Assert.That(Segments(), Has.Length.EqualTo(2));
    }

    [Test]
    public void Refresh_WhileARecordIsBeingWritten_SeesItWhenItIsWhole()
    {
        Fill(3);
        byte[] whole = File.ReadAllBytes(Segment());
        string segment = Segment();
        File.WriteAllBytes(segment, whole[..20]);
        using FeatureStore store = Open();
        Assert.That(store.Count, Is.Zero);
        int last = 0;
        for (int length = 20; length <= whole.Length; length += 7)
        {
            using (FileStream file = new(segment, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
                file.Write(whole, (int)file.Length, length - (int)file.Length);
            store.Refresh();
            Assert.That(StoredRows.Present(store, 3), Has.Count.EqualTo(store.Count));
            Assert.That(store.Count, Is.GreaterThanOrEqualTo(last));
            last = (int)store.Count;
        }
        File.WriteAllBytes(segment, whole);
        store.Refresh();
        Assert.That(StoredRows.Present(store, 3), Is.EqualTo([0, 1, 2]));
        Assert.That(store.DamagedCount, Is.Zero);
    }

    [Test]
    public void Open_SegmentCutAnywhereInItsLastRecord_KeepsTheOthers()
    {
        Fill(4);
        string segment = Segment();
        byte[] whole = File.ReadAllBytes(segment);
        int last = (int)FeatureRecord.LengthOf(StoredRows.Blocks(3));
        for (int length = whole.Length - last; length <= whole.Length; length++)
        {
            File.WriteAllBytes(segment, whole[..length]);
            using FeatureStore store = Open();
            bool isWhole = length == whole.Length;
            Assert.That(StoredRows.Present(store, 4), Is.EqualTo(isWhole ? [0, 1, 2, 3] : (int[])[0, 1, 2]), $"{length} bytes");
            Assert.That(store.DamagedCount, Is.EqualTo(isWhole || length == whole.Length - last ? 0 : 1), $"{length} bytes");
        }
    }

    [Test]
    public void Open_SegmentCutInItsHeader_HoldsNothing()
    {
        Fill(1);
        string segment = Segment();
        byte[] whole = File.ReadAllBytes(segment);
        for (int length = 0; length <= SegmentHeader.ByteCount; length++)
        {
            File.WriteAllBytes(segment, whole[..length]);
            using FeatureStore store = Open();
            Assert.That((store.Count, store.DamagedCount), Is.EqualTo((0, length is 0 or SegmentHeader.ByteCount ? 0 : 1)), $"{length} bytes");
        }
    }

    [Test]
    public void TryRead_AnyByteChanged_DeliversNothingWrong()
    {
        Fill(4);
        string segment = Segment();
        byte[] whole = File.ReadAllBytes(segment);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(segment, damaged);
            using FeatureStore store = Open();
            List<int> present = StoredRows.Present(store, 4);
            Assert.That(present, Has.Count.LessThan(4), $"byte {at}");
            Assert.That(store.DamagedCount, Is.EqualTo(1), $"byte {at}");
            Assert.That(store.Count, Is.EqualTo(present.Count), $"byte {at}");
        }
    }

    [Test]
    public void TryRead_PayloadDamaged_LosesThatRowAlone_AndItsSecondCopyIsFoundFromThenOn()
    {
        Fill(4);
        string segment = Segment();
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[SegmentHeader.ByteCount + FeatureRecord.HeadLength + 20] ^= 1;
        File.WriteAllBytes(segment, bytes);
        using (FeatureStore store = Open())
        {
            Assert.That(StoredRows.Present(store, 4), Is.EqualTo([1, 2, 3]));
            store.Append(StoredRows.Key(0), StoredRows.Blocks(0));
            Assert.That(StoredRows.Present(store, 4), Is.EqualTo([0, 1, 2, 3]));
        }
        // Whichever of the two segments is read first: names are hexadecimal digits.
        foreach (string name in (string[])["-.features", "z.features"])
        {
            string renamed = Path.Combine(Path.GetDirectoryName(segment)!, name);
            File.Move(segment, renamed);
            segment = renamed;
            using FeatureStore again = Open();
            Assert.That(StoredRows.Present(again, 4), Is.EqualTo([0, 1, 2, 3]), name);
            Assert.That(again.DamagedCount, Is.EqualTo(name[0] == '-' ? 1 : 0), name);
        }
    }

    [Test]
    public void TryRead_SegmentDeletedMeanwhile_IsARowThatIsNotThere()
    {
        Fill(2);
        using FeatureStore store = Open();
        File.Delete(Segment());
        Assert.That(StoredRows.Present(store, 2), Is.Empty);
        Assert.That((store.Count, store.DamagedCount), Is.EqualTo((0, 2)));
    }

    [Test]
    public void Flush_FolderDeletedMeanwhile_IsMadeAgain()
    {
        using FeatureStore store = Open();
        store.Append(StoredRows.Key(0), StoredRows.Blocks(0));
        Directory.Delete(store.Folder);
        store.Flush();
        using FeatureStore reader = Open();
        Assert.That(StoredRows.Present(reader, 1), Is.EqualTo([0]));
    }

    [Test]
    public void Open_MoreSegmentsThanStayOpen_ReadsThemAll()
    {
        for (int row = 0; row < 140; row++)
        {
            using FeatureStore one = Open();
            one.Append(StoredRows.Key(row), StoredRows.Blocks(row));
        }
        using FeatureStore store = Open();
        for (int pass = 0; pass < 2; pass++)
            Assert.That(StoredRows.Present(store, 140), Has.Count.EqualTo(140));
    }

    [Test]
    public void TryReadAndAppend_FromManyThreads_DeliverOnlyWhatWasStored()
    {
        const int rows = 500;
        using (FeatureStore store = Open())
        {
            Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            {
                int row = i * 7919 % rows;
                if (!store.TryRead(StoredRows.Key(row), out FeatureBlock[]? blocks))
                    store.Append(StoredRows.Key(row), StoredRows.Blocks(row));
                else if (!StoredRows.Are(blocks, StoredRows.Blocks(row)))
                    throw new InvalidDataException($"row {row}");
                if (i % 50 == 0)
                    store.Flush();
                if (i % 1000 == 0)
                    store.Refresh();
            });
            Assert.That((store.Count, store.DamagedCount), Is.EqualTo((rows, 0)));
        }
        using FeatureStore again = Open();
        Assert.That(StoredRows.Present(again, rows), Has.Count.EqualTo(rows));
    }

    [Test]
    public void Dispose_WithoutFlush_KeepsTheRows_AndEndsTheStore()
    {
        FeatureStore store = Open();
        store.Append(StoredRows.Key(0), StoredRows.Blocks(0));
        store.Dispose();
        store.Dispose();
        Assert.That(() => store.TryRead(StoredRows.Key(0), out _), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => store.Append(StoredRows.Key(0), []), Throws.TypeOf<ObjectDisposedException>());
        using FeatureStore again = Open();
        Assert.That(again.Count, Is.EqualTo(1));
    }

    private FeatureStore Open() => FeatureStore.Open(_folder, StoredRows.Fingerprint);

    private void Fill(int count)
    {
        using FeatureStore store = Open();
        for (int row = 0; row < count; row++)
            store.Append(StoredRows.Key(row), StoredRows.Blocks(row));
    }

    private string[] Segments() => Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);

    private string Segment() => Segments().Single();
}
