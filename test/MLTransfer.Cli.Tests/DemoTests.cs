using System.Text.Json;
using MLTransfer.Cli.Demo;

namespace MLTransfer.Cli.Tests;

public sealed class DemoTests
{
    [Test]
    public void Tickets_Labelled_AreFortyOfEachOfSixClasses()
    {
        List<Ticket> tickets = Tickets.Labelled();

        Assert.That(tickets.GroupBy(t => t.Label).Select(g => g.Count()), Is.EqualTo(Enumerable.Repeat(40, 6)));
    }

    [Test]
    public void Tickets_Texts_AreShortAndNoTwoAlike()
    {
        List<Ticket> tickets = [.. Tickets.Labelled(), .. Tickets.New()];

        foreach (Ticket ticket in tickets)
            Assert.That(ticket.Text.Split(' '), Has.Length.InRange(4, 30), ticket.Text);
        HashSet<string>[] words = [.. tickets.Select(t => t.Text.ToLowerInvariant().Split(' ').ToHashSet())];
        for (int i = 0; i < words.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double shared = (double)words[i].Intersect(words[j]).Count() / words[i].Union(words[j]).Count();
                Assert.That(shared, Is.LessThan(0.5), $"{tickets[i].Text} / {tickets[j].Text}");
            }
        }
    }

    [Test]
    public void Demo_OutputInNoFolder_IsRefusedBeforeTheWork()
    {
        var run = Run.Of("demo", "--output", Path.Combine("no-such-folder", "model.zip"));

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Error, Does.Contain("--output").And.Contain("no-such-folder"));
    }

    [Test]
    public void Demo_OutputIsAFolder_IsRefused()
    {
        var run = Run.Of("demo", "--output", Path.GetTempPath());

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--output").And.Contain("is a folder"));
    }

    [Test]
    public void Demo_Json_IsOneObject()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("demo").FullName, "tickets.zip");
        try
        {
            var run = Run.Of("demo", "--seeds", "2", "--output", path, "--json");

            Assert.That(run.Code, Is.Zero, run.Error);
            JsonElement report = JsonDocument.Parse(run.Output).RootElement;
            Assert.That(report.GetProperty("verdict").GetString(), Is.EqualTo("helped"));
            JsonElement[] rows = [.. report.GetProperty("comparison").EnumerateArray()];
            Assert.That(rows.Select(r => r.GetProperty("labelsPerClass").GetInt32()), Is.EqualTo(new[] { 4, 8, 16 }));
            Assert.That(rows.Select(r => r.GetProperty("seedCount").GetInt32()), Has.All.EqualTo(2));
            JsonElement last = rows[^1];
            Assert.That(last.GetProperty("with").GetProperty("accuracy").GetProperty("median").GetDouble(), Is.GreaterThan(last.GetProperty("without").GetProperty("accuracy").GetProperty("median").GetDouble()));
            Assert.That(report.GetProperty("model").GetProperty("byteCount").GetInt64(), Is.EqualTo(new FileInfo(path).Length));
            JsonElement[] scored = [.. report.GetProperty("scored").EnumerateArray()];
            Assert.That(scored.Select(s => s.GetProperty("input").GetString()), Is.EqualTo(Tickets.New().Select(t => t.Text)));
            Assert.That(scored.Select(s => s.GetProperty("probability").GetDouble()), Has.All.InRange(1.0 / 6, 1));
            // How far the work is goes where messages go, with the rate and the time left.
            Assert.That(run.Error, Does.Match(@"6 of 6 runs, \d+\.\d+ runs/s, about 0:00:00 left"));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Test]
    public void Demo_Default_HelpsSavesAndScores()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("demo").FullName, "tickets.zip");
        try
        {
            var run = Run.Of("demo", "--seeds", "3", "--output", path);

            Assert.That(run.Code, Is.Zero, run.Error);
            Assert.That(run.Output, Does.Contain("Transfer helped: accuracy ").And.Contain("9 of 9").And.Contain("The vase did not survive the journey."));
            Assert.That(File.Exists(path));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
