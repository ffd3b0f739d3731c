using System.CommandLine;
using System.Diagnostics;
using MLTransfer.Cli.Diagnosis;

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

    [Test]
    public void Help_Root_SaysWhatExitCodesMean() => Assert.That(Run.Of("--help").Output, Does.Contain("Exit codes: 0 done; 2 bad input").And.Contain("75 try again"));

    private static IEnumerable<string> CommandNames() => Tool.Build().Subcommands.Select(c => c.Name);

    [TestCaseSource(nameof(CommandNames))]
    public void Help_EveryCommand_HasADescriptionExamplesAndJson(string name)
    {
        Command command = Tool.Build().Subcommands.Single(c => c.Name == name);
        string help = Run.Of(name, "--help").Output;
        string[] examples = [.. help.Split("Examples:\n") is [_, string text] ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : []];

        Assert.That(command.Description, Does.EndWith("."));
        Assert.That(examples, Is.Not.Empty.And.All.StartsWith($"mltransfer {name}"));
        Assert.That(command.Options.Select(o => o.Name), Has.Member("--json"));
        foreach (Option option in command.Options)
            Assert.That(option.Description, Does.EndWith("."), option.Name);
        foreach (Argument argument in command.Arguments)
            Assert.That(argument.Description, Does.EndWith("."), argument.Name);
        // What is shown can be typed.
        foreach (string example in examples)
            Assert.That(Tool.Build().Parse(example["mltransfer ".Length..]).Errors.Select(e => e.Message), Is.Empty, example);
    }

    [Test]
    public void Run_OptionThatChecksItselfByThrowing_IsStillOneLine()
    {
        // The value of --require is read while the command line is parsed.
        var run = Run.Of("doctor", "--require", "cuda:minus");

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain("'cuda:minus' is no compute target"));
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

    [TestCase("-TERM")]
    [TestCase("-INT")]
    [Platform(Include = "Linux,MacOsX", Reason = "Sends a signal of Unix.")]
    public void Run_ToldToEnd_EndsInOrderAndMayBeTriedAgain(string signal)
    {
        Signals.Require(signal);
        string model = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Tool).Assembly.Location, "demo", "--seeds", "1000", "--output", model])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
        // The first line stands there when the work begins.
        Assert.That(process.StandardOutput.ReadLine(), Does.Contain("support tickets"));
        using (var kill = Process.Start("kill", [signal, $"{process.Id}"]))
            kill.WaitForExit();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.That(process.ExitCode, Is.EqualTo(75));
        Assert.That(error, Does.StartWith("error: Cancelled"));
        Assert.That(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1));
        Assert.That(File.Exists(model), Is.False);
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
        yield return new TestCaseData(new MachineUnfitException("x"), 75);
    }

    [TestCaseSource(nameof(Failures))]
    public void ExitCode_Failure_SaysWhetherToTryAgain(Exception e, int expected)
    {
        Assert.That(ExitCode.Of(e), Is.EqualTo(expected));
    }
}
