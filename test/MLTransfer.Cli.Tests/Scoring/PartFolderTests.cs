using System.Text.Json;
using MLTransfer.Cli.Scoring;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Scoring;

[TestFixture]
public sealed class PartFolderTests
{
    private const int Shards = 4;

    private string _folder = "";

    [SetUp]
    public void WriteParts()
    {
        _folder = Directory.CreateTempSubdirectory("parts").FullName;
        for (int i = 0; i < Shards; i++)
            Write(i);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Verify_AllParts_IsWhole()
    {
        FolderReport report = Verify();
        Assert.That((report.IsWhole, report.PartCount, report.RowCount, report.ErrorCount), Is.EqualTo((true, Shards, 10L, 1L)));
    }

    [Test]
    public void Verify_PartMissing_NamesItsShard()
    {
        File.Delete(Paths(2).Manifest);
        Assert.That(Verify().Missing, Is.EqualTo(new[] { 2 }));
        Refused(75, "1 of 4 shards", "2");
    }

    [Test]
    public void Verify_PartOfAnotherModel_IsMixed()
    {
        Write(1, Job() with { Model = "other" });
        Refused(2, "part-00001-of-00004.json", "the model", "other there");
    }

    [Test]
    public void Verify_PartOfAnotherInput_IsMixed()
    {
        Write(3, Job() with { Input = "other" });
        Refused(2, "part-00003-of-00004.json", "the input");
    }

    [Test]
    public void Verify_ShardOfAnotherDivision_IsMixed()
    {
        Write(0, Job() with { ShardCount = 8 });
        Refused(2, "part-00000-of-00008.json", "number of shards");
    }

    [Test]
    public void Verify_ShardTwice_IsDoubled()
    {
        File.Copy(Paths(1).Manifest, Path.Combine(_folder, "part-00001-of-00004 (copy).json"));
        Refused(2, "shard 1 is there 2 times");
    }

    [Test]
    public void Verify_BytesChanged_IsDamaged()
    {
        byte[] bytes = File.ReadAllBytes(Paths(1).Output);
        bytes[^2] ^= 1;
        File.WriteAllBytes(Paths(1).Output, bytes);
        Refused(2, "part-00001-of-00004.csv", "other bytes", "--restart");
    }

    [Test]
    public void Verify_PartCut_SaysHowLong()
    {
        using (FileStream file = File.OpenWrite(Paths(1).Output))
            file.SetLength(file.Length - 1);
        Refused(2, "part-00001-of-00004.csv", "its manifest says");
    }

    [Test]
    public void Verify_FileGone_SaysSo()
    {
        File.Delete(Paths(1).Output);
        Refused(2, "part-00001-of-00004.csv", "is not there");
    }

    [Test]
    public void Verify_ErrorsFileGone_SaysSo()
    {
        File.Delete(Paths(0).Errors);
        Refused(2, "errors-00000-of-00004.jsonl", "is not there");
    }

    [Test]
    public void Verify_ManifestDamaged_NamesIt()
    {
        File.WriteAllText(Paths(1).Manifest, "{ \"version\": 1 }");
        Refused(2, "part-00001-of-00004.json", "manifest");
    }

    [Test]
    public void Verify_ManifestOfANewerVersion_SaysSo()
    {
        string json = File.ReadAllText(Paths(1).Manifest);
        File.WriteAllText(Paths(1).Manifest, json.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));
        Refused(2, "version 2");
    }

    [Test]
    public void Verify_ManifestThatNamesAFileElsewhere_IsRefused()
    {
        string json = File.ReadAllText(Paths(1).Manifest);
        File.WriteAllText(Paths(1).Manifest, json.Replace("part-00001-of-00004.csv", "../part-00001-of-00004.csv", StringComparison.Ordinal));
        Refused(2, "outside the folder");
    }

    [Test]
    public void Verify_PartWithOtherRows_SaysWhichItShouldHave()
    {
        string json = File.ReadAllText(Paths(1).Manifest);
        File.WriteAllText(Paths(1).Manifest, json.Replace("\"firstRow\": 2,", "\"firstRow\": 3,", StringComparison.Ordinal));
        Refused(2, "covers 3 rows from row 3 on", "is 3 rows from 2 on");
    }

