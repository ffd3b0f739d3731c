using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Cli;
using MLTransfer.Cli.Scoring;
using MLTransfer.Cli.Tables;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>
/// The tool's scoring (a file read twice, once for its hash; a model with a head; parts written, hashed and renamed) against EmbedText alone in process, and its memory over ten times the rows.
/// </summary>
internal static class ScoreSpeed
{
    private const string Model = "all-minilm-l6-v2";
    private const string OverEmbed = "score-over-embed";
    private const string OverSmallEmbed = "score-over-embed-default";
    private const string Memory = "score-10x-memory";

    // A few seconds for each pass: in shorter ones the start of threads and files would count.
    private const int Rows = 2048;
    private const int RowsOfSmallBackbone = 100_000;
    private const int FewRows = 10_000;

    public static void Run(Figures figures)
    {
        string? folder = Assets.FindModel(Model);
        List<LabelledText>? words = SpeedTexts.Make(DefaultBackbones.Text.Tokenizer!, Rows);
        if (words is null)
        {
            foreach (string name in (string[])[OverEmbed, OverSmallEmbed, Memory])
                figures.Skip(name, "the data sets are not on this machine");
            return;
        }
        string work = Directory.CreateTempSubdirectory("score-speed").FullName;
        try
        {
            if (folder is null)
                figures.Skip(OverEmbed, $"the model {Model} is not on this machine");
            else
                Over(figures, OverEmbed, Backbone.Open(folder), words, work);
            List<LabelledText> many = [.. Enumerable.Range(0, RowsOfSmallBackbone).Select(i => Vary(words, i))];
            Over(figures, OverSmallEmbed, DefaultBackbones.Text, many, work);
            TenTimes(figures, many, work);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Over(Figures figures, string name, Backbone backbone, List<LabelledText> texts, string work)
    {
        string model = Save(backbone, work);
        string rows = Write(texts, work);
        using var embed = new OurText(backbone);
        using var scored = ScoreModel.Load(new MLContext(seed: 0), model);
        foreach (string extension in (string[])[".parquet", ".csv"])
            figures.Add(extension == ".parquet" ? name : $"{name}-csv", Rounds.Ratios(() => Score(scored, rows, Path.Combine(work, "scored" + extension)), () => embed.Pass(texts)));
    }

    private static double Score(ScoreModel model, string rows, string output)
    {
        foreach (string old in Directory.EnumerateFiles(Path.GetDirectoryName(output)!, "scored.*"))
            File.Delete(old);
        return Rounds.Seconds(() =>
        {
            var input = TableInput.Find([rows]);
            var plan = ScorePlan.Make(model, input, new ColumnChoice(null, new Dictionary<string, string>(), ["id"], null));
            new ScoreRun(plan, input, input.Scan(null, default), new ScoreSettings { Paths = PartPaths.OfFile(output) }, null).Run(default);
        });
    }

    /// <summary>The peak of a process that scores ten times the rows over that of one that scores them once.</summary>
    private static void TenTimes(Figures figures, List<LabelledText> texts, string work)
    {
        string model = Save(DefaultBackbones.Text, work);
        string few = Write([.. texts.Take(FewRows)], work, "few.tsv"), many = Write(texts, work, "many.tsv");
        var ratios = new List<double>();
        for (int round = 0; round < Rounds.Count; round++)
            ratios.Add((double)Peak(model, many, work) / Peak(model, few, work));
        figures.Add(Memory, ratios);
    }

    private static long Peak(string model, string rows, string work)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet",
            [typeof(Tool).Assembly.Location, "score", model, rows, Path.Combine(work, "peak.parquet"), "--keep", "id", "--restart", "--json"])
        { RedirectStandardOutput = true })!;
        string report = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonDocument.Parse(report).RootElement.GetProperty("peakMemoryBytes").GetInt64();
    }

    private static string Save(Backbone backbone, string work)
    {
        string path = Path.Combine(work, $"{backbone.Name}.zip");
        var ml = new MLContext(seed: 0);
        IDataView rows = ml.Data.LoadFromEnumerable((Row[])[new("where is my parcel", "a"), new("my money back", "b"), new("the parcel never came", "a"), new("refund me", "b")]);
        using var model = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.EmbedText("Features", backbone))
            .Append(ml.MulticlassClassification.Trainers.LinearHead()).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(rows);
        ml.Model.Save(model, rows.Schema, path);
        return path;
    }

    private static string Write(List<LabelledText> texts, string work, string name = "rows.tsv")
    {
        string path = Path.Combine(work, name);
        File.WriteAllLines(path, texts.Select((t, i) => string.Create(CultureInfo.InvariantCulture, $"{i}\t{t.Text}")).Prepend("id\ttext"));
        return path;
    }

    // No two rows the same: a repeated row would be run once.
    private static LabelledText Vary(List<LabelledText> texts, int row) => new() { Text = string.Create(CultureInfo.InvariantCulture, $"{texts[row % texts.Count].Text} {row}") };

    private sealed record Row(string Text, string Label);
}
