using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Cli.Tests;

public sealed class DistillTests
{
    private string _folder = "";

    private string Student => Path.Combine(_folder, "student");

    private string Cache => Path.Combine(_folder, "outputs");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("distill").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Distill_StaticStudent_IsABackboneThatAgreesWithTheTeacher()
    {
        var run = Run.Of("distill", WriteTexts(60), "--teacher", "default", "--output", Student, "--dimension", "32", "--start-from-teacher", "--epochs", "3", "--hold-out", "0.2",
            "--licence", "MIT", "--note", "data=made up", "--note", "purpose=a = b");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("texts from 1 files").And.Contain("teacher default-text").And.Contain("rows, 0 from the cache").And.Contain("epoch 3 of 3, loss"));
        Assert.That(run.Output, Does.Match(@"mean cosine 0\.9\d+ on the 20% of the texts").And.Contain("weights kept of epoch").And.Contain($"Saved {Student}"));
        Backbone student = Backbone.Open(Student);
        Assert.That(student.Name, Is.EqualTo("student"));
        Assert.That(student.Dimension, Is.EqualTo(32));
        Assert.That(student.Card.Licence, Is.EqualTo("MIT"));
        Assert.That(student.Card.Notes!["data"], Is.EqualTo("made up"));
        Assert.That(student.Card.Notes["purpose"], Is.EqualTo("a = b"));
        Assert.That(student.Card.Notes["teacher"], Does.Contain(DefaultBackbones.Text.Sha256));
        // Texts of one class are nearer to each other than to those of another, as with the teacher.
        float[][] features = Features(student, "my refund money please", "refund invoice paid today", "my password login locked");
        Assert.That(Cosine(features[0], features[1]), Is.GreaterThan(Cosine(features[0], features[2])));
    }

    [Test]
    public void Distill_SecondRun_RunsNoTeacher_AndGivesTheSameStudent()
    {
        string texts = WriteTexts(30);
        string other = Path.Combine(_folder, "other");
        string[] args = ["distill", texts, "--teacher", "default", "--dimension", "16", "--epochs", "2", "--cache", Cache, "--json", "--output"];

        JsonElement first = Json(Run.Of([.. args, Student]));
        JsonElement second = Json(Run.Of([.. args, other]));

        Assert.That(first.GetProperty("teacherRowsRun").GetInt64(), Is.EqualTo(first.GetProperty("textCount").GetInt64()));
        Assert.That(second.GetProperty("teacherRowsRun").GetInt64(), Is.Zero);
        Assert.That(second.GetProperty("teacherRowsCached").GetInt64(), Is.EqualTo(first.GetProperty("textCount").GetInt64()));
        Assert.That(File.ReadAllBytes(Path.Combine(other, "model.onnx")), Is.EqualTo(File.ReadAllBytes(Path.Combine(Student, "model.onnx"))));
    }

    [Test]
    public void Distill_Json_IsOneObjectAndProgressGoesWhereMessagesGo()
    {
        var run = Run.Of("distill", WriteTexts(30), "--teacher", "default", "--output", Student, "--student", "transformer", "--dimension", "16", "--heads", "2", "--layers", "1", "--hidden", "32",
            "--token-dimension", "8", "--feature-dimension", "24", "--vocabulary", "200", "--max-length", "16", "--epochs", "4", "--early-stop", "4", "--losses", "hint:0.5,distance:25,angle:50,similarity:2:0.2",
            "--batch-size", "16", "--learning-rate", "0.002", "--weight-decay", "0", "--threads", "1", "--seed", "3", "--hold-out", "0.1", "--int8", "--json");

        JsonElement report = Json(run);
        Assert.That(report.GetProperty("student").GetString(), Is.EqualTo("transformer"));
        Assert.That(report.GetProperty("dimension").GetInt32(), Is.EqualTo(24));
        Assert.That(report.GetProperty("teacherDimension").GetInt32(), Is.EqualTo(256));
        Assert.That(report.GetProperty("losses").EnumerateArray().Select(l => l.GetString()), Is.EqualTo(new[]
        {
            "Hint (weight 0.5)", "RelationalDistance (weight 25)", "RelationalAngle (weight 50)", "Similarity (T = 0.2, weight 2)",
        }));
        Assert.That(report.GetProperty("heldOutAgreement").GetDouble(), Is.InRange(-1, 1));
        Assert.That(report.GetProperty("isInt8").GetBoolean());
        Assert.That(report.GetProperty("byteCount").GetInt64(), Is.EqualTo(new DirectoryInfo(Student).EnumerateFiles().Sum(f => f.Length)));
        Assert.That(report.GetProperty("epochCount").GetInt32(), Is.EqualTo(4));
        Assert.That(Backbone.Open(Student).Card.MaximumLength, Is.EqualTo(16));
        Assert.That(run.Error, Does.Contain("teacher: ").And.Contain("epoch 4 of 4, loss"));
    }

    [Test]
    public void Distill_Int8_IsSmallerAndAgreesStill()
    {
        string texts = WriteTexts(30);
        string[] args = ["distill", texts, "--teacher", "default", "--start-from-teacher", "--epochs", "2", "--cache", Cache, "--json", "--output"];
        string small = Path.Combine(_folder, "small");

        long large = Json(Run.Of([.. args, Student])).GetProperty("byteCount").GetInt64();
        long packed = Json(Run.Of([.. args, small, "--int8"])).GetProperty("byteCount").GetInt64();

        Assert.That(packed, Is.LessThan(large / 2));
        float[] whole = Features(Backbone.Open(Student), "my refund money please")[0], rounded = Features(Backbone.Open(small), "my refund money please")[0];
        Assert.That(Cosine(whole, rounded), Is.GreaterThan(0.999).And.LessThan(1.000001));
        Assert.That(rounded, Is.Not.EqualTo(whole));
    }

    [Test]
    public void Distill_BackboneThatIsThere_IsTrainedFurther()
    {
        string texts = WriteTexts(30);
        string again = Path.Combine(_folder, "again");
        Assert.That(Run.Of("distill", texts, "--teacher", "default", "--dimension", "16", "--epochs", "1", "--output", Student).Code, Is.Zero);

        var run = Run.Of("distill", texts, "--teacher", "default", "--student", Student, "--epochs", "1", "--output", again);
        var itself = Run.Of("distill", texts, "--teacher", "default", "--student", Student, "--epochs", "1", "--output", Student);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(Backbone.Open(again).Dimension, Is.EqualTo(16));
        Assert.That(Backbone.Open(again).Sha256, Is.Not.EqualTo(Backbone.Open(Student).Sha256));
        Assert.That(itself.Code, Is.Not.Zero);
        Assert.That(itself.ErrorLines, Has.Length.EqualTo(1));
    }

    [Test]
    public void Distill_FoldersAndTables_AreReadOnceEach()
    {
        string texts = Directory.CreateDirectory(Path.Combine(_folder, "texts", "inner")).Parent!.FullName;
        File.WriteAllText(Path.Combine(texts, "a.txt"), "my refund money\n\n  where is my parcel  \nmy refund money\n");
        File.WriteAllText(Path.Combine(texts, "inner", "b.tsv"), "id\tMessage\n1\twhere is my parcel\n2\tlogin \"never\" works\n3\t \n");
        File.WriteAllText(Path.Combine(texts, "inner", "c.csv"), "message\n\"charged, twice\"\n");
        File.WriteAllText(Path.Combine(texts, "read.me"), "not read");

        JsonElement report = Json(Run.Of("distill", texts, "--teacher", "default", "--text-column", "message", "--dimension", "8", "--epochs", "1", "--hold-out", "0", "--output", Student, "--json"));

        Assert.That(report.GetProperty("textCount").GetInt32(), Is.EqualTo(4));
        Assert.That(report.GetProperty("duplicateCount").GetInt32(), Is.EqualTo(2));
        Assert.That(report.GetProperty("heldOutAgreement").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    [Platform(Include = "Linux,MacOsX", Reason = "Sends a signal of Unix.")]
    public void Distill_ToldToEnd_SaysWhereTheStateIs_AndGoesOnToTheSameStudent()
    {
        string state = Path.Combine(_folder, "run.state");
        string whole = Path.Combine(_folder, "whole");
        string[] args = ["distill", WriteTexts(60), "--teacher", "default", "--dimension", "64", "--epochs", "300", "--batch-size", "16"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Tool).Assembly.Location, .. args, "--output", Student, "--checkpoint", state, "--cache", Cache])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        while (process.StandardOutput.ReadLine() is string line && !line.StartsWith("epoch ", StringComparison.Ordinal))
        {
        }
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.That(process.ExitCode, Is.EqualTo(75));
        Assert.That(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1));
        Assert.That(error, Does.Contain(state).And.Contain("the same command goes on from there"));
        Assert.That(Directory.Exists(Student), Is.False);
        var resumed = Run.Of([.. args, "--output", Student, "--checkpoint", state, "--cache", Cache]);
        Assert.That(resumed.Code, Is.Zero, resumed.Error);
        Assert.That(resumed.Output, Does.Not.Contain("epoch 15 of 300"));
        Assert.That(Run.Of([.. args, "--output", whole]).Code, Is.Zero);
        Assert.That(File.ReadAllBytes(Path.Combine(Student, "model.onnx")), Is.EqualTo(File.ReadAllBytes(Path.Combine(whole, "model.onnx"))));
    }

    private string WriteTexts(int perClass)
    {
        string path = Path.Combine(_folder, "texts.txt");
        File.WriteAllLines(path, TextFiles.Rows(perClass).Select(r => r.Text));
        return path;
    }

    private static JsonElement Json(Run run)
    {
        Assert.That(run.Code, Is.Zero, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static float[][] Features(Backbone backbone, params string[] texts)
    {
        var ml = new MLContext();
        IDataView rows = ml.Data.LoadFromEnumerable(texts.Select(t => new TextRow { Text = t }));
        using var step = ml.Transforms.EmbedText("Features", backbone, "Text").Fit(rows);
        return [.. step.Transform(rows).GetColumn<float[]>("Features")];
    }

    private static double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }
}