    [Test]
    public void Verify_EmptyFolder_SaysWhatAPartIsNamed()
    {
        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        var run = Run.Of("verify", empty);
        Assert.That((run.Code, run.Error.Contains("holds no finished part", StringComparison.Ordinal)), Is.EqualTo((2, true)), run.Error);
    }

    [Test]
    public void Verify_NoFolder_SaysSo() => Assert.That(Run.Of("verify", Path.Combine(_folder, "none")).Code, Is.EqualTo(2));

    [Test]
    public void Verify_Json_ListsWhatIsWrong()
    {
        File.Delete(Paths(2).Manifest);
        var run = Run.Of("verify", _folder, "--json");
        Assert.That(run.Code, Is.EqualTo(75));
        Assert.That(JsonDocument.Parse(run.Output).RootElement.GetProperty("missing")[0].GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void Merge_NotWhole_WritesNothing()
    {
        File.Delete(Paths(2).Manifest);
        string output = Path.Combine(_folder, "joined.csv");
        var run = Run.Of("merge", _folder, output);
        Assert.That(run.Code, Is.EqualTo(75));
        Assert.That(File.Exists(output), Is.False);
    }

    [Test]
    public void Merge_Whole_JoinsRowsAndErrors()
    {
        string output = Path.Combine(_folder, "joined.csv");
        var run = Run.Of("merge", _folder, output);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(File.ReadAllText(output), Is.EqualTo("id\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"{i}\n"))));
        Assert.That(File.ReadAllLines($"{output}.errors.jsonl"), Has.Length.EqualTo(1));
    }

    [Test]
    public void Merge_OtherEnding_SaysWhichIsMeant()
    {
        var run = Run.Of("merge", _folder, Path.Combine(_folder, "joined.tsv"));
        Assert.That((run.Code, run.Error.Contains(".csv", StringComparison.Ordinal)), Is.EqualTo((2, true)), run.Error);
    }

    private static JobDescription Job() => new()
    {
        Tool = "1",
        Model = "model",
        Input = "input",
        InputRowCount = 10,
        Files = [new InputFile("rows.csv", 10, 100, "hash")],
        ShardCount = Shards,
        BlockRowCount = 1024,
        Format = ".csv",
        Reads = [],
        Columns = ["id: Text"],
    };

    private PartPaths Paths(int index, int count = Shards) => PartPaths.InFolder(_folder, new Shard(index, count), ".csv");

    /// <summary>Rows 0 to 9, of which row 0 failed.</summary>
    private void Write(int index, JobDescription? job = null)
    {
        job ??= Job();
        PartPaths paths = Paths(index, job.ShardCount);
        RowRange rows = new Shard(index, job.ShardCount).Rows(job.InputRowCount, job.BlockRowCount);
        long[] scored = [.. Enumerable.Range((int)rows.First, (int)rows.Count).Where(r => r != 0).Select(r => (long)r)];
        File.WriteAllText(paths.Output, "id\n" + string.Concat(scored.Select(r => $"{r}\n")));
        if (index == 0)
            File.WriteAllText(paths.Errors, "{\"row\":0}\n");
        JsonFile.Write(paths.Manifest, new PartManifest
        {
            Job = job,
            ShardIndex = index,
            FirstRow = rows.First,
            RowCount = rows.Count,
            ErrorCount = rows.Count - scored.Length,
            File = Path.GetFileName(paths.Output),
            ByteCount = new FileInfo(paths.Output).Length,
            Sha256 = PartManifest.Hash(paths.Output),
            ErrorsFile = index == 0 ? Path.GetFileName(paths.Errors) : null,
        });
    }

    private FolderReport Verify() => PartFolder.Verify(_folder, null, default);

    private void Refused(int code, params string[] words)
    {
        var run = Run.Of("verify", _folder);
        Assert.That(run.Code, Is.EqualTo(code), run.Error);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        foreach (string word in words)
            Assert.That(run.Error, Does.Contain(word));
    }
}
