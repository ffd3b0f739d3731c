using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Cli.Tests;

public sealed class InspectModelTests
{
    private readonly MLContext _ml = new(seed: 0);
    private string _folder = "";

    private string Model => Path.Combine(_folder, "model.zip");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("inspect-model").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Inspect_SavedModel_TellsStepsColumnsAndClasses()
    {
        Save(_ml.Transforms.EmbedText("Features", DefaultBackbones.Text), _ml.MulticlassClassification.Trainers.LinearHead());

        var run = Run.Of("inspect", Model);

        Assert.That(run.Code, Is.Zero, run.Error);
        string[] lines = run.Output.Split('\n');
        int[] places = [.. new[] { "TermTransform (Microsoft.ML.Data)", "EmbedText (MLTransfer)", "MulticlassPredXfer (Microsoft.ML.Data)", "MultiClassLRExec (Microsoft.ML.StandardTrainers)", "KeyToValueTransform" }
            .Select(words => Array.FindIndex(lines, l => l.Contains(words, StringComparison.Ordinal)))];
        Assert.That(places, Is.Ordered.And.All.Positive);
        Assert.That(run.Output, Does.Contain("Text → Features: 256 numbers").And.Contain("backbone default-text, reads text, licence Apache-2.0").And.Contain("graph in the file"));
        Assert.That(run.Output, Does.Match("Reads +Text: String\n +Label: String\n").And.Match("Classes +refund, parcel\n").And.Match("Saved by +ML.NET 5"));
        Assert.That(run.Output, Does.Contain("PredictedLabel: String").And.Contain("Score: Vector<Single, 2>"));
    }

