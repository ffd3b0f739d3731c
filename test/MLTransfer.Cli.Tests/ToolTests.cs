using System.Diagnostics;

namespace MLTransfer.Cli.Tests;

public sealed class ToolTests
{
    [Test]
    public void Help_Root_ListsCommandsAndExamples()
    {
        var run = Run.Of("--help");

        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("demo").And.Contain("train").And.Contain("evaluate").And.Contain("distill").And.Contain("inspect").And.Contain("doctor").And.Contain("Examples:").And.Contain("mltransfer [command]"));
    }

    [TestCase("demo", "--seeds")]
    [TestCase("train", "--fine-tune")]
    [TestCase("evaluate", "--report-json")]
    [TestCase("distill", "--teacher-model")]
    [TestCase("get", "--revision")]
    [TestCase("inspect", "--variant")]
    [TestCase("export", "--sequence-length")]
    [TestCase("doctor", "--json")]
    public void Help_Command_ListsOptionsAndExamples(string command, string option)
    {
        var run = Run.Of(command, "--help");

        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain(option).And.Contain("Examples:").And.Contain($"mltransfer {command}"));
    }

    [TestCase("unknown")]
    [TestCase("get")]
    [TestCase("inspect")]
    [TestCase("train", "data.tsv")]
    [TestCase("distill", "texts.txt", "--teacher", "default")]
    [TestCase("export", "model.zip")]
    [TestCase("export", "model.zip", "model.onnx", "--sequence-length", "0")]
    [TestCase("demo", "--seeds", "0")]
    [TestCase("demo", "--seeds", "many")]
    [TestCase("doctor", "--colour")]
    public void Run_ArgumentsWrong_OneLineAndTwo(params string[] args)
    {
        var run = Run.Of(args);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("error: ").And.Contain("--help"));
    }

    [Test]
    public void Run_Fails_OneLineWithoutStack()
    {
        var run = Run.Of("inspect", "no-such-model");

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain("no-such-model").And.Contain("MLTRANSFER_MODELS"));
    }

    [Test]
    public void Run_FailsVerbosely_PrintsTheStack()
    {
        var run = Run.Of("inspect", "no-such-model", "--verbose");

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("   at MLTransfer."));
    }

    [Test]
    [Platform(Include = "Linux,MacOsX", Reason = "Sends a signal of Unix.")]
    public void Run_ToldToEnd_EndsInOrderAndMayBeTriedAgain()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Tool).Assembly.Location, "demo", "--seeds", "1000"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
        // The first line stands there when the work begins.
        Assert.That(process.StandardOutput.ReadLine(), Does.Contain("support tickets"));
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.That(process.ExitCode, Is.EqualTo(75));
        Assert.That(error, Does.StartWith("error: Cancelled"));
    }

    private static IEnumerable<TestCaseData> Failures()
    {
        yield return new TestCaseData(new ArgumentException("x"), 2);
        yield return new TestCaseData(new InvalidDataException("x"), 2);
        yield return new TestCaseData(new FileNotFoundException("x"), 2);
        yield return new TestCaseData(new DirectoryNotFoundException("x"), 2);
        yield return new TestCaseData(new PlatformNotSupportedException("x"), 2);
        yield return new TestCaseData(new EndOfStreamException("x"), 2);
        yield return new TestCaseData(new IOException("disk full"), 75);
        yield return new TestCaseData(new UnauthorizedAccessException("x"), 2);
        yield return new TestCaseData(new OperationCanceledException("x"), 75);
    }

    [TestCaseSource(nameof(Failures))]
    public void ExitCode_Failure_SaysWhetherToTryAgain(Exception e, int expected)
    {
        Assert.That(ExitCode.Of(e), Is.EqualTo(expected));
    }
}
