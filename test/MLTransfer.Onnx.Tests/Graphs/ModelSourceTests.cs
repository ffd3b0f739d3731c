using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class ModelSourceTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-source-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Sha256_FileAndMemory_AreTheHashOfTheBytes()
    {
        byte[] bytes = TinyGraphs.Linear().ToBytes();
        string expected = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.That(ModelSource.FromMemory(bytes, "linear").Sha256, Is.EqualTo(expected));
        ModelSource file = ModelSource.FromFile(Write("linear.onnx", bytes));
        Assert.That(file.Sha256, Is.EqualTo(expected));
        Assert.That(file.ByteCount, Is.EqualTo(bytes.Length));
        Assert.That(file.ExternalFiles, Is.Empty);
        Assert.That(file.FilePath, Is.EqualTo(Path.Combine(_folder, "linear.onnx")));
        Assert.That(file.Bytes, Is.Null);
    }

    [Test]
    public void Sha256_FileChangedSince_IsThatOfTheNewFile()
    {
        string path = Write("model.onnx", TinyGraphs.Linear().ToBytes());
        string before = ModelSource.FromFile(path).Sha256;
        Write("model.onnx", TinyGraphs.Between("Relu").ToBytes());
        Assert.That(ModelSource.FromFile(path).Sha256, Is.Not.EqualTo(before));
    }

    [Test]
    public void Check_OtherHash_NamesBoth()
    {
        byte[] bytes = TinyGraphs.Linear().ToBytes();
        var source = ModelSource.FromMemory(bytes, "linear");
        string expected = new('0', 64);
        Assert.That(() => source.Check(expected), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(expected).And.Message.Contains(source.Sha256));
        Assert.That(() => source.Check(source.Sha256.ToUpperInvariant()), Throws.Nothing);
    }

    [Test]
    public void FromFile_NoSuchFile_NamesThePath() =>
        Assert.That(() => ModelSource.FromFile(Path.Combine(_folder, "absent.onnx")), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("absent.onnx"));

    [Test]
    public void Read_EmptyFile_SaysSo() =>
        Assert.That(() => ModelSource.FromFile(Write("model.onnx", [])).Read(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("is empty"));

    [Test]
    public void Read_FileThatIsNoModel_LeavesItFreeToDelete()
    {
        string path = Write("model.onnx", "<html>"u8.ToArray());
        Assert.That(() => ModelSource.FromFile(path).Read(), Throws.InstanceOf<InvalidDataException>());
        using FileStream exclusive = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.That(exclusive.Length, Is.EqualTo(6));
    }

    [Test]
    public void Dispose_ModelOfFile_ReleasesWeightsAndKeepsValues()
    {
        ModelSource source = ModelSource.FromFile(Write("linear.onnx", TinyGraphs.Linear().ToBytes()));
        OnnxModel model = source.Read();
        OnnxTensor weights = model.Graph.Initializers[0];
        Assert.That(weights.ToFloats(), Is.EqualTo([1f, 2, 3, 4, 5, 6]));
        OnnxModel copy = model.WithGraph(model.Graph with { Name = "copy" });
        copy.Dispose();
        Assert.That(weights.ToFloats(), Has.Length.EqualTo(6), "disposing a copy leaves the file mapped");
        model.Dispose();
        model.Dispose();
        Assert.That(() => weights.ToFloats(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(model.Graph.Inputs[0].Name, Is.EqualTo("x"));
    }

    [Test]
    public void Read_ManyThreads_AgreeOnEverything()
    {
        ModelSource source = ModelSource.FromFile(Write("linear.onnx", TinyGraphs.Linear().ToBytes()));
        string[] hashes = new string[16];
        Parallel.For(0, hashes.Length, i =>
        {
            source.Check(expectedSha256: null);
            hashes[i] = source.Sha256;
        });
        Assert.That(hashes.Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Check_ExternalData_IsReadHashedAndScored()
    {
        string path = WriteExternal("data/weights.bin", ("offset", "4"), ("length", "8"));
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        byte[] data = MemoryMarshal.AsBytes<float>([0f, 3, 4]).ToArray();
        Write("data/weights.bin", data);
        ModelSource source = ModelSource.FromFile(path);
        source.Check(expectedSha256: null);
        Assert.That(source.ExternalFiles, Is.EqualTo(["data/weights.bin"]));
        Assert.That(source.Sha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData([.. File.ReadAllBytes(path), .. data]))));
        using OnnxModel model = source.Read();
        Assert.That(model.Graph.Initializers[0].ToFloats(), Is.EqualTo([3f, 4]));
        using var session = new InferenceSession(path);
        Assert.That(Scoring.RunFloats(session, "x", [1, 1], 2), Is.EqualTo([4f, 5]));
    }

    [TestCase("/etc/hostname", "no name relative")]
    [TestCase("C:/weights.bin", "no name relative")]
    [TestCase("\\\\server\\share\\weights.bin", "no name relative")]
    [TestCase("../weights.bin", "'.' or '..'")]
    [TestCase("data/../../weights.bin", "'.' or '..'")]
    [TestCase("./weights.bin", "'.' or '..'")]
    [TestCase("data//weights.bin", "'.' or '..'")]
    [TestCase("..\\weights.bin", "backslash")]
    [TestCase("weights\u0000.bin", "control character")]
    [TestCase("*/_ORT_MEM_ADDR_/*", "address in memory")]
    [TestCase("weights.bin.", "ends in a dot")]
    [TestCase("data /weights.bin", "ends in a dot or a space")]
    [TestCase("absent.bin", "does not exist")]
    [TestCase("link.bin", "'link.bin' is a link")]
    [TestCase("folder/weights.bin", "'folder' is a link")]
    public void Check_ExternalLocation_IsRefused(string location, string words)
    {
        string outside = Directory.CreateTempSubdirectory("mltransfer-outside-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(outside, "weights.bin"), new byte[8]);
            File.CreateSymbolicLink(Path.Combine(_folder, "link.bin"), Path.Combine(outside, "weights.bin"));
            Directory.CreateSymbolicLink(Path.Combine(_folder, "folder"), outside);
            ModelSource source = ModelSource.FromFile(WriteExternal(location));
            Assert.That(() => source.Check(expectedSha256: null), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(words).And.Message.Contains("'w'"));
            Assert.That(() => source.Sha256, Throws.InstanceOf<InvalidDataException>(), "nor is such a file hashed");
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [TestCase("offset", "8", "needs 8 bytes from 8 on")]
    [TestCase("offset", "-4", "'-4', which is no number")]
    [TestCase("offset", "9223372036854775807", "needs 8 bytes from")]
    [TestCase("length", "4", "needs a size of 8, but 4 is stored")]
    [TestCase("location", "other.bin", "is there twice")]
    public void Check_ExternalRange_IsRefused(string key, string value, string words)
    {
        Write("weights.bin", new byte[12]);
        ModelSource source = ModelSource.FromFile(WriteExternal("weights.bin", (key, value)));
        Assert.That(() => source.Check(expectedSha256: null), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(words));
    }

    /// <summary>y = x + w, with w [2] elsewhere.</summary>
    private string WriteExternal(string location, params (string Key, string Value)[] more)
    {
        var graph = new GraphBuilder("external");
        string x = graph.Input("x", OnnxElementType.Float, 2);
        graph.Node("Add", [x, "w"], "y");
        OnnxModel model = graph.Output("y", OnnxElementType.Float, 2).Build();
        byte[] tensor = HostileFilesTests.External(location, more);
        // The hand-made tensor goes in as a field of the graph that the records know nothing of.
        return Write("model.onnx", model.WithGraph(model.Graph with { OtherFields = [tensor] }).ToBytes());
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