    [Test]
    public void Inspect_SavedModelAsJson_IsOneObject()
    {
        Save(_ml.Transforms.EmbedText("Features", DefaultBackbones.Text, "Text"), _ml.MulticlassClassification.Trainers.MlpHead(new MlpHeadOptions { HiddenUnits = [7, 5] }));

        JsonElement report = JsonDocument.Parse(Run.Of("inspect", Model, "--json").Output).RootElement;

        Assert.That(report.GetProperty("sha256").GetString(), Is.EqualTo(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Model)))));
        Assert.That(report.GetProperty("problem").ValueKind, Is.EqualTo(JsonValueKind.Null));
        JsonElement[] steps = [.. report.GetProperty("steps").EnumerateArray()];
        JsonElement embedding = steps.Single(s => s.GetProperty("kind").GetString() == "EmbedText").GetProperty("embedding");
        Assert.That(embedding.GetProperty("sha256").GetString(), Is.EqualTo(DefaultBackbones.Text.Card.Sha256));
        Assert.That(embedding.GetProperty("graphBytes").GetInt64(), Is.EqualTo(DefaultBackbones.Text.Source.ByteCount));
        Assert.That(embedding.GetProperty("target").ValueKind, Is.EqualTo(JsonValueKind.Null));
        JsonElement head = steps.Single(s => s.GetProperty("kind").GetString() == "MlpHead").GetProperty("head");
        Assert.That(head.GetProperty("hiddenUnits").EnumerateArray().Select(u => u.GetInt32()), Is.EqualTo(new[] { 7, 5 }));
        Assert.That(head.GetProperty("labels").EnumerateArray().Select(l => l.GetString()), Is.EqualTo(new[] { "refund", "parcel" }));
        Assert.That(report.GetProperty("classes").EnumerateArray().Select(l => l.GetString()), Is.EqualTo(new[] { "refund", "parcel" }));
        Assert.That(report.GetProperty("inputs").EnumerateArray().Select(c => c.GetProperty("name").GetString()), Is.EqualTo(new[] { "Text", "Label" }));
        JsonElement text = report.GetProperty("outputs").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "Text");
        Assert.That(text.GetProperty("isPassedThrough").GetBoolean());
    }

    [Test]
    public void Inspect_SavedModelUnderAnotherName_IsRecognisedByItsBytes()
    {
        Save(_ml.Transforms.EmbedText("Features", DefaultBackbones.Text));
        File.Move(Model, Path.Combine(_folder, "model.bin"));

        Assert.That(Run.Of("inspect", Path.Combine(_folder, "model.bin")).Output, Does.Contain("EmbedText (MLTransfer)"));
    }

    [Test]
    public void Inspect_GraphByReferenceThatIsGone_TellsWhatTheFileSaysAndFails()
    {
        string bert = TextFiles.WriteBert(_folder);
        Save(_ml.Transforms.EmbedText(Backbone.Open(bert, new BackboneOptions { FeatureOutput = "last_hidden_state" }), new TextEmbeddingOptions { GraphStorage = GraphStorage.Reference }));
        Assert.That(Run.Of("inspect", Model).Output, Does.Contain($"graph not in the file: {bert}").And.Match("Loads +yes"));
        Directory.Delete(bert, recursive: true);

        var run = Run.Of("inspect", Model);
        var json = Run.Of("inspect", Model, "--json");

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(bert));
        Assert.That(run.Output, Does.Contain("EmbedText (MLTransfer)").And.Contain($"graph not in the file: {bert}").And.Match("Loads +no: "));
        Assert.That(json.Code, Is.EqualTo(2));
        Assert.That(JsonDocument.Parse(json.Output).RootElement.GetProperty("problem").GetString(), Does.Contain(bert));
    }

    [Test]
    public void Inspect_ManifestDamaged_NamesTheStepAndGoesOnToTheOthers()
    {
        Save(_ml.Transforms.EmbedText("Features", DefaultBackbones.Text));
        Rewrite("step.json", _ => "{\"manifestVersion\":1"u8.ToArray());

        var run = Run.Of("inspect", Model);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Output, Does.Contain("MLTransferStep (MLTransfer)").And.Contain("is not valid JSON").And.Contain("TermTransform"));
    }

    [Test]
    public void Inspect_SavedWithoutSchema_SaysWhatToDo()
    {
        ITransformer model = _ml.Transforms.CopyColumns("B", "Text").Fit(Data());
        _ml.Model.Save(model, null, Model);

        var run = Run.Of("inspect", Model);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(Model).And.Contain("without the schema").And.Contain("mlContext.Model.Save"));
        Assert.That(run.Output, Does.Contain("CopyTransform"));
    }

    [Test]
    public void Inspect_LoaderOfAnotherAssembly_IsRefusedBeforeAnythingIsTold()
    {
        Save(_ml.Transforms.EmbedText("Features", DefaultBackbones.Text));
        Rewrite("Model.key", bytes =>
        {
            int at = bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes("MLTransfer"));
            if (at >= 0)
                Encoding.Unicode.GetBytes("EvilThings").CopyTo(bytes, at);
            return bytes;
        });

        AssertRefused("EvilThings");
    }

    [Test]
    public void Inspect_ZipBomb_IsRefused()
    {
        using (ZipArchive archive = ZipFile.Open(Model, ZipArchiveMode.Create))
        {
            using Stream entry = archive.CreateEntry("bomb").Open();
            entry.Write(new byte[70 << 20]);
        }
        AssertRefused("'bomb'");
    }

    [Test]
    public void Inspect_ZipOfSomethingElse_IsRefused()
    {
        using (ZipArchive archive = ZipFile.Open(Model, ZipArchiveMode.Create))
        {
            using Stream entry = archive.CreateEntry("letter.txt").Open();
            entry.Write("Dear Sir"u8);
        }
        AssertRefused("no entry of it is a model");
    }

    [Test]
    public void Inspect_ModelCutShort_IsRefused()
    {
        Save(_ml.Transforms.EmbedText("Features", DefaultBackbones.Text));
        using (FileStream file = File.OpenWrite(Model))
            file.SetLength(file.Length / 2);
        AssertRefused("Expected a zip archive");
    }

    [Test]
    public void Inspect_WebPageCalledModelZip_IsRefused()
    {
        File.WriteAllText(Model, "<!DOCTYPE html><html><body>404</body></html>");
        AssertRefused("Expected a zip archive");
    }

    [Test]
    public void Inspect_NoSuchZip_IsRefused() => AssertRefused("no file");

    [TestCase("--blocks")]
    [TestCase("--features")]
    [TestCase("--variant", "model")]
    [TestCase("--feature", "features")]
    public void Inspect_OptionOfBackbones_IsRefused(params string[] options)
    {
        Save(_ml.Transforms.EmbedText("Features", DefaultBackbones.Text));
        AssertRefused($"{options[0]} belongs to backbones", options);
    }

    private void AssertRefused(string words, params string[] options)
    {
        var run = Run.Of(["inspect", Model, .. options]);
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(Model).And.Contain(words));
    }

    private IDataView Data() => _ml.Data.LoadFromEnumerable(new Row[]
    {
        new("I want my money back", "refund"), new("Please refund me", "refund"), new("Where is my parcel?", "parcel"), new("The parcel never came", "parcel"),
    });

    private void Save(params IEstimator<ITransformer>[] steps)
    {
        EstimatorChain<ITransformer> chain = new EstimatorChain<ITransformer>().Append((IEstimator<ITransformer>)_ml.Transforms.Conversion.MapValueToKey("Label"));
        foreach (IEstimator<ITransformer> step in steps)
            chain = chain.Append(step);
        if (steps.Length > 1)
            chain = chain.Append((IEstimator<ITransformer>)_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using TransformerChain<ITransformer> model = chain.Fit(Data());
        _ml.Model.Save(model, Data().Schema, Model);
    }

    /// <summary>Replaces the bytes of each entry of a file name.</summary>
    private void Rewrite(string name, Func<byte[], byte[]> edit)
    {
        using ZipArchive archive = ZipFile.Open(Model, ZipArchiveMode.Update);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(e => e.Name == name))
        {
            byte[] bytes = new byte[entry.Length];
            using Stream stream = entry.Open();
            stream.ReadExactly(bytes);
            byte[] edited = edit(bytes);
            stream.SetLength(0);
            stream.Write(edited);
        }
    }

    private sealed record Row(string Text, string Label);
}
