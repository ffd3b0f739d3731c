using System.Text;
using Google.Protobuf;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

/// <summary>
/// What is no model, what is a broken one, and what wants to do harm: each refused at once, by its own message, without large allocations.
/// </summary>
internal sealed class HostileFilesTests
{
    private const long AllocationLimit = 8 << 20;

    private static readonly TestCaseData[] Files =
    [
        Case("empty", "", "is empty"),
        Case("web page", "\r\n<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        Case("Git-LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 90387606\n", "git lfs pull"),
        Case("JSON", "{\"error\": \"Not found\"}", "it is JSON"),
        Case("zip", "PK\u0003\u0004rest of the archive", "it is a zip archive"),
        Case("text", "just some text", "does not begin as one"),
        Case("zeros", new byte[64], "does not begin as one"),
        Case("truncated", TinyGraphs.Linear().ToBytes()[..^20], "cut off"),
        Case("truncated before the graph", TinyGraphs.Linear().ToBytes()[..14], "no graph"),
        Case("length beyond the file", [0x08, 8, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], "cut off"),
        Case("length beyond 2 GiB", [0x08, 8, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "cut off"),
        Case("endless number", [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "more than ten bytes"),
        Case("group", [0x08, 8, 0x3B, 0x3B, 0x3C], "impossible encoding"),
        Case("graph of the wrong encoding", [0x08, 8, 0x38, 1], "expected LengthDelimited"),
        Case("name that is not UTF-8", Model(Field(2, [0xFF, 0xFE])), "not UTF-8"),
        Case("name of a megabyte", Model(Field(2, new byte[1 << 20])), "bytes in one name"),
        Case("two graphs", [.. Field(7, Field(2, "a"u8)), .. Field(7, Field(2, "b"u8))], "the graph is there twice"),
        Case("two tensors in an attribute", Model(Field(1, Field(5, [.. Field(5, []), .. Field(5, [])]))), "is there twice"),
        Case("10,000 nested sub-graphs", Model(Nested(10_000, inner => Field(1, Field(5, Field(6, inner))))), "nested sub-graphs"),
        Case("10,000 nested types", Model(Field(11, Field(2, Nested(10_000, inner => Field(4, Field(1, inner)))))), "nested types"),
        Case("10,000 nested types in an attribute", Model(Field(1, Field(5, Field(14, Nested(10_000, inner => Field(9, Field(1, inner))))))), "nested types"),
        Case("300,000 empty nodes", Model(Repeated(300_000, 0x0A, 0x00)), "nodes, tensors, values and attributes"),
        Case("a hundred axes", Model(Field(5, Repeated(100, 0x08, 0x01))), "numbers in one list"),
        Case("negative dimension", Model(Tensor([-1], 1, [])), "dimension of -1"),
        Case("2^60 elements", Model(Tensor([1L << 60], 1, new byte[4])), "needs a size of 4611686018427387904"),
        Case("dimensions beyond 2^63", Model(Tensor([1L << 40, 1L << 40], 1, new byte[4])), "more than memory can hold"),
        Case("dimensions that wrap to zero", Model(Tensor([1L << 32, 1L << 32], 1, [])), "more than memory can hold"),
        Case("too little data", Model(Tensor([3], 1, new byte[8])), "needs a size of 12, but 8 is stored"),
        Case("too few numbers one by one", Model(Field(5, [0x08, 3, 0x10, 1, .. Field(4, new byte[8])])), "needs a size of 3, but 2 is stored"),
        Case("data twice", Model(Field(5, [0x08, 1, 0x10, 1, .. Field(4, new byte[4]), .. Field(9, new byte[4])])), "data twice"),
        Case("unknown element type", Model(Tensor([1], 99, new byte[4])), "holds 99"),
        Case("external data of a model in memory", Model(External("weights.bin")), "no folder"),
        Case("data location that protobuf passes over", Model(Field(5, [.. Field(9, new byte[4]), 0x08, 1, 0x10, 1, 0x70, 1, 0x70, 2])), "unknown data location 2"),
        Case("node compiled by an execution provider", Model(Field(1, Field(4, "EPContext"u8))), "compiled for one kind of device"),
        Case("external data in memory itself", Model(External("*/_ORT_MEM_ADDR_/*")), "address in memory"),
    ];

    [TestCaseSource(nameof(Files))]
    public void Check_NotAModel_SaysWhatItIs(byte[] bytes, string words)
    {
        var source = ModelSource.FromMemory(bytes, "sample.onnx");
        // A first call compiles what it needs, which allocates too.
        Assert.That(() => source.Check(expectedSha256: null), Throws.InstanceOf<InvalidDataException>());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => source.Check(expectedSha256: null), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(words).And.Message.Contains("'sample.onnx'"));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // An empty node of two bytes becomes a record of 400, up to the limit on their count.
        Assert.That(allocated, Is.LessThan(Math.Max(AllocationLimit, 250L * bytes.Length)));
    }

    [Test]
    public void Check_EveryTruncation_IsRefusedOrHasNoGraph()
    {
        byte[] whole = TinyGraphs.Linear().ToBytes();
        int opsetField = whole.Length - 6;
        for (int length = 0; length < opsetField; length++)
        {
            var source = ModelSource.FromMemory(whole[..length], "cut");
            Assert.That(() => source.Check(expectedSha256: null), Throws.InstanceOf<InvalidDataException>(), $"{length} bytes");
        }
    }

    [Test]
    public void Check_RandomBytes_AreRefusedAndNeverCrash()
    {
        var random = new Random(1);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            Assert.That(() => ModelSource.FromMemory(bytes, "random").Check(expectedSha256: null), Throws.InstanceOf<InvalidDataException>());
        }
    }

    [Test]
    public void Check_FlippedBits_AreReadOrRefusedAndNeverCrash()
    {
        var random = new Random(2);
        byte[] whole = TinyGraphs.Linear().ToBytes();
        for (int round = 0; round < 5000; round++)
        {
            byte[] bytes = [.. whole];
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                ModelSource.FromMemory(bytes, "flipped").Check(expectedSha256: null);
                RowIndependence.Analyse(OnnxModel.FromBytes(bytes, "flipped"));
            }
            catch (InvalidDataException)
            {
                // The one kind of refusal; any other exception fails the test.
            }
        }
        Assert.Pass();
    }

