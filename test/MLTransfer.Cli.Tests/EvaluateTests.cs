using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MLTransfer.Cli.Tests;

public sealed class EvaluateTests
{
    private string _folder = "";

    private string Html => Path.Combine(_folder, "report.html");

    private string Json => Path.Combine(_folder, "report.json");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("evaluate").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Evaluate_Tsv_SaysTheVerdictAndWritesBothReports()
    {
        var run = Run.Of("evaluate", TextFiles.WriteTsv(_folder, 20), "--seeds", "3", "--report", Html, "--report-json", Json);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("60 texts in 3 classes (login 20, parcel 20, refund 20), 0 left out; backbone default-text"));
        Assert.That(run.Output, Does.Match(@"Training and measuring: 12 of 12 runs, [\d.]+ runs/s, about 0:00:00 left").And.Contain("without (hashed n-grams)"));
        Assert.That(run.Output, Does.Contain("Left out: 20, 50 labels per class, for which a class has too few rows").And.Contain($"Wrote {Html}").And.Contain($"Wrote {Json}"));
        JsonElement report = JsonDocument.Parse(File.ReadAllText(Json)).RootElement;
        Assert.That(run.Output.Split('\n'), Has.Some.EqualTo(report.GetProperty("headline").GetString()));
        Assert.That(report.GetProperty("labelsPerClass").EnumerateArray().Select(v => v.GetInt32()), Is.EqualTo(new[] { 1, 2, 5, 10 }));
        Assert.That(report.GetProperty("provenance").GetProperty("testRowCount").GetInt32(), Is.EqualTo(15));
        Assert.That(File.ReadAllText(Html), Does.Contain("<h1>Transfer ").And.Contain("data.tsv"));
    }

    [Test]
    public void Evaluate_Twice_WritesTheSameBytes()
    {
        string[] args = ["evaluate", TextFiles.WriteTsv(_folder, 8), "--seeds", "2", "--labels-per-class", "2"];

        Run.Of([.. args, "--report", Html, "--report-json", Json]);
        Run.Of([.. args, "--report", Html + ".2", "--report-json", Json + ".2"]);

        Assert.That(File.ReadAllText(Html + ".2"), Is.EqualTo(File.ReadAllText(Html)));
        Assert.That(File.ReadAllText(Json + ".2"), Is.EqualTo(File.ReadAllText(Json)));
    }

    [Test]
    public void Evaluate_BackboneThatKnowsNothing_SaysFirstThatTransferHurt()
    {
        // A network that was never trained and takes every other word for the same one, against words that tell the classes apart.
        string bert = TextFiles.WriteBert(_folder);
        File.WriteAllLines(Path.Combine(bert, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);

        var run = Run.Of("evaluate", TextFiles.WriteTsv(_folder, 40), "--backbone", bert, "--feature", "last_hidden_state", "--labels-per-class", "20", "--json", "--report", Html);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.StartWith("{\n  \"verdict\": \"hurt\",\n  \"headline\": \"Transfer hurt: "));
        Assert.That(Regex.Match(File.ReadAllText(Html), "<body>.*?<h1>(.*?)</h1>").Groups[1].Value, Is.EqualTo("Transfer hurt"));
        Assert.That(run.Error, Does.Contain("120 texts in 3 classes").And.Contain("5 of 5 runs"));
    }

    [Test]
    public void Evaluate_TestDataAndMlpHead_AreUsed()
    {
        var run = Run.Of("evaluate", TextFiles.WriteTsv(_folder, 10), "--test-data", TextFiles.WriteTsv(_folder, 4, "test.tsv"), "--head", "mlp", "--seeds", "1", "--labels-per-class", "5,2", "--json");

        Assert.That(run.Code, Is.Zero, run.Error);
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        JsonElement provenance = report.GetProperty("provenance");
        Assert.That(provenance.GetProperty("testRowCount").GetInt32(), Is.EqualTo(12));
        Assert.That(provenance.GetProperty("testFraction").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(provenance.GetProperty("trainer").GetString(), Is.EqualTo("MlpHead with 256 hidden units"));
        Assert.That(provenance.GetProperty("data").GetString(), Does.Contain("data.tsv").And.Contain("test.tsv"));
        Assert.That(report.GetProperty("labelsPerClass").EnumerateArray().Select(v => v.GetInt32()), Is.EqualTo(new[] { 2, 5 }));
    }

    [Test]
    public void Evaluate_Pictures_AreComparedWithTheirPixels()
    {
        string photos = PhotoFolder.Write(_folder, ("red", 200, 8), ("blue", 40, 8));
        File.WriteAllText(Path.Combine(photos, "red", "broken.jpg"), "no picture");

        var run = Run.Of("evaluate", photos, "--backbone", PhotoFolder.WriteGraph(_folder), "--preprocessing", "torchvision", "--seeds", "2", "--labels-per-class", "2,4");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("16 pictures in 2 classes (blue 8, red 8), 1 left out").And.Contain("broken.jpg").And.Contain("without (16 × 16 pixels)"));
    }

    [Test]
    public void Evaluate_SavedModel_IsMeasuredOnTheRows()
    {
        string model = Train();

        var run = Run.Of("evaluate", TextFiles.WriteTsv(_folder, 30, "test.tsv"), "--model", model, "--report", Html, "--report-json", Json);

        Assert.That(run.Code, Is.Zero, run.Error);
        JsonElement report = JsonDocument.Parse(File.ReadAllText(Json)).RootElement;
        double accuracy = report.GetProperty("measures").GetProperty("accuracy").GetDouble();
        Assert.That(accuracy, Is.GreaterThan(0.8));
        Assert.That(run.Output, Does.Contain($"{report.GetProperty("headline").GetString()}.").And.Contain("expected calibration error").And.Contain("most often taken for"));
        Assert.That(run.Output, Does.Match("Scoring: 90 of 90 rows, [0-9]+ rows/s"));
        JsonElement confusion = report.GetProperty("confusion");
        Assert.That(Enumerable.Range(0, 3).Sum(k => confusion[k][k].GetInt32()) / 90.0, Is.EqualTo(accuracy).Within(1e-12));
        Assert.That(File.ReadAllText(Html), Does.Contain("plot-confusion-model").And.Contain("plot-reliability"));
    }

    [Test]
    public void Evaluate_LabelsThatTheModelDoesNotKnow_AreNamedOrLeftOut()
    {
        string model = Train();
        string data = Path.Combine(_folder, "more.tsv");
        File.WriteAllLines(data, [.. TextFiles.Rows(5).Select(r => $"{r.Label}\t{r.Text}").Prepend("label\ttext"), "praise\tthank you", "praise\tgreat", "Refund\tmoney"]);

        var refused = Run.Of("evaluate", data, "--model", model, "--json");
        var skipped = Run.Of("evaluate", data, "--model", model, "--json", "--skip-unknown-labels");

        Assert.That(refused.Code, Is.EqualTo(2));
        Assert.That(refused.Output, Is.Empty);
        Assert.That(refused.Error, Does.Contain("does not know 'Refund' (1 rows), 'praise' (2 rows)").And.Contain("It knows 'login', 'parcel', 'refund'").And.Contain("--skip-unknown-labels"));
        Assert.That(skipped.Code, Is.Zero, skipped.Error);
        JsonElement provenance = JsonDocument.Parse(skipped.Output).RootElement.GetProperty("provenance");
        Assert.That(provenance.GetProperty("rowCount").GetInt32(), Is.EqualTo(15));
        Assert.That(provenance.GetProperty("unknownLabels").EnumerateArray().Select(l => l.GetProperty("name").GetString()), Is.EqualTo(new[] { "Refund", "praise" }));
    }

    [Test]
    public void Evaluate_ModelThatDoesNotFit_SaysWhy()
    {
        string model = Train();
        string data = TextFiles.WriteTsv(_folder, 4);
        string photos = PhotoFolder.Write(_folder, ("login", 200, 2), ("refund", 40, 2));
        string others = Path.Combine(_folder, "others.tsv");
        File.WriteAllText(others, "label\ttext\na\tx\nb\ty\n");
        string broken = Path.Combine(_folder, "broken.zip");
        File.WriteAllText(broken, "no zip");

        Refused([photos, "--model", model], "The data are pictures", "reads texts from 'Text'");
        Refused([others, "--model", model], "knows none of the labels", "'a' (1 rows)", "'login'");
        Refused([data, "--model", broken], "broken.zip");
        Refused([data, "--model", Path.Combine(_folder, "none.zip")], "--model names", "no such file");
    }

    [Test]
    public void Evaluate_DataThatCannotBeUsed_IsOneLine()
    {
        string data = TextFiles.WriteTsv(_folder, 4);
        string one = Path.Combine(_folder, "one.tsv");
        File.WriteAllText(one, "label\ttext\na\tx\na\ty\n");
        string rare = Path.Combine(_folder, "rare.tsv");
        File.WriteAllText(rare, "label\ttext\na\tx\na\tz\nb\ty\n");
        string photos = PhotoFolder.Write(_folder, ("red", 200, 2), ("blue", 40, 2));

        Refused([data, "--text-column", "body"], "no column 'body'", "'label', 'text'");
        Refused([data, "--label-column", "kind"], "no column 'kind'");
        Refused([one], "'a'", "two classes");
        Refused([rare], "1 labels per class", "class 'b' has 1 rows", "--labels-per-class", "--hold-out");
        Refused([data, "--labels-per-class", "50"], "50 labels per class", "has 4 rows", "Lower --labels-per-class or --hold-out");
        Refused([data, "--test-data", photos], "--test-data", "pictures", "texts");
        Refused([data, "--test-data", rare], "--test-data has 'a'");
        Refused([photos], "pictures", "--backbone");
        Refused([Path.Combine(_folder, "none.tsv")], "neither a folder nor a file");
    }

    [Test]
    public void Evaluate_ReportsThatCannotBeWritten_AreRefusedBeforeTheWork()
    {
        string data = TextFiles.WriteTsv(_folder, 4);

        Refused([data, "--report", Path.Combine(_folder, "none", "report.html")], "--report", "no folder");
        Refused([data, "--report-json", _folder], "--report-json", "which is a folder");
        Refused([data, "--report", data], "'data' and --report name the same file");
        Refused([data, "--report", Html, "--report-json", Html], "--report and --report-json name the same file");
        Assert.That(File.ReadAllText(data), Does.StartWith("label\ttext"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1), "nothing was written");
    }

    [TestCase("--seeds", "0")]
    [TestCase("--seeds", "many")]
    [TestCase("--labels-per-class", "0")]
    [TestCase("--labels-per-class", "2,x")]
    [TestCase("--labels-per-class", "2,2")]
    [TestCase("--labels-per-class", "")]
    [TestCase("--hold-out", "1")]
    [TestCase("--hold-out", "0")]
    public void Evaluate_OptionThatIsWrong_IsNamed(string option, string value)
    {
        var run = Run.Of("evaluate", "data.tsv", option, value);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(option).And.Contain("mltransfer evaluate --help"));
    }

    [TestCase("--seeds belongs to a comparison", "--model", "m.zip", "--seeds", "3")]
    [TestCase("--backbone belongs to a comparison", "--model", "m.zip", "--backbone", "b")]
    [TestCase("--skip-unknown-labels belongs to --model", "--skip-unknown-labels")]
    [TestCase("--hold-out and --test-data", "--test-data", "t.tsv", "--hold-out", "0.5")]
    public void Evaluate_OptionsThatDoNotFitTogether_AreRefused(string words, params string[] options)
    {
        var run = Run.Of(["evaluate", "data.tsv", .. options]);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(words));
    }

    [Test]
    [Platform(Include = "Linux,MacOsX", Reason = "Sends a signal of Unix.")]
    public void Evaluate_ToldToEnd_ReportsWhatIsDoneAsIncomplete()
    {
        Signals.Require("-INT");
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(Tool).Assembly.Location, "evaluate", TextFiles.WriteTsv(_folder, 20), "--seeds", "1000", "--labels-per-class", "2", "--report", Html, "--report-json", Json])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        while (process.StandardOutput.ReadLine() is string line && !line.Contains("of 1000 runs", StringComparison.Ordinal))
        {
        }
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            kill.WaitForExit();
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.That(process.ExitCode, Is.EqualTo(75), error);
        Assert.That(error, Does.StartWith("error: Cancelled before all runs were done"));
        Assert.That(output, Does.Contain("Transfer ").And.Contain($"Wrote {Html}"));
        JsonElement report = JsonDocument.Parse(File.ReadAllText(Json)).RootElement;
        Assert.That(report.GetProperty("isComplete").GetBoolean(), Is.False);
        Assert.That(report.GetProperty("runs").GetArrayLength(), Is.InRange(1, 999));
        Assert.That(File.ReadAllText(Html), Does.Contain("Incomplete: it was cancelled"));
    }

    private string Train()
    {
        string model = Path.Combine(_folder, "model.zip");
        Assert.That(Run.Of("train", TextFiles.WriteTsv(_folder, 20, "train.tsv"), model).Code, Is.Zero);
        return model;
    }

    private static void Refused(string[] args, params string[] words)
    {
        var run = Run.Of(["evaluate", .. args]);
        Assert.That(run.Code, Is.EqualTo(2), run.Output);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        foreach (string word in words)
            Assert.That(run.Error, Does.Contain(word));
    }
}
