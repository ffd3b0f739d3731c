using System.Text.Json;
using MLTransfer.Cli.Diagnosis;

namespace MLTransfer.Cli.Tests;

public sealed class DoctorTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("doctor").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Doctor_Json_SaysThatTheProcessorAndTheProductWork()
    {
        var run = Run.Of("doctor", "--json");

        Assert.That(run.Code, Is.Zero);
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        Assert.That(report.GetProperty("runtime").GetProperty("version").GetString(), Does.Match(@"^\d+\.\d+\.\d+"));
        Assert.That(report.GetProperty("coreCount").GetInt32(), Is.Positive);
        JsonElement cpu = report.GetProperty("targets").EnumerateArray().First(t => t.GetProperty("target").GetString() == "cpu");
        Assert.That(cpu.GetProperty("works").GetBoolean());
        JsonElement product = report.GetProperty("product");
        Assert.That(product.GetProperty("works").GetBoolean());
        Assert.That(product.GetProperty("cosine").GetDouble(), Is.EqualTo(product.GetProperty("expectedCosine").GetDouble()).Within(1e-3));
        Assert.That(report.GetProperty("temporaryFolder").GetProperty("isWritable").GetBoolean());
        Assert.That(report.GetProperty("temporaryFolder").GetProperty("freeBytes").GetInt64(), Is.Positive);
    }

    [Test]
    public void Doctor_Piped_IsPlainText()
    {
        var run = Run.Of("doctor");

        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("ONNX Runtime ").And.Contain("CPUExecutionProvider").And.Contain("Target cpu").And.Contain("Temporary files"));
        // By characters: a comparison of the culture takes the escape character for nothing.
        Assert.That(run.Output, Has.None.EqualTo('\u001b'));
    }

    [Test]
    public void Doctor_RequiredTargetThatIsNotThere_TellsEverythingAndFails()
    {
        var run = Run.Of("doctor", "--require", "cpu", "--require", "coreml");
        if (OperatingSystem.IsMacOS())
            Assert.Ignore("CoreML is there.");

        Assert.That(run.Code, Is.EqualTo(75));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain("CoreMLExecutionProvider"));
        Assert.That(run.Output, Does.Match("Target coreml +does not work: ").And.Match("Target cpu +works").And.Match("Product +works"));
    }

    [Test]
    public void FolderCheck_Written_TellsWhetherFilesCanBeMade()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        FolderReport there = FolderCheck.Written(_folder);
        FolderReport later = FolderCheck.Written(Path.Combine(_folder, "a", "b"));
        FolderReport never = FolderCheck.Written(Path.Combine(file, "a"));

        Assert.That((there.Exists, there.IsWritable, there.Problem), Is.EqualTo((true, (bool?)true, (string?)null)));
        Assert.That((later.Exists, later.IsWritable, later.Problem), Is.EqualTo((false, (bool?)true, (string?)null)));
        Assert.That((never.Exists, never.IsWritable), Is.EqualTo((false, (bool?)false)));
        Assert.That(never.Problem, Does.Contain(file).And.Contain("is a file"));
        Assert.That(Directory.GetFileSystemEntries(_folder), Has.Length.EqualTo(1), "nothing is left");
    }

    [Test]
    public void FolderCheck_Read_NamesFoldersThatAreNotThere()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "encoder", "onnx"));
        File.WriteAllText(Path.Combine(_folder, "encoder", "onnx", "model.onnx"), "");
        Directory.CreateDirectory(Path.Combine(_folder, "other"));

        Assert.That(FolderCheck.Read(_folder).Backbones, Is.EqualTo(new[] { "encoder" }));
        Assert.That(FolderCheck.Read(Path.Combine(_folder, "none")).Problem, Does.Contain("MLTRANSFER_MODELS"));
    }

    [Test]
    public void ContainerMemory_Version2_IsTheLeastOnTheWayUp()
    {
        Write("root/memory.max", "max");
        Write("root/job/memory.max", "2000000000");
        Write("root/job/step/memory.max", "max");
        Write("root/job/step/task/memory.max", "3000000000");

        Assert.That(ContainerMemory.Limit(Write("self", "0::/job/step/task"), Path.Combine(_folder, "root")), Is.EqualTo(2_000_000_000));
        Assert.That(ContainerMemory.Limit(Write("self", "0::/"), Path.Combine(_folder, "root")), Is.Null);
    }

    [Test]
    public void ContainerMemory_Version1_KnowsTheWordForNone()
    {
        Write("root/memory/memory.limit_in_bytes", "9223372036854771712");
        Write("root/memory/docker/abc/memory.limit_in_bytes", "512000000");

        Assert.That(ContainerMemory.Limit(Write("self", "5:cpu,cpuacct:/\n4:memory:/docker/abc\n0::/"), Path.Combine(_folder, "root")), Is.EqualTo(512_000_000));
        Assert.That(ContainerMemory.Limit(Write("self", "4:memory:/"), Path.Combine(_folder, "root")), Is.Null);
        Assert.That(ContainerMemory.Limit(Path.Combine(_folder, "none"), _folder), Is.Null);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
        return path;
    }
}
