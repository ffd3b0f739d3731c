namespace MLTransfer.Cli.Tests;

public sealed class TrainRefusalTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("train-refusals").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("label\tmessage\na\tx\n", "no column 'text'", "'label', 'message'", "--text-column")]
    [TestCase("text\tkind\nx\ta\n", "no column 'label'", "'text', 'kind'", "--label-column")]
    [TestCase("Text\tTEXT\tlabel\n", "several columns 'text'", "'Text', 'TEXT'")]
    [TestCase("label\ttext\na\tx\nb\ty\tz\n", "line 3", "3 fields", "the header has 2")]
    [TestCase("label\ttext\na\tx\n\nb\n", "line 4", "1 fields")]
    [TestCase("label\ttext\na\tx\na\ty\n", "All 2 rows", "label 'a'", "two classes")]
    [TestCase("label\ttext\na\t \n", "no row that can be used", "line 2: 'text' is empty")]
    [TestCase("label\ttext\n", "no row that can be used")]
    [TestCase("", "is empty")]
    [TestCase("label\ttext\na\tx\nb\ty\n", "--hold-out 0.2 leaves no row", "--hold-out 0")]
    public void Train_FileThatCannotBeTrainedOn_IsOneLine(string content, params string[] words) => Refused(Write("data.tsv", content), words);

    [TestCase("label,text\na,\"x\nb,y\n", "line 2", "never closed")]
    [TestCase("label,text\na,x\nb,\"y\"z\n", "line 3", "closing quote")]
    public void Train_QuotesThatAreWrong_AreOneLine(string content, params string[] words) => Refused(Write("data.csv", content), words);

    [Test]
    public void Train_BytesThatAreNoText_NameTheLine()
    {
        string path = Path.Combine(_folder, "data.tsv");
        File.WriteAllBytes(path, [.. "label\ttext\na\tgut\nb\tsch"u8, 0xF6, .. "n\n"u8]);
        Refused(path, "line 3:", "'text' is not UTF-8");
    }

    [Test]
    public void Train_NoDataOfAKnownKind_SaysWhatToGive()
    {
        Refused(Path.Combine(_folder, "none.tsv"), "neither a folder nor a file");
        Refused(Write("data.json", "{}"), ".tsv", ".csv", "folder");
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "classes")).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "a"));
        Refused(folder, "1 subfolders");
        Directory.CreateDirectory(Path.Combine(folder, "b"));
        Refused(folder, "neither texts (.txt) nor pictures");
        File.WriteAllText(Path.Combine(folder, "a", "1.txt"), "x");
        Refused(folder, "All 1 rows", "'a'");
        File.WriteAllText(Path.Combine(folder, "b", "1.png"), "x");
        Refused(folder, "1 texts (.txt) and 1 pictures");
    }

    [TestCase("--epochs", "0")]
    [TestCase("--epochs", "many")]
    [TestCase("--batch-size", "0")]
    [TestCase("--learning-rate", "0")]
    [TestCase("--learning-rate", "1,5")]
    [TestCase("--hold-out", "1")]
    [TestCase("--hold-out", "-0.1")]
    [TestCase("--hold-out", "none")]
    [TestCase("--seed", "x")]
    [TestCase("--head", "forest")]
    [TestCase("--preprocessing", "none")]
    [TestCase("--fine-tune", "last:0")]
    [TestCase("--fine-tune", "last:-1")]
    [TestCase("--fine-tune", "behind:")]
    [TestCase("--fine-tune", "some")]
    public void Train_OptionThatIsWrong_IsNamed(string option, string value)
    {
        string[] head = option is "--epochs" or "--batch-size" or "--learning-rate" ? ["--head", "mlp"] : [];
        var run = Run.Of(["train", "data.tsv", "model.zip", option, value, .. head]);
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(option is "--head" or "--preprocessing" ? "Must be one of" : option).And.Contain("mltransfer train --help"));
    }

    [TestCase("--epochs", "3")]
    [TestCase("--batch-size", "3")]
    [TestCase("--learning-rate", "0.1")]
    [TestCase("--checkpoint", "run.state")]
    public void Train_OptionOfStepsWithoutSteps_SaysWhereItBelongs(string option, string value)
    {
        var run = Run.Of("train", "data.tsv", "model.zip", option, value);
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain($"{option} belongs to --fine-tune or --head mlp"));
    }

    [Test]
    public void Train_Int8ToFloatWithoutFineTuning_SaysWhereItBelongs() =>
        Assert.That(Run.Of("train", "data.tsv", "model.zip", "--int8-to-float").Error, Does.Contain("--int8-to-float belongs to --fine-tune"));

    [Test]
    public void Train_DefaultBackboneFineTuned_SaysThatThereIsNothingToTrain()
    {
        string data = TextFiles.WriteTsv(_folder, 6);
        Refused(data, ["--fine-tune", "last:1"], "--fine-tune", "leaves nothing", "default-text", "mltransfer inspect");
    }

    [Test]
    public void Train_BackboneThatDoesNotFit_SaysWhy()
    {
        string data = TextFiles.WriteTsv(_folder, 6);
        string graph = PhotoFolder.WriteGraph(_folder);
        string photos = PhotoFolder.Write(_folder, ("red", 200, 2), ("blue", 40, 2));
        Refused(data, ["--backbone", graph], "reads tensor", "tokenizer");
        Refused(data, ["--preprocessing", "clip"], "the data are texts");
        Refused(photos, [], "pictures", "--backbone");
        Refused(photos, ["--backbone", "default"], "pictures", "--backbone");
        Refused(photos, ["--backbone", graph], "--preprocessing");
        Refused(data, ["--backbone", TextFiles.WriteBert(_folder), "--feature", "nothing"], "'nothing'", "'last_hidden_state'");
        Refused(data, ["--backbone", Path.Combine(_folder, "bert"), "--feature", "last_hidden_state", "--fine-tune", "behind:nothing"], "no value 'nothing'", "blocks end at");
        Refused(data, ["--backbone", "no-such-backbone"], "no-such-backbone");
    }

    [Test]
    public void Train_FilesThatCannotBeWrittenOrAreOne_AreRefusedBeforeTheWork()
    {
        string data = TextFiles.WriteTsv(_folder, 6);
        string there = Path.Combine(_folder, "model.zip");
        Assert.That(Error("train", data, Path.Combine(_folder, "none", "model.zip")), Does.Contain("'model'").And.Contain("no folder"));
        Assert.That(Error("train", data, there, "--head", "mlp", "--checkpoint", Path.Combine(_folder, "none", "run.state")), Does.Contain("--checkpoint"));
        Assert.That(Error("train", data, there, "--export", Path.Combine(_folder, "none", "model.onnx")), Does.Contain("--export"));
        Assert.That(Error("train", data, there, "--export", Path.Combine(_folder, "none", "exported")), Does.Contain("--export").And.Contain("no folder"));
        Assert.That(Error("train", data, there, "--export", data), Does.Contain("--export").And.Contain("which is a file"));
        Assert.That(Error("train", data, data), Does.Contain("name the same file"));
        Assert.That(Error("train", data, there, "--head", "mlp", "--checkpoint", there), Does.Contain("name the same file"));
        Assert.That(File.ReadAllText(data), Does.StartWith("label\ttext"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1), "nothing was written");
    }

    private static string Error(params string[] args)
    {
        var run = Run.Of(args);
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Output, Is.Empty);
        return run.Error;
    }

    private void Refused(string data, params string[] words) => Refused(data, [], words);

    private void Refused(string data, string[] options, params string[] words)
    {
        var run = Run.Of(["train", data, Path.Combine(_folder, "model.zip"), .. options]);
        Assert.That(run.Code, Is.EqualTo(2), run.Output);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        foreach (string word in words)
            Assert.That(run.Error, Does.Contain(word));
        Assert.That(File.Exists(Path.Combine(_folder, "model.zip")), Is.False);
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
