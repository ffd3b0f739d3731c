using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MLTransfer.Tests.Persistence;

/// <summary>
/// A model is loaded where nobody named our types: by a plain <c>mlContext.Model.Load</c>, and through <c>UseMLTransfer</c> where the model names no
/// assembly.
/// </summary>
public class LoadInAnotherProcessTests
{
    private static readonly string[] Scores = ["3", "7.5"];
    private string _folder = "";
    private string _rows = "";

    [OneTimeSetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, $"models-{Guid.NewGuid():N}")).FullName;
        _rows = Write("rows.tsv", "1\n2.5\n"u8.ToArray());
    }

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Probe_Compiled_DoesNotReferenceMLTransfer()
    {
        // What a program does not name, its compiler does not reference: this is what the other tests here rest on.
        using PEReader program = new(File.OpenRead(LoadProbe.Program));
        MetadataReader metadata = program.GetMetadataReader();
        IEnumerable<string> references = metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name));
        Assert.That(references, Has.None.StartsWith("MLTransfer").And.Some.EqualTo("Microsoft.ML.Data"));
    }

    [Test]
    public async Task Load_Plain_ScoresAndLeavesNothingBehind()
    {
        string model = Write("plain.zip", SavedModel.Save(new FakeStep(3, paddingLength: 200_000)));
        LoadProbe.Result result = await LoadProbe.RunAsync(knowsTestSteps: true, model, _rows, FakeStep.OutputColumn);
        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.Lines, Is.EqualTo(Scores));
        Assert.That(result.LeftBehind, Is.Empty);
    }

    [Test]
    public async Task Load_ProcessWithoutTheTestStep_ReachesOurLoaderAllTheSame()
    {
        // The message is our loader's: ML.NET found it with no help from any code that knows us.
        string model = Write("unknown.zip", SavedModel.EditManifest(SavedModel.Save(new FakeStep(3)), "MLTransfer.Tests", "MLTransfer"));
        LoadProbe.Result result = await LoadProbe.RunAsync(knowsTestSteps: false, model, _rows, FakeStep.OutputColumn);
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Errors, Does.StartWith("System.NotSupportedException").And.Contain("kind 'FakeStep'").And.Contain("Update MLTransfer"));
        Assert.That(result.LeftBehind, Is.Empty, "a load that fails");
    }

    [Test]
    public async Task Load_KindOfAnAssemblyThatIsAbsent_NamesThePackage()
    {
        // Here, because the tests reference MLTransfer.Images and the probe does not.
        string model = Write("absent.zip", SavedModel.EditManifest(SavedModel.Save(new FakeStep(3, kind: "EmbedImage")), "MLTransfer.Tests", "MLTransfer.Images"));
        LoadProbe.Result result = await LoadProbe.RunAsync(knowsTestSteps: false, model, _rows, FakeStep.OutputColumn);
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Errors, Does.StartWith("System.NotSupportedException").And.Contain("EmbedImage").And.Contain("Add a reference to the package MLTransfer.Images"));
    }

    [Test]
    public async Task Load_ModelThatNamesNoAssembly_NeedsUseMLTransfer()
    {
        string model = Write("nameless.zip", SavedModel.WithoutLoaderAssembly(SavedModel.Save(new FakeStep(3))));
        LoadProbe.Result plain = await LoadProbe.RunAsync(knowsTestSteps: true, model, _rows, FakeStep.OutputColumn);
        Assert.That(plain.ExitCode, Is.EqualTo(1));
        LoadProbe.Result registered = await LoadProbe.RunAsync(knowsTestSteps: true, model, _rows, FakeStep.OutputColumn, "register");
        Assert.That(registered.Errors, Is.Empty);
        Assert.That(registered.Lines, Is.EqualTo(Scores));
        Assert.That(registered.LeftBehind, Is.Empty);
    }

    [Test]
    public async Task Load_ThroughUseMLTransferAndByName_AgreeOnAnOrdinaryModel()
    {
        string model = Write("ordinary.zip", SavedModel.Save(new FakeStep(3)));
        LoadProbe.Result registered = await LoadProbe.RunAsync(knowsTestSteps: true, model, _rows, FakeStep.OutputColumn, "register");
        Assert.That(registered.Errors, Is.Empty);
        Assert.That(registered.Lines, Is.EqualTo(Scores));
    }

    [Test]
    public async Task SaveAgain_InAnotherProcess_GivesTheSameBytesAndLeavesNothingBehind()
    {
        byte[] saved = SavedModel.Save(new FakeStep(3, paddingLength: 200_000));
        string again = Path.Combine(_folder, "again.zip");
        string first = Write("first.zip", saved);
        LoadProbe.Result result = await LoadProbe.RunAsync(knowsTestSteps: true, first, _rows, FakeStep.OutputColumn, $"save={again}");
        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.LeftBehind, Is.Empty);
        Assert.That(SavedModel.Entries(await File.ReadAllBytesAsync(again)), Is.EqualTo(SavedModel.Entries(saved)));
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
