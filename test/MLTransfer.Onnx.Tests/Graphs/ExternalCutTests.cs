using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Tests.Graphs;

/// <summary>Cuts of models whose weights lie in other files: the cut is in memory, the weights stay where they are.</summary>
internal sealed class ExternalCutTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-external-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Session_OverACut_FindsItsWeightsInTheModelsFolder()
    {
        ModelSource cut = Cut(Write());
        using var session = OnnxSession.Create(cut, new SessionSettings(), warn: null);
        using var x = OrtValue.CreateTensorValueFromMemory([1f, 2], [1, 2]);
        using IDisposableReadOnlyCollection<OrtValue> found = session.RunAllocating(["x"], [x], ["first"], rows: 1);
        Assert.That(found[0].GetTensorDataAsSpan<float>().ToArray(), Is.EqualTo([4f, 6]));
    }

    [Test]
    public void Source_OfACut_HashesItsBytesAndTheFilesThatItStillNeeds()
    {
        ModelSource cut = Cut(Write());
        Assert.That(cut.ExternalFiles, Is.EqualTo(["near.bin"]));
        byte[] expected = SHA256.HashData([.. cut.Bytes!.Value.Span, .. File.ReadAllBytes(Path.Combine(_folder, "near.bin"))]);
        Assert.That(cut.Sha256, Is.EqualTo(Convert.ToHexStringLower(expected)));
    }

    [Test]
    public void Session_WeightsChangedSinceTheCut_IsRefused()
    {
        ModelSource cut = Cut(Write());
        Assert.That(cut.CheckUnchanged, Throws.Nothing);
        string before = cut.Sha256;
        string weights = Path.Combine(_folder, "near.bin");
        File.WriteAllBytes(weights, MemoryMarshal.AsBytes<float>([9, 9]).ToArray());
        File.SetLastWriteTimeUtc(weights, DateTime.UtcNow.AddSeconds(5));
        Assert.That(() => OnnxSession.Create(cut, new SessionSettings(), warn: null), Throws.TypeOf<InvalidDataException>().With.Message.Contains(before));
    }

    [Test]
    public void Source_FromMemoryWithoutAFolder_RefusesExternalData()
    {
        using OnnxModel model = ModelSource.FromFile(Write()).Read();
        var source = ModelSource.FromMemory(GraphCut.At(model, "first").ToBytes(), "homeless");
        Assert.That(() => source.Check(expectedSha256: null), Throws.TypeOf<InvalidDataException>().With.Message.Contains("near.bin").And.Message.Contains("no folder"));
    }

    [Test]
    public void Candidates_OfAModelWithExternalData_AreListed() =>
        Assert.That(FeatureCandidates.Of(ModelSource.FromFile(Write())).Select(c => c.Value.Name), Is.EqualTo(["first", "y"]));

    private static ModelSource Cut(string path)
    {
        ModelSource whole = ModelSource.FromFile(path);
        using OnnxModel model = whole.Read();
        return ModelSource.FromMemory(GraphCut.At(model, "first").ToBytes(), "cut", whole.Folder);
    }

    /// <summary>first = x + near, y = first + far, with near and far [2] in files of their own.</summary>
    private string Write()
    {
        File.WriteAllBytes(Path.Combine(_folder, "near.bin"), MemoryMarshal.AsBytes<float>([3, 4]).ToArray());
        File.WriteAllBytes(Path.Combine(_folder, "far.bin"), MemoryMarshal.AsBytes<float>([5, 6]).ToArray());
        var graph = new GraphBuilder("external");
        string x = graph.Input("x", OnnxElementType.Float, "n", 2);
        graph.Node("Add", [x, "near"], "first");
        OnnxModel model = graph.Output(graph.Node("Add", ["first", "far"], "y"), OnnxElementType.Float, "n", 2).Build();
        model = model.WithGraph(model.Graph with { Initializers = [Elsewhere("near"), Elsewhere("far")] });
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, model.ToBytes());
        return path;
    }

    private static OnnxTensor Elsewhere(string name) => new()
    {
        Name = name,
        ElementType = OnnxElementType.Float,
        Dimensions = [2],
        External = new ExternalData($"{name}.bin", 0, 8),
    };
}
