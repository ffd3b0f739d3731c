using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Cli.Tests;

public sealed class TrainTests
{
    private string _folder = "";

    private string Model => Path.Combine(_folder, "model.zip");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("train").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Train_Tsv_SavesAModelThatReadsTextAloneAndNamesClasses()
    {
        var run = Run.Of("train", TextFiles.WriteTsv(_folder, 20), Model);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("60 texts in 3 classes (login 20, parcel 20, refund 20), 0 left out").And.Contain("48 rows, 12 held out").And.Contain("the backbone stays frozen"));
        Assert.That(run.Output, Does.Contain("always guessing the largest class gives 0.333").And.Contain(Model).And.Not.Contain("epoch"));
        Assert.That(Predict(), Is.GreaterThan(0.8));
    }

    [Test]
    public void Train_CsvWithOtherColumns_FindsThemInAnyCaseAndReadsQuotes()
    {
        string path = Path.Combine(_folder, "data.csv");
        File.WriteAllLines(path, TextFiles.Rows(10).Select((r, i) => $"{i},\"{r.Text}, she said \"\"now\"\"\nand left\",{r.Label}")
            .Prepend("id,Message,Kind").Append("60,\"\",refund").Append("61,nothing is known,  "));

        var run = Run.Of("train", path, Model, "--text-column", "message", "--label-column", "KIND");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("30 texts in 3 classes").And.Contain("2 left out").And.Contain("left out: line 62: 'Message' is empty").And.Contain("line 63: 'Kind' is empty"));
        Assert.That(Predict(), Is.GreaterThan(0.7));
    }

    [Test]
    public void Train_FolderOfTexts_LeavesOutWhatIsNoText()
    {
        string data = Path.Combine(_folder, "texts");
        foreach (((string text, string label), int i) in TextFiles.Rows(10).Select((r, i) => (r, i)))
        {
            Directory.CreateDirectory(Path.Combine(data, label));
            File.WriteAllText(Path.Combine(data, label, $"{i}.txt"), text);
        }
        File.WriteAllBytes(Path.Combine(data, "refund", "broken.txt"), [(byte)'a', (byte)'\n', 0xE4, (byte)'b']);
        File.WriteAllText(Path.Combine(data, "refund", "empty.txt"), " \n");

        var run = Run.Of("train", data, Model, "--hold-out", "0");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("30 texts").And.Contain("broken.txt': line 2 is not UTF-8").And.Contain("empty.txt': the file holds no text"));
        Assert.That(run.Output, Does.Contain("Nothing was held out, so nothing was measured").And.Contain("30 rows, 0 held out"));
        Assert.That(Predict(), Is.GreaterThan(0.7));
    }

    [Test]
    public void Train_JsonOnFineTuning_IsOneObjectWithBothMeasures()
    {
        string onnx = Path.Combine(_folder, "model.onnx");
        string[] args = ["train", TextFiles.WriteTsv(_folder, 20), Model, "--backbone", TextFiles.WriteBert(_folder), "--feature", "last_hidden_state", "--fine-tune", "last:1",
            "--epochs", "3", "--batch-size", "8", "--learning-rate", "0.001", "--export", onnx, "--json"];

        var run = Run.Of(args);

        Assert.That(run.Code, Is.Zero, run.Error);
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        Assert.That(report.GetProperty("modality").GetString(), Is.EqualTo("text"));
        Assert.That(report.GetProperty("classes")[0].GetProperty("name").GetString(), Is.EqualTo("login"));
        Assert.That(report.GetProperty("trainingRowCount").GetInt32(), Is.EqualTo(48));
        Assert.That(report.GetProperty("heldOutRowCount").GetInt32(), Is.EqualTo(12));
        JsonElement tuned = report.GetProperty("fineTuned");
        Assert.That(tuned.GetProperty("blocks").EnumerateArray().Select(b => b.GetInt32()), Is.EqualTo(new[] { tuned.GetProperty("blockCount").GetInt32() - 1 }));
        Assert.That(report.GetProperty("headParameterCount").GetInt64(), Is.EqualTo(33 * 3));
        double accuracy = report.GetProperty("heldOut").GetProperty("accuracy").GetDouble();
        JsonElement frozen = report.GetProperty("frozen");
        int difference = frozen.GetProperty("onlyTrainedRight").GetInt32() - frozen.GetProperty("onlyFrozenRight").GetInt32();
        Assert.That(accuracy - frozen.GetProperty("heldOut").GetProperty("accuracy").GetDouble(), Is.EqualTo(difference / 12.0).Within(1e-9));
        Assert.That(frozen.GetProperty("verdict").GetString(), Is.EqualTo(difference > 0 ? "helped" : difference < 0 ? "lost" : "madeNoDifference"));
        Assert.That(report.GetProperty("model").GetProperty("byteCount").GetInt64(), Is.EqualTo(new FileInfo(Model).Length));
        Assert.That(report.GetProperty("export").GetProperty("byteCount").GetInt64(), Is.EqualTo(new FileInfo(onnx).Length));
        // How far the work is goes where messages go.
        Assert.That(run.Error, Does.Contain("epoch 3 of 3, loss").And.Contain("rows/s").And.Contain("left"));
    }

    [Test]
    public void Train_FineTuneLastBlock_ChangesItAndNothingElse()
    {
        string onnx = Path.Combine(_folder, "model.onnx");
        string bert = TextFiles.WriteBert(_folder);

        var run = Run.Of("train", TextFiles.WriteTsv(_folder, 20), Model, "--backbone", bert, "--feature", "last_hidden_state", "--fine-tune", "last:1", "--epochs", "2", "--export", onnx);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("Frozen backbone with a linear head: accuracy ").And.Contain("Fine-tuning ").And.Contain("on the same 12 held-out rows").And.Contain("frozen, linear head"));
        float[][] first = Weights(Path.Combine(bert, "model.onnx"), "layers.0.query.bias", "layers.1.query.bias");
        float[][] second = Weights(onnx, "layers.0.query.bias", "layers.1.query.bias");
        Assert.That(second[0], Is.EqualTo(first[0]));
        Assert.That(second[1], Is.Not.EqualTo(first[1]));
        Assert.That(Predict(), Is.GreaterThan(0.5));
    }

    [TestCase("all", "everything")]
    [TestCase("biases", "biases only")]
    [TestCase("norms", "norms only")]
    [TestCase("last:99", "last 99 blocks")]
    public void Train_EveryPlan_SaysWhatItTrains(string plan, string words)
    {
        var run = Run.Of("train", TextFiles.WriteTsv(_folder, 6), Model, "--backbone", TextFiles.WriteBert(_folder), "--feature", "last_hidden_state", "--fine-tune", plan, "--head", "mlp", "--epochs", "1");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain($", {words}: in "));
        Match numbers = Regex.Match(run.Output, @"numbers; ([\d,]+) of the backbone's ([\d,]+),");
        Assert.That(numbers.Groups[1].Value == numbers.Groups[2].Value, Is.EqualTo(plan is "all" or "last:99"), numbers.Value);
    }

    [Test]
    public void Train_Mlp_IsComparedToo()
    {
        var run = Run.Of("train", TextFiles.WriteTsv(_folder, 20), Model, "--head", "mlp", "--epochs", "40");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("The MLP head ").And.Contain("frozen, linear head").And.Contain("epoch 40 of 40").And.Not.Contain("epoch 1 of 40"));
        Assert.That(Predict(), Is.GreaterThan(0.8));
    }

    [Test]
    public void Train_LabelsThatMeanNothing_AreNotKnownOnRowsHeldOut()
    {
        // Every text has a word of its own: who has seen it knows its label by heart.
        var random = new Random(0);
        string path = Path.Combine(_folder, "noise.tsv");
        File.WriteAllLines(path, [.. Enumerable.Range(0, 100).Select(i => $"{(random.Next(2) == 0 ? "yes" : "no")}\t{TextFiles.Rows(40, i)[i].Text} {(char)('a' + i % 26)}{(char)('a' + i / 26)}{i}")
            .Prepend("label\ttext")]);

        var run = Run.Of("train", path, Model, "--head", "mlp", "--hold-out", "0.5", "--json");

        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        Assert.That(report.GetProperty("heldOut").GetProperty("accuracy").GetDouble(), Is.InRange(0.3, 0.7));
        Assert.That(report.GetProperty("frozen").GetProperty("heldOut").GetProperty("accuracy").GetDouble(), Is.InRange(0.3, 0.7));
        Assert.That(run.Error, Does.Match(@"epoch 60 of 60, loss 0\.[0-3]"), "learnt by heart");
    }

    [Test]
    public void Train_EveryOptionOfTheSteps_ChangesTheSteps()
    {
        string data = TextFiles.WriteTsv(_folder, 10);
        string[][] variants = [[], ["--batch-size", "4"], ["--learning-rate", "0.01"], ["--seed", "1"]];

        string[] ends = [.. variants.Select(v => Run.Of(["train", data, Model, "--head", "mlp", "--epochs", "3", .. v]).Output.Split('\n').Single(l => l.StartsWith("epoch 3 of 3", StringComparison.Ordinal)).Split(',')[1])];

        Assert.That(ends, Is.Unique);
        Assert.That(ends, Has.All.StartsWith(" loss "));
    }

    [Test]
    public void Train_CheckpointOfAFinishedRun_GivesTheSameModelAndRefusesAnother()
    {
        string state = Path.Combine(_folder, "run.state");
        string data = TextFiles.WriteTsv(_folder, 10);
        string[] args = ["train", data, Model, "--head", "mlp", "--epochs", "5", "--checkpoint", state];

        string first = Run.Of([.. args, "--export", Path.Combine(_folder, "first.onnx")]).Output;
        var again = Run.Of([.. args, "--export", Path.Combine(_folder, "second.onnx")]);
        var other = Run.Of("train", data, Model, "--head", "mlp", "--epochs", "6", "--checkpoint", state);

        Assert.That(first, Does.Contain("epoch 5 of 5"));
        Assert.That(again.Code, Is.Zero, again.Error);
        Assert.That(again.Output, Does.Not.Contain("epoch "));
        Assert.That(File.ReadAllBytes(Path.Combine(_folder, "second.onnx")), Is.EqualTo(File.ReadAllBytes(Path.Combine(_folder, "first.onnx"))));
        Assert.That(other.Code, Is.EqualTo(2));
        Assert.That(other.Error, Does.Contain("5 in the file, 6 now").And.Contain("--checkpoint").And.Not.Contain("CheckpointPath"));
    }

    [TestCase("-TERM")]
    [TestCase("-INT")]
    [Platform(Include = "Linux,MacOsX", Reason = "Sends a signal of Unix.")]
    public void Train_ToldToEnd_SaysWhereTheStateIs_AndGoesOnToTheSameWeights(string signal)
    {
        Signals.Require(signal);
        string state = Path.Combine(_folder, "run.state");
        string whole = Path.Combine(_folder, "whole.onnx");
        string resumed = Path.Combine(_folder, "resumed.onnx");
        string[] args = ["train", TextFiles.WriteTsv(_folder, 20), Model, "--backbone", TextFiles.WriteBert(_folder), "--feature", "last_hidden_state", "--fine-tune", "last:1", "--epochs", "400"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Tool).Assembly.Location, .. args, "--checkpoint", state, "--export", resumed])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        while (process.StandardOutput.ReadLine() is string line && !line.StartsWith("epoch ", StringComparison.Ordinal))
        {
        }
        using (var kill = Process.Start("kill", [signal, $"{process.Id}"]))
            kill.WaitForExit();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.That(process.ExitCode, Is.EqualTo(75));
        Assert.That(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1));
        Assert.That(error, Does.Contain(state).And.Contain("the same command goes on from there"));
        Assert.That(File.Exists(Model), Is.False);
        Assert.That(Run.Of([.. args, "--checkpoint", state, "--export", resumed]).Code, Is.Zero);
        Assert.That(Run.Of([.. args, "--export", whole]).Code, Is.Zero);
        Assert.That(File.ReadAllBytes(resumed), Is.EqualTo(File.ReadAllBytes(whole)));
    }

    [Test]
    public void Train_Pictures_FineTunesAndLeavesOutWhatIsNone()
    {
        string photos = PhotoFolder.Write(_folder, ("red", 200, 10), ("blue", 40, 10));
        File.WriteAllText(Path.Combine(photos, "red", "broken.jpg"), "no picture");

        var run = Run.Of("train", photos, Model, "--backbone", PhotoFolder.WriteGraph(_folder), "--preprocessing", "torchvision", "--fine-tune", "all", "--epochs", "2");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("20 pictures in 2 classes (blue 10, red 10), 1 left out").And.Contain("broken.jpg").And.Contain("reads Image").And.Contain("Fine-tuning "));
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(Model, out _);
        using var owner = model as IDisposable;
        PictureRow[] rows = [.. Directory.EnumerateFiles(photos, "red-*.bmp", SearchOption.AllDirectories).Select(f => new PictureRow { Image = f })];
        Assert.That(ml.Data.CreateEnumerable<Scored>(model.Transform(ml.Data.LoadFromEnumerable(rows)), reuseRowObject: false).Select(s => s.PredictedLabel), Has.All.EqualTo("red"));
    }

    [Test]
    public void Train_RealQuantisedEncoder_IsTrainedOnceItIsFloat()
    {
        string q8 = RealAssets.Model("all-minilm-l6-v2-q8");
        string[] args = ["train", TextFiles.WriteTsv(_folder, 6), Model, "--backbone", q8, "--fine-tune", "last:1", "--epochs", "1"];

        var refused = Run.Of(args);
        var trained = Run.Of([.. args, "--int8-to-float"]);

        Assert.That(refused.Code, Is.EqualTo(2));
        Assert.That(refused.Error, Does.Contain("--int8-to-float turns them into float").And.Not.Contain("FineTuneOptions"));
        Assert.That(trained.Code, Is.Zero, trained.Error);
        Assert.That(trained.Output, Does.Contain("1,774,464 of the backbone's"));
    }

    private static float[][] Weights(string path, params string[] names)
    {
        using OnnxModel model = ModelSource.FromFile(path).Read();
        return [.. names.Select(n => model.Graph.Initializers.Single(t => t.Name == n).ToFloats())];
    }

    /// <summary>The share of new texts of which the saved model knows the class, in a program that gives it nothing but the text.</summary>
    private double Predict()
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(Model, out DataViewSchema schema);
        using var owner = model as IDisposable;
        Assert.That(schema.Select(c => c.Name), Is.EqualTo(new[] { "Text" }));
        List<(string Text, string Label)> rows = TextFiles.Rows(10, seed: 1);
        IDataView scored = model.Transform(ml.Data.LoadFromEnumerable(rows.Select(r => new TextRow { Text = r.Text })));
        Scored[] found = [.. ml.Data.CreateEnumerable<Scored>(scored, reuseRowObject: false)];
        Assert.That(found.Select(s => s.Score.Length), Has.All.EqualTo(3));
        return found.Zip(rows).Average(p => p.First.PredictedLabel == p.Second.Label ? 1.0 : 0.0);
    }

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }

    private sealed class PictureRow
    {
        public string Image { get; set; } = "";
    }

    private sealed class Scored
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
