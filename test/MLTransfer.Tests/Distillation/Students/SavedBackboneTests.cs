using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation.Students;

/// <summary>A backbone as a folder.</summary>
internal sealed class SavedBackboneTests
{
    private static readonly string[] Texts = ["anna pays the bank", "the bank pays clara again"];

    private string _folder = "";

    private string Target => Path.Combine(_folder, "student");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-saved-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    private static Backbone Student(int seed = 0) =>
        StudentBackbones.TransformerText(StudentRows.Ordered(50).Select(r => r.Text), new TransformerTextOptions { Dimension = 16, FeedForwardDimension = 16, VocabularySize = 200, Seed = seed });

    [Test]
    public void Save_ThenOpen_GivesTheSameFeatures()
    {
        Backbone student = Student();
        student.Save(Target);
        Backbone opened = Backbone.Open(Target);
        Assert.That(StudentRows.Features(opened, Texts), Is.EqualTo(StudentRows.Features(student, Texts)));
        Assert.That((opened.Sha256, opened.Name, opened.Card.MaximumLength), Is.EqualTo((student.Sha256, student.Name, student.Card.MaximumLength)));
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(new[] { Target }), "nothing is left beside it");
        Assert.That(Directory.GetFiles(Target).Select(Path.GetFileName), Is.EquivalentTo(new[] { "mltransfer.json", "model.onnx", "vocab.txt", "tokenizer_config.json" }));
    }

    [Test]
    public void Save_PicturesAndVectors_OpenAsTheyWere()
    {
        StudentBackbones.ConvolutionImage(new ConvolutionImageOptions { ImageSize = 32 }).Save(Target);
        Assert.That(Backbone.Open(Target).Card.Image, Is.EqualTo(StudentBackbones.ConvolutionImage(new ConvolutionImageOptions { ImageSize = 32 }).Card.Image));
        StudentBackbones.PerceptronTensor(3).Save(Target);
        Assert.That(Backbone.Open(Target).Card.Modality, Is.EqualTo(BackboneModality.Tensor));
    }

    [Test]
    public void Save_OfAHuggingFaceFolder_IsAFolderOfItsOwn()
    {
        string original = Path.Combine(_folder, "original");
        TinyBackbones.WriteTextFolder(original);
        Backbone opened = Backbone.Open(original, new BackboneOptions { Pooling = Pooling.Max, Normalize = true, MaximumLength = 9 });
        opened.Save(Target);
        Directory.Delete(original, recursive: true);
        Backbone again = Backbone.Open(Target);
        Assert.That((again.Card.Pooling, again.Card.Normalize, again.Card.MaximumLength, again.Sha256), Is.EqualTo((Pooling.Max, true, 9, opened.Sha256)));
        Assert.That(StudentRows.Features(again, "my card"), Has.Length.EqualTo(1));
    }

    [Test]
    public void Save_OverAnEarlierOne_ReplacesIt()
    {
        Student().Save(Target);
        Student(seed: 1).Save(Target);
        Assert.That(Backbone.Open(Target).Sha256, Is.EqualTo(Student(seed: 1).Sha256));
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(new[] { Target }));
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        Student().Save(Path.Combine(_folder, "empty") + Path.DirectorySeparatorChar);
        Assert.That(Backbone.Open(Path.Combine(_folder, "empty")).Sha256, Is.EqualTo(Student().Sha256));
    }

    [Test]
    public void Save_OverOtherFiles_IsRefused_AndLeavesThem()
    {
        Directory.CreateDirectory(Target);
        string other = Path.Combine(Target, "thesis.txt");
        File.WriteAllText(other, "years");
        Assert.That(() => Student().Save(Target), Throws.TypeOf<IOException>().With.Message.Contains("thesis.txt"));
        Assert.That(File.ReadAllText(other), Is.EqualTo("years"));
        // Also beside a backbone.
        File.WriteAllText(Path.Combine(Target, BackboneCard.FileName), "{}");
        Assert.That(() => Student().Save(Target), Throws.TypeOf<IOException>().With.Message.Contains("thesis.txt"));
    }

    [Test]
    public void Save_WhereItCannotBe_SaysWhy()
    {
        File.WriteAllText(Target, "a file");
        Assert.That(() => Student().Save(Target), Throws.TypeOf<IOException>().With.Message.Contains("is a file"));
        Assert.That(() => Student().Save(Path.Combine(_folder, "no", "where")), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains($"'{Path.Combine(_folder, "no")}'"));
        string own = Path.Combine(_folder, "own");
        Student().Save(own);
        Assert.That(() => Backbone.Open(own).Save(own), Throws.TypeOf<IOException>().With.Message.Contains("opened from"));
        Assert.That(() => Student().Save(" "), Throws.ArgumentException);
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EquivalentTo(new[] { Target, own }), "nothing is left beside them");
    }
}