    internal static byte[] Field(int number, ReadOnlySpan<byte> content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }
        return stream.ToArray();
    }

    internal static byte[] Model(byte[] graphFields) => [0x08, 0x08, .. Field(7, graphFields)];

    internal static byte[] External(string location, params (string Key, string Value)[] more)
    {
        byte[] pairs = [.. Pair("location", location), .. more.SelectMany(p => Pair(p.Key, p.Value))];
        return Field(5, [0x08, 2, 0x10, 1, .. Field(8, "w"u8), .. pairs, 0x70, 1]);
    }

    private static byte[] Pair(string key, string value) => Field(13, [.. Field(1, Encoding.UTF8.GetBytes(key)), .. Field(2, Encoding.UTF8.GetBytes(value))]);

    private static byte[] Tensor(long[] dimensions, byte type, byte[] raw)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (long dimension in dimensions)
            {
                output.WriteTag(1, WireFormat.WireType.Varint);
                output.WriteInt64(dimension);
            }
        }
        return Field(5, [.. stream.ToArray(), 0x10, type, .. Field(8, "w"u8), .. Field(9, raw)]);
    }

    private static byte[] Nested(int depth, Func<byte[], byte[]> wrap)
    {
        byte[] content = [];
        for (int i = 0; i < depth; i++)
            content = wrap(content);
        return content;
    }

    private static byte[] Repeated(int count, params byte[] unit) => [.. Enumerable.Repeat(unit, count).SelectMany(u => u)];

    private static TestCaseData Case(string name, string text, string words) => Case(name, Encoding.UTF8.GetBytes(text), words);

    private static TestCaseData Case(string name, byte[] bytes, string words) => new TestCaseData(bytes, words).SetArgDisplayNames(name);
}
