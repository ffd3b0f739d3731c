using System.Text.Json;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Cli.Tests;

public sealed class InspectTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("inspect").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Inspect_GraphThatIsNoBackbone_SaysWhatItIsAndWhyNot()
    {
        string path = WriteGraph("detector.onnx", "boxes", "scores");

        var run = Run.Of("inspect", path);

        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("detector").And.Contain("x: Float [rows, 2]").And.Contain("MatMul 2").And.Contain("independent"));
        Assert.That(run.Output, Does.Contain("Backbone").And.Contain("no: ").And.Contain("'boxes'").And.Contain("'scores'"));
    }

    [Test]
    public void Inspect_Json_IsOneObject()
    {
        string path = WriteGraph("encoder.onnx", "features");

        JsonElement report = JsonDocument.Parse(Run.Of("inspect", path, "--json").Output).RootElement;

        Assert.That(report.GetProperty("sha256").GetString(), Has.Length.EqualTo(64));
        Assert.That(report.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Select(d => d.GetString()), Is.EqualTo(new[] { "rows", "2" }));
        Assert.That(report.GetProperty("operators").GetProperty("MatMul").GetInt32(), Is.EqualTo(1));
        Assert.That(report.GetProperty("rowsAreIndependent").GetBoolean());
        Assert.That(report.GetProperty("backbone").GetProperty("dimension").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void Inspect_Folder_ListsVariantsAndMarksTheChosen()
    {
        WriteGraph("model.onnx", "features");
        WriteGraph("model_small.onnx", "features");

        var run = Run.Of("inspect", _folder, "--variant", "model_small");

        Assert.That(run.Output, Does.Contain("* model_small.onnx").And.Contain("  model.onnx"));
    }

    [Test]
    public void Inspect_WebPage_IsRefused()
    {
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllText(path, "<!DOCTYPE html><html><body>404</body></html>");

        var run = Run.Of("inspect", path);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain("model.onnx"));
    }

    [Test]
    public void Inspect_Piped_BreaksNoLineAndPadsNone()
    {
        string path = WriteGraph("wide.onnx", [.. Enumerable.Range(0, 60).Select(i => $"output{i}")]);

        string[] lines = Run.Of("inspect", path).Output.Split('\n');

        Assert.That(lines, Has.Some.StartsWith("Backbone").And.Some.Contain("output59"));
        Assert.That(lines.Single(l => l.StartsWith("Backbone", StringComparison.Ordinal)), Does.Contain("'output0'").And.Contain("'output59'"));
        Assert.That(lines, Has.None.Match(@"\s$"));
    }

    [Test]
    public void Inspect_NameWithControlCharacters_ShowsThemInsteadOfObeying()
    {
        string path = WriteGraph("sly.onnx", "red\u001b[31m");

        var run = Run.Of("inspect", path);

        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("red\u241b[31m"));
        Assert.That(run.Output, Has.None.EqualTo('\u001b'));
        // In JSON they are escaped.
        Assert.That(Run.Of("inspect", path, "--json").Output, Does.Contain("red\\u001B[31m").And.None.EqualTo('\u001b'));
        Assert.That(Run.Of("inspect", "no-such\u001b[31m").Error, Does.Contain("no-such\u241b[31m"));
    }

    [TestCase("default", "--variant", "small", Description = "One graph has no variants.")]
    [TestCase("")]
    public void Inspect_ArgumentsThatSayNothing_AreRefused(params string[] args)
    {
        var run = Run.Of(["inspect", .. args]);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(args.Length > 1 ? "--variant" : "'model'"));
    }

    [Test]
    public void Inspect_RealEncoder_ReadsItsCard()
    {
        var run = Run.Of("inspect", RealAssets.Model("all-minilm-l6-v2"));

        Assert.That(run.Output, Does.Contain("384 numbers").And.Contain("Mean, then divided").And.Contain("256 tokens").And.Contain("WordPiece, 30522 tokens"));
    }

    [Test]
    public void Inspect_Backbone_ListsItsBlocksAndWhetherEachCanBeTrained()
    {
        string trainable = WriteGraph("encoder.onnx", "features");
        var builder = new GraphBuilder("stuck");
        builder.Input("x", OnnxElementType.Float, "rows", 2);
        builder.Node("MatMul", ["x", builder.Initializer("w", [1f, 2f, 3f, 4f], 2, 2)], "product");
        builder.Node("Shrink", ["product"], "features");
        builder.Output("features", OnnxElementType.Float, "rows", 2);
        string stuck = Path.Combine(_folder, "stuck.onnx");
        File.WriteAllBytes(stuck, builder.ToBytes());

        Assert.That(Run.Of("inspect", trainable).Output, Does.Contain("0 ends at features, 4 numbers, can be trained").And.Not.Contain("  w\n"));
        Assert.That(Run.Of("inspect", trainable, "--blocks").Output, Does.Contain("  w\n"));
        Assert.That(Run.Of("inspect", stuck).Output, Does.Contain("4 numbers, cannot be trained: Shrink"));
        Assert.That(Run.Of("inspect", "default").Output, Does.Contain("nothing to train"));
        JsonElement block = JsonDocument.Parse(Run.Of("inspect", stuck, "--json", "--blocks").Output).RootElement.GetProperty("blocks")[0];
        Assert.That(block.GetProperty("isTrainable").GetBoolean(), Is.False);
        Assert.That(block.GetProperty("problem").GetString(), Does.Contain("Shrink"));
        Assert.That(block.GetProperty("parameterNames")[0].GetString(), Is.EqualTo("w"));
    }

    [Test]
    public void Inspect_Feature_IsTheOneThatBlocksLieInFrontOf()
    {
        string path = WriteGraph("two.onnx", "first", "second");

        Assert.That(Run.Of("inspect", path).Output, Does.Contain("no: "));
        Assert.That(Run.Of("inspect", path, "--feature", "second").Output, Does.Contain("2 numbers from second").And.Contain("0 ends at second"));
    }

    [Test]
    public void Inspect_RealEncoder_HasABlockForEachLayer()
    {
        string output = Run.Of("inspect", RealAssets.Model("all-minilm-l6-v2")).Output;

        Assert.That(output, Does.Contain("6 ends at last_hidden_state, 1,774,464 numbers, can be trained"));
        Assert.That(Run.Of("inspect", RealAssets.Model("all-minilm-l6-v2-q8")).Output, Does.Contain("cannot be trained: MatMulInteger"));
    }

    private string WriteGraph(string name, params string[] outputs)
    {
        var builder = new GraphBuilder("tiny");
        builder.Input("x", OnnxElementType.Float, "rows", 2);
        builder.Initializer("w", [1f, 2f, 3f, 4f], 2, 2);
        foreach (string output in outputs)
        {
            builder.Node("MatMul", ["x", "w"], output);
            builder.Output(output, OnnxElementType.Float, "rows", 2);
        }
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, builder.ToBytes());
        return path;
    }
}
