using System.Text.Json;

namespace MLTransfer.Cli.Tests;

public sealed class DoctorTests
{
    [Test]
    public void Doctor_Json_SaysThatTheProcessorWorks()
    {
        var run = Run.Of("doctor", "--json");

        Assert.That(run.Code, Is.Zero);
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        Assert.That(report.GetProperty("runtime").GetProperty("version").GetString(), Does.Match(@"^\d+\.\d+\.\d+"));
        Assert.That(report.GetProperty("coreCount").GetInt32(), Is.Positive);
        JsonElement cpu = report.GetProperty("targets").EnumerateArray().First(t => t.GetProperty("target").GetString() == "cpu");
        Assert.That(cpu.GetProperty("works").GetBoolean());
    }

    [Test]
    public void Doctor_Piped_IsPlainText()
    {
        var run = Run.Of("doctor");

        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("ONNX Runtime  ").And.Contain("CPUExecutionProvider").And.Contain("Target cpu"));
        // By characters: a comparison of the culture takes the escape character for nothing.
        Assert.That(run.Output, Has.None.EqualTo('\u001b'));
    }
}
