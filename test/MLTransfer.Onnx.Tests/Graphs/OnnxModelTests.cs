using System.Buffers.Binary;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class OnnxModelTests
{
    // A field that no version of ONNX has yet, holding one byte.
    private static readonly byte[] Unknown = [0xC2, 0x3E, 0x01, 0x07];

    [Test]
    public void ToBytes_UnknownFieldsEverywhere_SurviveAChange()
    {
        OnnxModel made = TinyGraphs.Linear().Build();
        OnnxModel model = OnnxModel.FromBytes((made with
        {
            OtherFields = [Unknown],
            Graph = made.Graph with
            {
                OtherFields = [Unknown],
                Nodes = [.. made.Graph.Nodes.Select(n => n with { OtherFields = [Unknown] })],
                Initializers = [.. made.Graph.Initializers.Select(t => t with { OtherFields = [Unknown] })],
                Inputs = [.. made.Graph.Inputs.Select(v => v with { OtherFields = [Unknown] })],
            },
        }).ToBytes(), "unknown");
        OnnxModel again = OnnxModel.FromBytes(Rewriting.EveryRecord(model).ToBytes(), "again");
        Assert.That(Count(again.ToBytes()), Is.EqualTo(7), "model, graph, two nodes, two tensors, one input");
    }

    [Test]
    public void ToBytes_Unchanged_IsTheSameAndAChangedCopyIsNot()
    {
        byte[] bytes = TinyGraphs.Linear().ToBytes();
        OnnxModel model = OnnxModel.FromBytes(bytes, "linear");
        Assert.That(model.ToBytes(), Is.EqualTo(bytes));
        OnnxModel changed = model.WithGraph(model.Graph with { Name = "other" });
        Assert.That(OnnxModel.FromBytes(changed.ToBytes(), "changed").Graph.Name, Is.EqualTo("other"));
        Assert.That(model.Graph.Name, Is.EqualTo("linear"));
        using var stream = new MemoryStream();
        changed.WriteTo(stream);
        Assert.That(stream.ToArray(), Is.EqualTo(changed.ToBytes()));
    }

    [Test]
    public void ToFloats_NumbersOneByOne_PackedOrNot()
    {
        byte[] packed = [.. Header(2, OnnxElementType.Float), .. HostileFilesTests.Field(4, [.. Single(1.5f), .. Single(-2)])];
        byte[] separate = [.. Header(2, OnnxElementType.Float), 0x25, .. Single(1.5f), 0x25, .. Single(-2)];
        Assert.That(Tensor(packed).ToFloats(), Is.EqualTo([1.5f, -2]));
        Assert.That(Tensor(separate).ToFloats(), Is.EqualTo([1.5f, -2]));
        Assert.That(Tensor(packed).RawData, Is.Null);
    }

    [TestCase(OnnxElementType.Int32, new byte[] { 0x28, 3, 0x28, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, 3, -2)]
    [TestCase(OnnxElementType.Int8, new byte[] { 0x2A, 11, 3, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, 3, -2)]
    [TestCase(OnnxElementType.UInt8, new byte[] { 0x2A, 3, 3, 0xFF, 0x01 }, 3, 255)]
    [TestCase(OnnxElementType.Bool, new byte[] { 0x2A, 2, 0, 1 }, 0, 1)]
    [TestCase(OnnxElementType.Int64, new byte[] { 0x3A, 2, 3, 4 }, 3, 4)]
    [TestCase(OnnxElementType.UInt64, new byte[] { 0x5A, 2, 3, 4 }, 3, 4)]
    [TestCase(OnnxElementType.UInt32, new byte[] { 0x58, 3, 0x58, 4 }, 3, 4)]
    public void ToInt64s_NumbersOneByOne_OfEachType(OnnxElementType type, byte[] data, long first, long second)
    {
        OnnxTensor tensor = Tensor([.. Header(2, type), .. data]);
        Assert.That(tensor.ToInt64s(), Is.EqualTo([first, second]));
        Assert.That(tensor.ToFloats(), Is.EqualTo([(float)first, second]));
        OnnxTensor written = (tensor with { Name = "renamed" }) with { OtherFields = [] };
        using var stream = new MemoryStream();
        WireWriter.Write(written, stream);
        Assert.That(Tensor(stream.ToArray()).ToInt64s(), Is.EqualTo([first, second]), "and written");
    }

    [Test]
    public void ToFloats_HalvesOfBothKinds()
    {
        Assert.That(Tensor([.. Header(1, OnnxElementType.Float16), .. HostileFilesTests.Field(9, [0x00, 0x3E])]).ToFloats(), Is.EqualTo([1.5f]));
        Assert.That(Tensor([.. Header(1, OnnxElementType.BFloat16), .. HostileFilesTests.Field(9, [0xC0, 0x3F])]).ToFloats(), Is.EqualTo([1.5f]));
        // 0x3E00 as one number.
        Assert.That(Tensor([.. Header(1, OnnxElementType.Float16), 0x28, 0x80, 0x7C]).ToFloats(), Is.EqualTo([1.5f]));
    }

    [Test]
    public void ToFloats_DoublesAndEmptyTensors()
    {
        byte[] pi = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(pi, 3.25);
        Assert.That(Tensor([.. Header(1, OnnxElementType.Double), .. HostileFilesTests.Field(10, pi)]).ToFloats(), Is.EqualTo([3.25f]));
        Assert.That(Tensor([.. Header(0, OnnxElementType.Float)]).ToFloats(), Is.Empty);
    }

    [Test]
    public void ToInt64s_OfReals_SaysWhatItHolds() =>
        Assert.That(() => OnnxTensor.Of("w", [1f], 1).ToInt64s(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'w'").And.Message.Contains("holds Float"));

    [Test]
    public void Read_ValueWithoutShape_HasNoRankAndOneOfAScalarHas()
    {
        OnnxModel model = OnnxModel.FromBytes(HostileFilesTests.Model(
        [
            .. HostileFilesTests.Field(11, [.. HostileFilesTests.Field(1, "a"u8), .. HostileFilesTests.Field(2, HostileFilesTests.Field(1, [0x08, 1]))]),
            .. HostileFilesTests.Field(11, [.. HostileFilesTests.Field(1, "b"u8), .. HostileFilesTests.Field(2, HostileFilesTests.Field(1, [0x08, 1, 0x12, 0]))]),
        ]), "values");
        Assert.That(model.Graph.Inputs.Select(i => i.IsRankKnown), Is.EqualTo([false, true]));
        Assert.That(model.Graph.Inputs.Select(i => i.Dimensions.Length), Is.EqualTo([0, 0]));
    }

    private static byte[] Header(byte count, OnnxElementType type) => [0x08, count, 0x10, (byte)type];

    private static byte[] Single(float value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return bytes;
    }

    private static OnnxTensor Tensor(byte[] message) => OnnxTensor.Read(message, new ReadContext("test", folder: null));

    private static int Count(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        for (int i = 0; i < bytes.Length; i++)
            count += bytes[i..].StartsWith(Unknown) ? 1 : 0;
        return count;
    }
}
