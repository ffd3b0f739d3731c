using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Cli.Tests.Scoring;

[TestFixture]
public sealed class ScoreTests
{
    private string _folder = "";
    private string _model = "";

    [OneTimeSetUp]
    public void SaveModel()
    {
        _folder = Directory.CreateTempSubdirectory("score").FullName;
        _model = Texts.SaveModel(_folder);
    }

    [SetUp]
    public void EmptyFolder()
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(_folder).Where(p => p != _model))
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
    }

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Score_Csv_HoldsWhatTheModelSaysInProcess()
    {
        string rows = Texts.WriteRows(_folder, 100), output = At("scored.csv");
        Done("score", _model, rows, output, "--keep", "id");
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(_model, out _);
        using var owner = model as IDisposable;
        IDataView expected = model.Transform(ml.Data.LoadFromEnumerable(Texts.Rows(100).Select(t => new Labelled(t, ""))));
        string[] labels = [.. expected.GetColumn<string>("PredictedLabel")];
        float[][] scores = [.. expected.GetColumn<float[]>("Score")];
        string[] lines = File.ReadAllLines(output);
        Assert.That(lines[0], Is.EqualTo("id,PredictedLabel,Score.login,Score.parcel,Score.refund").Or.EqualTo("id,PredictedLabel,Score.refund,Score.parcel,Score.login"));
        for (int i = 0; i < labels.Length; i++)
            Assert.That(lines[i + 1], Is.EqualTo(string.Create(CultureInfo.InvariantCulture, $"{i},{labels[i]},{string.Join(',', scores[i].Select(s => s.ToString(CultureInfo.InvariantCulture)))}")));
        Assert.That(lines, Has.Length.EqualTo(101));
    }

    [TestCase(".csv", 3)]
    [TestCase(".tsv", 3)]
    [TestCase(".parquet", 3)]
    [TestCase(".parquet", 1)]
    [TestCase(".csv", 7)]
    public void Score_ShardsJoined_AreOneRunByteForByte(string extension, int shards)
    {
        string rows = Texts.WriteRows(_folder, 3500), alone = At($"alone{extension}"), joined = At($"joined{extension}");
        Done("score", _model, rows, alone);
        for (int i = 0; i < shards; i++)
            Done("score", _model, rows, At("parts"), "--format", extension[1..], "--shard", $"{i}/{shards}");
        Done("verify", At("parts"));
        Done("merge", At("parts"), joined);
        Assert.That(File.ReadAllBytes(joined), Is.EqualTo(File.ReadAllBytes(alone)));
        Assert.That(File.ReadAllText($"{joined}.manifest.json").Replace("joined", "alone", StringComparison.Ordinal), Is.EqualTo(File.ReadAllText($"{alone}.manifest.json")));
    }

    [Test]
    public void Score_MoreShardsThanRows_EmptyPartsJoinToo()
    {
        string rows = Texts.WriteRows(_folder, 2);
        Done("score", _model, rows, At("alone.csv"));
        for (int i = 0; i < 4; i++)
            Done("score", _model, rows, At("parts"), "--format", "csv", "--shard", $"{i}/4");
        Done("merge", At("parts"), At("joined.csv"));
        Assert.That(File.ReadAllText(At("joined.csv")), Is.EqualTo(File.ReadAllText(At("alone.csv"))));
    }

    [Test]
    public void Score_SeveralFiles_AreRowsOfOneInput()
    {
        string all = Texts.WriteRows(_folder, 30, "all.tsv");
        string[] lines = File.ReadAllLines(all);
        File.WriteAllLines(At("a.tsv"), lines[..11]);
        File.WriteAllLines(At("b.tsv"), [lines[0], .. lines[11..]]);
        Done("score", _model, all, At("one.csv"));
        Done("score", _model, At("a.tsv"), At("b.tsv"), At("two.csv"));
        Assert.That(File.ReadAllText(At("two.csv")), Is.EqualTo(File.ReadAllText(At("one.csv"))));
    }

    [Test]
    public void Score_ChosenColumns_AreReadAndWritten()
    {
        File.WriteAllText(At("mails.csv"), "Subject,body\nhello,\"my money, please\"\n");
        Done("score", _model, At("mails.csv"), At("scored.csv"), "--text-column", "BODY", "--keep", "none", "--columns", "PredictedLabel");
        Assert.That(File.ReadAllText(At("scored.csv")), Is.EqualTo("PredictedLabel\nrefund\n"));
    }

    [Test]
    public void Score_ColumnByModelsName_IsRead()
    {
        File.WriteAllText(At("mails.csv"), "body\nmy money please\n");
        Done("score", _model, At("mails.csv"), At("scored.csv"), "--column", "Text=body", "--columns", "PredictedLabel");
        Assert.That(File.ReadAllText(At("scored.csv")), Is.EqualTo("body,PredictedLabel\nmy money please,refund\n"));
    }

    [Test]
    public void Score_Parquet_KeepsFixedVectorsAndKinds()
    {
        string rows = Texts.WriteRows(_folder, 10);
        Done("score", _model, rows, At("scored.parquet"));
        var input = Cli.Tables.TableInput.Find([At("scored.parquet")]);
        Assert.That(input.Columns.Select(c => (c.Name, c.Kind, c.Width)), Is.EqualTo(new[]
        {
            ("id", Cli.Tables.ColumnKind.Text, 0), ("text", Cli.Tables.ColumnKind.Text, 0), ("PredictedLabel", Cli.Tables.ColumnKind.Text, 0), ("Score", Cli.Tables.ColumnKind.Vector, 3),
        }));
    }

    [Test]
    public void Score_Json_IsOneObject()
    {
        string rows = Texts.WriteRows(_folder, 10);
        JsonElement report = JsonDocument.Parse(Done("score", _model, rows, At("scored.csv"), "--json").Output).RootElement;
        Assert.That(report.GetProperty("rowCount").GetInt64(), Is.EqualTo(10));
        Assert.That(report.GetProperty("errorCount").GetInt64(), Is.Zero);
        Assert.That(report.GetProperty("output").GetString(), Is.EqualTo(At("scored.csv")));
    }

    [Test]
    public void Score_DoneAlready_DoesNothing()
    {
        string rows = Texts.WriteRows(_folder, 10);
        Done("score", _model, rows, At("scored.csv"));
        DateTime written = File.GetLastWriteTimeUtc(At("scored.csv"));
        Assert.That(Done("score", _model, rows, At("scored.csv")).Output, Does.Contain("nothing was done"));
        Assert.That(File.GetLastWriteTimeUtc(At("scored.csv")), Is.EqualTo(written));
        Assert.That(Directory.Exists(At("scored.csv.partial")), Is.False);
    }

    [Test]
    public void Score_OutputOfAnotherJob_IsNotReplacedUnlessTold()
    {
        string rows = Texts.WriteRows(_folder, 10), more = Texts.WriteRows(_folder, 12, "more.tsv");
        Done("score", _model, rows, At("scored.csv"));
        string before = File.ReadAllText(At("scored.csv"));
        Refused(2, ["score", _model, more, At("scored.csv")], "scored.csv", "another job", "the input", "--restart");
        Assert.That(File.ReadAllText(At("scored.csv")), Is.EqualTo(before));
        Done("score", _model, more, At("scored.csv"), "--restart");
        Assert.That(File.ReadAllLines(At("scored.csv")), Has.Length.EqualTo(13));
    }

    [Test]
    public void Score_UnfinishedPartOfAnotherJob_IsKeptWhereAnythingIsDone()
    {
        File.WriteAllLines(At("bad.csv"), [.. Enumerable.Range(0, 1500).Select(i => i < 1100 ? $"{i},where is my parcel" : "broken").Prepend("id,text")]);
        string good = Texts.WriteRows(_folder, 5);
        Refused(2, ["score", _model, At("bad.csv"), At("scored.csv"), "--checkpoint-seconds", "0"], "rows failed");
        Refused(2, ["score", _model, good, At("scored.csv")], "scored.csv.partial", "another job", "--restart");
        Done("score", _model, good, At("scored.csv"), "--restart");
    }

    [Test]
    public void Score_GivenUpBeforeAnythingWasDone_GivesWayToAnotherJob()
    {
        File.WriteAllText(At("bad.csv"), "id,text\nbroken\n");
        Refused(2, ["score", _model, At("bad.csv"), At("scored.csv")], "1 of 1 rows failed");
        Done("score", _model, Texts.WriteRows(_folder, 5), At("scored.csv"));
    }

    [Test]
    public void Score_FolderOfAnotherDivision_IsRefused()
    {
        string rows = Texts.WriteRows(_folder, 10);
        Done("score", _model, rows, At("parts"), "--shard", "0/4");
        Refused(2, ["score", _model, rows, At("parts"), "--shard", "1/8"], "4 shards", "this job has 8");
    }

    [Test]
    public void Score_FolderOfAnotherModel_IsRefused()
    {
        string rows = Texts.WriteRows(_folder, 10), other = Texts.SaveModel(_folder, "other.zip", seed: 5);
        Done("score", _model, rows, At("parts"), "--shard", "0/4");
        Refused(2, ["score", other, rows, At("parts"), "--shard", "1/4"], "part-00000-of-00004.json", "the model");
    }

    [Test]
    public void Score_PartBeingWritten_SaysTryAgain()
    {
        string rows = Texts.WriteRows(_folder, 10);
        Directory.CreateDirectory(At("scored.csv.partial"));
        using (new FileStream(At("scored.csv.partial/lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            Refused(75, ["score", _model, rows, At("scored.csv")], "Another process is writing", "scored.csv");
        Done("score", _model, rows, At("scored.csv"));
    }

    [Test]
    public void Score_RowsThatCannotBeRead_StandInTheErrorsFile()
    {
        var bytes = new List<byte>(Encoding.UTF8.GetBytes("id,text\n"));
        for (int i = 0; i < 200; i++)
            bytes.AddRange(i switch
            {
                17 => Encoding.UTF8.GetBytes("17,too,many\n"),
                50 => [.. "50,bad "u8, 0xff, .. "\n"u8],
                _ => Encoding.UTF8.GetBytes($"{i},where is my parcel\n"),
            });
        File.WriteAllBytes(At("rows.csv"), [.. bytes]);
        Run run = Done("score", _model, At("rows.csv"), At("scored.csv"), "--keep", "id", "--columns", "PredictedLabel");
        Assert.That(run.Output, Does.Contain("2 rows could not be scored").And.Contain("scored.csv.errors.jsonl"));
        JsonElement[] errors = [.. File.ReadAllLines(At("scored.csv.errors.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.That(errors.Select(e => (e.GetProperty("row").GetInt64(), e.GetProperty("place").GetString())), Is.EqualTo(new[] { (17L, "line 19"), (50L, "line 52") }));
        Assert.That(errors[1].GetProperty("error").GetString(), Does.Contain("UTF-8"));
        Assert.That(File.ReadAllLines(At("scored.csv")).Skip(1), Is.EqualTo(Enumerable.Range(0, 200).Where(i => i is not (17 or 50)).Select(i => $"{i},parcel")));
    }

    [Test]
    public void Score_TooManyFailures_EndsTheJobAndGoesOnWhereMoreAreAllowed()
    {
        File.WriteAllLines(At("rows.csv"), [.. Enumerable.Range(0, 3000).Select(i => i is > 2000 and <= 2100 ? $"{i}" : $"{i},where is my parcel").Prepend("id,text")]);
        Run refused = Refused(2, ["score", _model, At("rows.csv"), At("scored.csv"), "--checkpoint-seconds", "0"], "31 of 3,000 rows failed", "--max-error-rate 0.01 allows 30", "line 2003");
        Assert.That(File.Exists(At("scored.csv")), Is.False);
        Assert.That(File.Exists(At("scored.csv.manifest.json")), Is.False);
        Assert.That(refused.Error, Does.Contain("failures.jsonl"));
        Assert.That(File.ReadAllLines(At("scored.csv.partial/failures.jsonl")), Has.Length.EqualTo(31));
        JsonElement report = JsonDocument.Parse(Done("score", _model, At("rows.csv"), At("scored.csv"), "--max-error-rate", "0.5", "--json").Output).RootElement;
        Assert.That(report.GetProperty("resumedRowCount").GetInt64(), Is.EqualTo(1024));
        Assert.That(report.GetProperty("errorCount").GetInt64(), Is.EqualTo(100));
        Assert.That(File.ReadAllLines(At("scored.csv")), Has.Length.EqualTo(2901));
    }

    [Test]
    public void Score_PicturesThatCannotBeRead_HoldUpNoOther()
    {
        string photos = PhotoFolder.Write(_folder, ("red", 200, 6), ("blue", 50, 6));
        File.WriteAllText(Path.Combine(photos, "a-broken.png"), "no picture");
        Done("embed", PhotoFolder.WriteGraph(_folder), photos, At("features.csv"), "--feature", "pooled", "--preprocessing", "keras-tf", "--max-error-rate", "0.1");
        Assert.That(File.ReadAllLines(At("features.csv")), Has.Length.EqualTo(13));
        Refused(2, ["score", _model, photos, At("scored.csv")], "The input is pictures", "reads text");
        Assert.That(File.ReadAllText(At("features.csv.errors.jsonl")), Does.Contain("\"row\":0").And.Contain("row 1"));
    }

    [Test]
    public void Embed_DefaultBackbone_WritesItsFeatures()
    {
        string rows = Texts.WriteRows(_folder, 20);
        Done("embed", "default", rows, At("features.parquet"), "--keep", "none");
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(Texts.Rows(20).Select(t => new Labelled(t, "")));
        float[][] expected = [.. ml.Transforms.EmbedText("Features", DefaultBackbones.Text).Fit(data).Transform(data).GetColumn<float[]>("Features")];
        var input = Cli.Tables.TableInput.Find([At("features.parquet")]);
        using Cli.Tables.ITableReader reader = input.Open(["Features"], 0, input.Scan(null, default));
        Assert.That(reader.Read(100)!.Values<float>(0), Is.EqualTo(expected.SelectMany(f => f)));
    }

    [Test]
    public void Score_BadInput_IsOneLineWithTheRemedy()
    {
        string rows = Texts.WriteRows(_folder, 5);
        File.WriteAllText(At("other.csv"), "body\nhello\n");
        File.WriteAllText(At("empty.csv"), "");
        File.WriteAllText(At("clash.csv"), "text,Score\nhello,1\n");
        File.WriteAllText(At("notes.txt"), "hello\n");
        File.WriteAllBytes(At("cut.parquet"), [.. "PAR1"u8, 1, 2, 3]);
        File.WriteAllText(At("notes.zip"), "no model");
        (string[] Args, string[] Words)[] cases =
        [
            ([_model, At("other.csv"), At("x.csv")], ["other.csv", "'Text'", "'body'", "--text-column"]),
            ([_model, At("none.csv"), At("x.csv")], ["none.csv"]),
            ([_model, At("empty.csv"), At("x.csv")], ["empty.csv", "empty"]),
            ([_model, At("clash.csv"), At("x.csv")], ["two columns 'Score'", "--keep"]),
            ([_model, At("notes.txt"), At("x.csv")], ["notes.txt", ".csv"]),
            ([_model, At("cut.parquet"), At("x.csv")], ["cut.parquet", "is no whole Parquet file: Invalid"]),
            ([_model, rows, At("x.csv"), "--columns", "Answer"], ["'Answer'", "PredictedLabel"]),
            ([_model, rows, At("x.csv"), "--keep", "nr"], ["'nr'", "'id'", "--keep"]),
            ([_model, rows, At("x.csv"), "--column", "Picture=id"], ["'Picture'", "'Text'"]),
            ([_model, rows, At("x.csv"), "--format", "csv"], ["--format", "x.csv"]),
            ([_model, rows, At("x.csv"), "--shard", "0/2"], ["x.csv", "merge"]),
            ([_model, rows, At("x.xlsx")], ["x.xlsx", ".parquet"]),
            ([_model, rows, rows], ["rows.tsv", "is an input, too"]),
            ([_model, _folder, At("parts")], ["lies in the input folder"]),
            ([_model, rows], ["input… output"]),
            ([_model, rows, At("no/x.csv")], ["no folder"]),
            ([_model, rows, At("x.csv"), "--device", "cuda:0"], ["CUDA"]),
            ([_model, rows, At("x.csv"), "--device", "tpu"], ["--device", "doctor"]),
            ([At("none.zip"), rows, At("x.csv")], ["none.zip"]),
            ([At("notes.zip"), rows, At("x.csv")], ["notes.zip"]),
            ([_folder, rows, At("x.csv")], ["folder", "embed"]),
        ];
        string[] before = [.. Directory.EnumerateFileSystemEntries(_folder).Order()];
        foreach ((string[] args, string[] words) in cases)
            Refused(2, ["score", .. args], words);
        Assert.That(Directory.EnumerateFileSystemEntries(_folder).Order(), Is.EqualTo(before), "nothing was written");
    }

    [Test]
    public void Score_ForeignModel_IsRefusedBeforeItIsLoaded()
    {
        string rows = Texts.WriteRows(_folder, 5), foreign = At("foreign.zip");
        File.Copy(_model, foreign);
        ForeignModels.Rename(foreign, "MLTransfer", "EvilThings");
        Refused(2, ["score", foreign, rows, At("x.csv")], "EvilThings", "foreign.zip");
        Assert.That(File.Exists(At("x.csv")), Is.False);
    }

    [Test]
    public void Score_ZipBomb_IsRefused()
    {
        string rows = Texts.WriteRows(_folder, 5), bomb = At("bomb.zip");
        using (ZipArchive archive = ZipFile.Open(bomb, ZipArchiveMode.Create))
        using (Stream entry = archive.CreateEntry("bomb").Open())
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 70; i++)
                entry.Write(zeros);
        }
        Refused(2, ["score", bomb, rows, At("x.csv")], "bomb.zip");
    }

    private string At(string name) => Path.Combine(_folder, name.Replace('/', Path.DirectorySeparatorChar));

    private static Run Done(params string[] args)
    {
        var run = Run.Of(args);
        Assert.That(run.Code, Is.Zero, run.Error);
        return run;
    }

    private static Run Refused(int code, string[] args, params string[] words)
    {
        var run = Run.Of(args);
        Assert.That(run.Code, Is.EqualTo(code), $"{string.Join(' ', args)}: {run.Output}{run.Error}");
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        foreach (string word in words)
            Assert.That(run.Error, Does.Contain(word), string.Join(' ', args));
        return run;
    }

    private sealed record Labelled(string Text, string Label);
}
