using System.Text;
using MLTransfer.Persistence;

namespace MLTransfer.Tests.Persistence;

public class ModelHeaderScannerTests
{
    [Test]
    public void Push_InChunksOfAnySize_FindsEveryHeader([Values(1, 2, 7, 8, 9, 255, 256, 1000, 5000)] int chunk)
    {
        byte[] first = Header("Microsoft.ML.Data", "First", distance: 700);
        byte[] bytes = [.. new byte[5], .. first, 0x4D, 0x4C, 0, .. Header("Evil", "Second", distance: 0), .. Header(null, "Third")];
        ModelHeaderScanner scanner = Scan(bytes, chunk);
        Assert.Multiple(() =>
        {
            Assert.That(scanner.Assemblies, Is.EquivalentTo(new[] { "Microsoft.ML.Data", "Evil" }));
            Assert.That(scanner.Loaders, Is.EquivalentTo(new[] { "First", "Second", "Third" }));
            Assert.That(scanner.HeaderCount, Is.EqualTo(3));
            Assert.That(scanner.IsDamaged, Is.False);
        });
    }

    [Test]
    public void Push_HeaderInsideTheModelBytesOfAnother_IsFoundToo()
    {
        byte[] inner = Header("Inner", "InnerLoader");
        byte[] outer = Header("Outer", "OuterLoader", distance: inner.Length);
        inner.CopyTo(outer, ModelHeader.Size);
        Assert.That(Scan(outer, 100).Assemblies, Is.EquivalentTo(new[] { "Inner", "Outer" }));
    }

    [Test]
    public void Push_HeaderCutShort_IsDamaged([Values(8, 100, 255, 256, 270)] int length) =>
        Assert.That(Scan(Header("Microsoft.ML.Data", "Loader")[..length], 64).IsDamaged, Is.True);

    [Test]
    public void Push_NameOfAMegabyte_IsDamagedAndNotAllocated()
    {
        byte[] header = Header("Microsoft.ML.Data", "Loader");
        BitConverter.GetBytes(1 << 20).CopyTo(header, 0x98);
        Assert.That(Scan(header, 64).IsDamaged, Is.True);
    }

    [Test]
    public void Push_NoHeader_FindsNothing() => Assert.That(Scan("ML MODEL ML\0MODE"u8.ToArray(), 3).HeaderCount, Is.Zero);

    /// <summary>A header as ML.NET writes it, with <paramref name="distance"/> bytes of model between it and the name.</summary>
    internal static byte[] Header(string? assembly, string loader, int distance = 0)
    {
        byte[] bytes = new byte[ModelHeader.Size + distance + (2 * (assembly?.Length ?? 0))];
        ModelHeader.Signature.CopyTo(bytes);
        BitConverter.GetBytes(0x00010002u).CopyTo(bytes, 0x08);
        Encoding.Latin1.GetBytes(loader).CopyTo(bytes, 0x50);
        if (assembly is not null)
        {
            BitConverter.GetBytes((long)ModelHeader.Size + distance).CopyTo(bytes, 0x90);
            BitConverter.GetBytes(2 * assembly.Length).CopyTo(bytes, 0x98);
            Encoding.Unicode.GetBytes(assembly).CopyTo(bytes, ModelHeader.Size + distance);
        }
        return bytes;
    }

    private static ModelHeaderScanner Scan(byte[] bytes, int chunk)
    {
        ModelHeaderScanner scanner = new();
        foreach (byte[] part in bytes.Chunk(chunk))
            scanner.Push(part);
        return scanner;
    }
}
