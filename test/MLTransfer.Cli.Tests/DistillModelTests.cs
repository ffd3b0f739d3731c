using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Cli.Tests;

public sealed class DistillModelTests
{
    private string _shared = "";
    private string _folder = "";

    private string Teacher => Path.Combine(_shared, "teacher.zip");

    private string Student => Path.Combine(_folder, "student.zip");

    [OneTimeSetUp]
    public void TrainTeacher()
    {
        _shared = Directory.CreateTempSubdirectory("distill-teacher").FullName;
        var run = Run.Of("train", TextFiles.WriteTsv(_shared, 40), Teacher, "--hold-out", "0");
        Assert.That(run.Code, Is.Zero, run.Error);
    }

    [OneTimeTearDown]
    public void RemoveTeacher() => Directory.Delete(_shared, recursive: true);

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("distill-model").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void DistillModel_UnlabelledRows_AreTaughtAndTheStudentReadsTextAlone()
    {
        var run = Run.Of("distill", WritePartlyLabelled(60, labelled: 4), "--teacher-model", Teacher, "--student", "ngrams", "--epochs", "20", "--hold-out", "0.5", "--output", Student);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("12 texts with a label in 3 classes").And.Contain("of 3 classes reads Text").And.Contain("6 of those with a label held out").And.Contain("head on hashed n-grams"));
        Assert.That(run.Output, Does.Contain("labels alone").And.Match(@"The teacher (helped|hurt|made no difference): accuracy ").And.Contain("on the same 6 held-out rows; the teacher has 1.000").And.Contain("epoch 20 of 20"));
        Assert.That(Predict(), Is.GreaterThan(0.9));
    }

    [Test]
    public void DistillModel_FewLabels_AreBeatenByTheTeachersAnswers()
    {
        // One label for each class to learn from; the words of the others are known to the teacher alone.
        string data = WritePartlyLabelled(60, labelled: 20);
        JsonElement report = Json(Run.Of("distill", data, "--teacher-model", Teacher, "--student", "ngrams", "--epochs", "20", "--hold-out", "0.9", "--output", Student, "--json"));

        JsonElement comparison = report.GetProperty("comparison");
        Assert.That(comparison.GetProperty("gain").GetDouble(), Is.GreaterThan(0.05));
        Assert.That(comparison.GetProperty("gain").GetDouble(), Is.EqualTo(
            (comparison.GetProperty("onlyDistilledRight").GetInt32() - comparison.GetProperty("onlyLabelsAloneRight").GetInt32()) / 54.0).Within(1e-9));
        Assert.That(comparison.GetProperty("teacherAccuracy").GetDouble(), Is.GreaterThan(0.95));
        Assert.That(report.GetProperty("labelledRowCount").GetInt32(), Is.EqualTo(6));
        Assert.That(report.GetProperty("heldOutRowCount").GetInt32(), Is.EqualTo(54));
    }

    [Test]
    public void DistillModel_SecondRun_RunsNoTeacher()
    {
        string[] args = ["distill", WritePartlyLabelled(20, labelled: 5), "--teacher-model", Teacher, "--student", "ngrams", "--epochs", "2", "--cache", Path.Combine(_folder, "outputs"), "--output", Student, "--json"];

        JsonElement first = Json(Run.Of(args)), second = Json(Run.Of(args));

        Assert.That(first.GetProperty("teacherRowsRun").GetInt64(), Is.GreaterThan(20));
        Assert.That(second.GetProperty("teacherRowsRun").GetInt64(), Is.Zero);
        Assert.That(second.GetProperty("teacherRowsCached").GetInt64(), Is.EqualTo(first.GetProperty("teacherRowsRun").GetInt64()));
        Assert.That(second.GetProperty("comparison").GetProperty("distilled").GetProperty("accuracy").GetDouble(),
            Is.EqualTo(first.GetProperty("comparison").GetProperty("distilled").GetProperty("accuracy").GetDouble()));
    }

    [TestCase("static", "--dimension", "32")]
    [TestCase("transformer", "--dimension", "16", "--layers", "1", "--hidden", "32", "--head", "mlp")]
    [TestCase("default")]
    public void DistillModel_EveryStudent_LearnsTheClasses(string student, params string[] options)
    {
        var run = Run.Of(["distill", WritePartlyLabelled(60, labelled: 10), "--teacher-model", Teacher, "--student", student, "--hold-out", "0", "--learning-rate", "0.01", .. options, "--output", Student]);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("Nothing was held out").And.Not.Contain("labels alone"));
        Assert.That(Predict(), Is.GreaterThan(0.8));
    }

    [Test]
    public void DistillModel_BackboneWithAPlan_IsFineTuned()
    {
        JsonElement report = Json(Run.Of("distill", WritePartlyLabelled(20, labelled: 5), "--teacher-model", Teacher, "--student", BertWithCard(), "--fine-tune", "last:1", "--epochs", "2",
            "--temperature", "4", "--hard-weight", "0.2", "--soft-weight", "0.8", "--output", Student, "--json"));

        Assert.That(report.GetProperty("fineTuned").GetProperty("parameterCount").GetInt64(), Is.GreaterThan(0));
        Assert.That(report.GetProperty("losses").EnumerateArray().Select(l => l.GetString()), Is.EqualTo(new[] { "Hard (weight 0.2)", "Hinton (T = 4, weight 0.8)" }));
        Assert.That(Predict(), Is.GreaterThan(0));
    }

    [Test]
    public void DistillModel_TextFilesWithoutAnyLabel_AreTaughtByTheTeacherAlone()
    {
        string texts = Path.Combine(_folder, "texts.txt");
        File.WriteAllLines(texts, TextFiles.Rows(60).Select(r => r.Text));

        var refused = Run.Of("distill", texts, "--teacher-model", Teacher, "--student", "ngrams", "--output", Student);
        var run = Run.Of("distill", texts, "--teacher-model", Teacher, "--student", "ngrams", "--hard-weight", "0", "--hold-out", "0", "--output", Student);

        Assert.That(refused.Code, Is.EqualTo(2));
        Assert.That(refused.Error, Does.Contain("--hard-weight 0 --hold-out 0"));
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(Predict(), Is.GreaterThan(0.9));
    }

    [Test]
    public void DistillModel_TeacherOfMLNetWithOtherColumns_IsReadByItsOwn()
    {
        string teacher = Path.Combine(_folder, "sdca.zip");
        var ml = new MLContext(0);
        IDataView rows = ml.Data.LoadFromEnumerable(TextFiles.Rows(40).Select(r => new Message { Body = r.Text, Kind = r.Label }));
        ITransformer model = ml.Transforms.Conversion.MapValueToKey("Label", "Kind").Append(ml.Transforms.Text.FeaturizeText("Features", "Body"))
            .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy()).Fit(rows);
        ml.Model.Save(model, rows.Schema, teacher);

        JsonElement report = Json(Run.Of("distill", WritePartlyLabelled(40, labelled: 10), "--teacher-model", teacher, "--student", "ngrams", "--output", Student, "--json"));
        var wrong = Run.Of("distill", WritePartlyLabelled(40, labelled: 10), "--teacher-model", teacher, "--teacher-text-column", "Kind", "--output", Student);
        var none = Run.Of("distill", WritePartlyLabelled(40, labelled: 10), "--teacher-model", teacher, "--teacher-text-column", "Text", "--output", Student);

        Assert.That(report.GetProperty("teacherTextColumn").GetString(), Is.EqualTo("Body"));
        Assert.That(report.GetProperty("comparison").GetProperty("teacherAccuracy").GetDouble(), Is.GreaterThan(0.9));
        Assert.That(Predict(), Is.GreaterThan(0.9));
        Assert.That(wrong.Error, Does.Contain("makes its scores of 'Body'"));
        Assert.That(none.Error, Does.Contain("'Body', 'Kind'"));
    }

    [Test]
    public void DistillModel_LabelThatTheTeacherDoesNotKnow_IsNamed()
    {
        string data = Path.Combine(_folder, "data.tsv");
        File.WriteAllLines(data, ["label\ttext", "refund\tmy money", "weather\tit rains"]);
        Refused(["distill", data, "--teacher-model", Teacher, "--output", Student, "--hold-out", "0"], "'weather'", "'login', 'parcel', 'refund'");
    }

    [Test]
    public void DistillModel_TeacherThatIsNone_SaysWhatIsMissing()
    {
        string data = WritePartlyLabelled(10, labelled: 5);
        string broken = Path.Combine(_folder, "broken.zip"), features = Path.Combine(_folder, "features.zip"), quantity = Path.Combine(_folder, "quantity.zip");
        File.WriteAllText(broken, "no model");
        var ml = new MLContext(0);
        IDataView rows = ml.Data.LoadFromEnumerable(TextFiles.Rows(10).Select((r, i) => new Counted { Text = r.Text, Label = i % 7 }));
        IDataView texts = ml.Transforms.SelectColumns("Text").Fit(rows).Transform(rows);
        var embedding = ml.Transforms.EmbedText("Features", DefaultBackbones.Text, "Text").Fit(rows);
        using (embedding)
            ml.Model.Save(embedding, texts.Schema, features);
        ITransformer regression = ml.Transforms.Text.FeaturizeText("Features", "Text").Append(ml.Regression.Trainers.Sdca()).Fit(rows);
        ml.Model.Save(regression, texts.Schema, quantity);

        Refused(["distill", data, "--teacher-model", Path.Combine(_folder, "none.zip"), "--output", Student], "--teacher-model", "no such file");
        Refused(["distill", data, "--teacher-model", broken, "--output", Student], "broken.zip");
        Refused(["distill", data, "--teacher-model", features, "--output", Student], "no column 'Score'", "'Features'");
        Refused(["distill", data, "--teacher-model", quantity, "--output", Student], "'Score' of Single");
    }

    private string WritePartlyLabelled(int perClass, int labelled)
    {
        string path = Path.Combine(_folder, "data.tsv");
        File.WriteAllLines(path, [.. TextFiles.Rows(perClass, seed: 5).GroupBy(r => r.Label).SelectMany(g => g.Select((r, i) => $"{(i < labelled ? r.Label : "")}\t{r.Text}")).Prepend("label\ttext")]);
        return path;
    }

    private string BertWithCard()
    {
        string folder = TextFiles.WriteBert(_folder), card = Path.Combine(_folder, "encoder");
        Backbone.Open(folder, new BackboneOptions { FeatureOutput = "last_hidden_state" }).Save(card);
        return card;
    }

    private void Refused(string[] args, params string[] words)
    {
        var run = Run.Of(args);
        Assert.That(run.Code, Is.EqualTo(2), run.Output);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        foreach (string word in words)
            Assert.That(run.Error, Does.Contain(word));
        Assert.That(File.Exists(Student), Is.False);
    }

    private static JsonElement Json(Run run)
    {
        Assert.That(run.Code, Is.Zero, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    /// <summary>The share of new texts of which the saved student knows the class, in a program that gives it nothing but the text.</summary>
    private double Predict()
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(Student, out DataViewSchema schema);
        using var owner = model as IDisposable;
        Assert.That(schema.Select(c => c.Name), Is.EqualTo(new[] { "Text" }));
        List<(string Text, string Label)> rows = TextFiles.Rows(10, seed: 1);
        IDataView scored = model.Transform(ml.Data.LoadFromEnumerable(rows.Select(r => new TextRow { Text = r.Text })));
        return scored.GetColumn<string>("PredictedLabel").Zip(rows).Average(p => p.First == p.Second.Label ? 1.0 : 0.0);
    }

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }

    private sealed class Message
    {
        public string Body { get; set; } = "";

        public string Kind { get; set; } = "";
    }

    private sealed class Counted
    {
        public string Text { get; set; } = "";

        public float Label { get; set; }
    }
}
