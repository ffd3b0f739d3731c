using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Teaching;

namespace MLTransfer.Cli.Tests;

public sealed class DistillRefusalTests
{
    private string _folder = "";

    private string Student => Path.Combine(_folder, "student");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("distill-refusals").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("There is no teacher", "--teacher-model")]
    [TestCase("both given", "--teacher", "a", "--teacher-model", "b.zip")]
    [TestCase("--student ngrams is no backbone", "--teacher", "a", "--student", "ngrams")]
    [TestCase("--temperature belongs to --teacher-model", "--teacher", "a", "--temperature", "2")]
    [TestCase("--hard-weight belongs to --teacher-model", "--teacher", "a", "--hard-weight", "2")]
    [TestCase("--label-column belongs to --teacher-model", "--teacher", "a", "--label-column", "kind")]
    [TestCase("--head belongs to --teacher-model", "--teacher", "a", "--head", "mlp")]
    [TestCase("--losses belongs to --teacher:", "--teacher-model", "a", "--losses", "cosine")]
    [TestCase("--early-stop belongs to --teacher:", "--teacher-model", "a", "--early-stop", "2")]
    [TestCase("--int8 belongs to --teacher:", "--teacher-model", "a", "--int8")]
    [TestCase("--note belongs to --teacher:", "--teacher-model", "a", "--note", "a=b")]
    [TestCase("--start-from-teacher belongs to --teacher:", "--teacher-model", "a", "--start-from-teacher")]
    [TestCase("--dimension belongs to --student static or transformer", "--teacher", "a", "--student", "default", "--dimension", "8")]
    [TestCase("--layers belongs to --student transformer", "--teacher", "a", "--layers", "2")]
    [TestCase("--fine-tune belongs to a --student that is a backbone", "--teacher", "a", "--fine-tune", "all")]
    [TestCase("--hold-out is 0", "--teacher", "a", "--early-stop", "2", "--hold-out", "0")]
    [TestCase("--losses 'cosine,cosine': 'cosine' stands there twice", "--teacher", "a", "--losses", "cosine,cosine")]
    [TestCase("'mse' is none of the losses", "--teacher", "a", "--losses", "mse:1")]
    [TestCase("too many numbers", "--teacher", "a", "--losses", "cosine:1:2")]
    [TestCase("no number above 0", "--teacher", "a", "--losses", "cosine:0")]
    [TestCase("no number above 0", "--teacher", "a", "--losses", "similarity:1:x")]
    [TestCase("--temperature is a number above 0", "--teacher-model", "a", "--temperature", "0")]
    [TestCase("--soft-weight is a number above 0", "--teacher-model", "a", "--soft-weight", "0")]
    [TestCase("--hold-out is a number from 0 to 0.9", "--teacher", "a", "--hold-out", "1")]
    [TestCase("--epochs is at least 1", "--teacher", "a", "--epochs", "0")]
    [TestCase("--note 'a' is not KEY=VALUE", "--teacher", "a", "--note", "a")]
    [TestCase("no plan", "--teacher", "a", "--student", "default", "--fine-tune", "some")]
    public void Distill_OptionsThatDoNotFit_SayWhereTheyBelong(string words, params string[] options)
    {
        var run = Run.Of(["distill", "texts.txt", "--output", "student", .. words == "There is no teacher" ? [] : options]);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(words).And.Contain("mltransfer distill --help"));
    }

    [Test]
    public void Distill_TextsThatAreNone_SayWhatToGive()
    {
        Refused(Path.Combine(_folder, "none.txt"), "neither a folder nor a file");
        Refused(Write("a.json", "{}"), ".txt", ".tsv");
        Refused(Write("empty.txt", "\n \n"), "no text");
        Refused(Write("b.tsv", "label\tbody\n1\tx\n"), "no column 'text'", "--text-column");
        Refused(Write("c.tsv", "label\ttext\n1\n"), "c.tsv', line 2", "1 fields");
        Refused(Directory.CreateDirectory(Path.Combine(_folder, "texts")).FullName, "holds no text");
        string latin = Path.Combine(_folder, "latin.txt");
        File.WriteAllBytes(latin, [.. "gut\nsch"u8, 0xF6, .. "n\n"u8]);
        Refused(latin, "latin.txt': line 2 is not UTF-8");
    }

    [Test]
    public void Distill_PlacesThatCannotBeWritten_AreRefusedBeforeTheWork()
    {
        string texts = Write("texts.txt", "my money\n");
        string full = Directory.CreateDirectory(Path.Combine(_folder, "full")).FullName;
        File.WriteAllText(Path.Combine(full, "precious.txt"), "kept");
        Assert.That(Error("distill", texts, "--teacher", "default", "--output", texts), Does.Contain("--output").And.Contain("which is a file"));
        Assert.That(Error("distill", texts, "--teacher", "default", "--output", Path.Combine(_folder, "none", "student")), Does.Contain("--output").And.Contain("no folder"));
        Assert.That(Error("distill", texts, "--teacher", "default", "--output", full), Does.Contain("precious.txt"));
        Assert.That(Error("distill", texts, "--teacher", "default", "--output", Student, "--cache", texts), Does.Contain("--cache").And.Contain("Give a folder."));
        Assert.That(Error("distill", texts, "--teacher", "default", "--output", Student, "--cache", Student), Does.Contain("--output and --cache name the same place"));
        Assert.That(Error("distill", texts, "--teacher", "default", "--output", Student, "--checkpoint", texts), Does.Contain("--checkpoint and the data name the same place"));
        Assert.That(Error("distill", texts, "--teacher-model", texts, "--output", texts), Does.Contain("name the same place"));
        Assert.That(File.ReadAllText(Path.Combine(full, "precious.txt")), Is.EqualTo("kept"));
    }

    [Test]
    public void Distill_StudentThatCannotBe_SaysWhy()
    {
        string texts = Write("texts.txt", "my money\nwhere is my parcel\n");
        Assert.That(Error("distill", texts, "--teacher", "default", "--output", Student, "--dimension", "512", "--start-from-teacher"), Does.Contain("--dimension is 512").And.Contain("256 numbers"));
        Assert.That(Error("distill", texts, "--teacher", "default", "--output", Student, "--student", "transformer", "--dimension", "10"), Does.Contain("4 heads (--heads)"));
        Assert.That(Error("distill", texts, "--teacher", PhotoFolder.WriteGraph(_folder), "--output", Student), Does.Contain("The data are texts"));
        Assert.That(Error("distill", texts, "--teacher", "no-such-backbone", "--output", Student), Does.Contain("no-such-backbone"));
        Assert.That(Directory.Exists(Student), Is.False);
    }

    [TestCase(0, 100, "teacher: 100 of 1,000 rows, 100 from the cache")]
    [TestCase(400, 100, "teacher: 500 of 1,000 rows, 100 from the cache, 40 rows/s, 0:00:12 left")]
    public void Describe_TeachersProgress_CountsTheCacheForNoSpeed(long run, long cached, string expected) =>
        Assert.That(TeacherBar.Describe(new DistillationProgress(run + cached, run, cached, 1000), TimeSpan.FromSeconds(10)), Is.EqualTo(expected));

    [Test]
    public void TryParse_NamesAlone_HaveTheWeightsOfTheirPapers() =>
        Assert.That(LossSpec.TryParse("cosine, similarity,hint,distance,angle", out _)!.Value.Select(l => $"{l}"), Is.EqualTo(new[]
        {
            "Cosine (weight 1)", "Similarity (T = 0.1, weight 1)", "Hint (weight 1)", "RelationalDistance (weight 25)", "RelationalAngle (weight 50)",
        }));

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static string Error(params string[] args)
    {
        var run = Run.Of(args);
        Assert.That(run.Code, Is.Not.Zero, run.Output);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1), run.Error);
        return run.Error;
    }

    private void Refused(string data, params string[] words)
    {
        var run = Run.Of("distill", data, "--teacher", "default", "--output", Student);
        Assert.That(run.Code, Is.EqualTo(2), run.Output);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        foreach (string word in words)
            Assert.That(run.Error, Does.Contain(word));
        Assert.That(Directory.Exists(Student), Is.False);
    }
}
