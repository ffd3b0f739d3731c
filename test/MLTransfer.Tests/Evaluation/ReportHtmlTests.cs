using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MLTransfer.Evaluation;
using MLTransfer.Evaluation.Reports;

namespace MLTransfer.Tests.Evaluation;

/// <summary>Pages are read as XML, which they are, too.</summary>
public sealed class ReportHtmlTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly string[] Names = ["billing", "delivery", "login"];

    private static readonly string[] Measures =
    [
        "accuracy", "macroPrecision", "macroRecall", "macroF1", "microPrecision", "microRecall", "microF1", "logLoss", "brierScore", "expectedCalibrationError", "maximumCalibrationError",
    ];

    [Test]
    public void Comparison_EveryNumberOfEveryTable_IsThatOfTheJson()
    {
        TransferComparison comparison = ComparisonExamples.OfClasses(Names);

        CheckTables(Page(comparison), JsonNode.Parse(comparison.ToJson())!);
    }

    [Test]
    public void Comparison_ManyClasses_ShowsThePairsConfusedMostInstead()
    {
        TransferComparison comparison = ComparisonExamples.OfClasses([.. Enumerable.Range(0, 40).Select(k => $"intent {k}")], [3], seedCount: 2);
        XElement page = Page(comparison);

        CheckTables(page, JsonNode.Parse(comparison.ToJson())!);
        Assert.That(Tables(page).Keys, Does.Contain("pairs-with").And.Not.Contain("confusion-with"));
        Assert.That(page.Descendants("figure").Select(f => f.Attribute("id")!.Value), Does.Not.Contain("plot-confusion-with"));
    }

    [Test]
    public void Comparison_ScoresThatAreNoProbabilities_LeaveDashes()
    {
        ComparisonMetrics metrics = MulticlassMetrics.Compute([0, 1], [3f, -1f, -2f, 2f], ["a", "b"]);
        TransferComparison comparison = ComparisonExamples.Of([new ComparisonRun(4, 0, metrics, metrics)], ["a", "b"]);
        XElement page = Page(comparison);

        CheckTables(page, JsonNode.Parse(comparison.ToJson())!);
        Assert.That(page.Value, Does.Contain("The scores with transfer are no probabilities").And.Not.Contain("NaN"));
        Assert.That(comparison.ToJson(), Does.Contain("\"logLoss\": null").And.Not.Contain("NaN"));
    }

    [Test]
    public void Model_EveryNumberOfEveryTable_IsThatOfTheJson()
    {
        ModelEvaluation evaluation = Evaluation(Names);
        XElement page = Parse(EvaluationHtml.Write(evaluation));
        JsonNode json = JsonNode.Parse(EvaluationJson.Write(evaluation))!;
        Dictionary<string, string[][]> tables = Tables(page);

        Assert.That(tables.Keys, Is.EquivalentTo(new[] { "measures", "confusion-model", "reliability", "classes" }));
        Check(tables["measures"], Measures.Select(m => (string[])[Number(json["measures"]![m])]), skip: 1);
        Check(tables["confusion-model"], Rows(json["confusion"]!, r => [.. r!.AsArray().Select(Count)]), skip: 1);
        Check(tables["classes"], Rows(json["classes"]!, Class), skip: 1);
        Check(tables["reliability"], Rows(json["reliability"]!, Bin), skip: 1);
        Assert.That(First(page), Is.EqualTo($"Accuracy {Number(json["measures"]!["accuracy"])} on 15 rows"));
        Assert.That(json.AsObject().First().Key, Is.EqualTo("headline"));
    }

    [Test]
    public void Model_NoBetterThanTheLargestClass_SaysSoFirst()
    {
        ComparisonMetrics metrics = MulticlassMetrics.Compute([0, 0, 1], [.6f, .4f, .6f, .4f, .6f, .4f], ["a", "b"]);
        ModelEvaluation evaluation = Evaluation(["a", "b"]) with { Metrics = metrics };

        Assert.That(First(Parse(EvaluationHtml.Write(evaluation))), Does.StartWith("No better than guessing"));
        Assert.That(evaluation.Headline, Does.StartWith("No better than guessing: accuracy 0.667"));
    }

    [Test]
    public void Comparison_TransferHurt_SaysSoInTheFirstHeadingAndFirstOfTheJson()
    {
        TransferComparison comparison = ComparisonExamples.Of([.. Enumerable.Range(0, 5).Select(seed => ComparisonExamples.Run(10, seed, .4, .6))]);
        XElement page = Page(comparison);

        Assert.That(First(page), Is.EqualTo("Transfer hurt"));
        Assert.That(page.Descendants("header").Single().Attribute("class")!.Value, Does.Contain("bad"));
        Assert.That(page.Descendants("header").Single().Value, Does.Contain("negative transfer"));
        Assert.That(page.Descendants("title").First().Value, Does.StartWith("Transfer hurt"));
        JsonObject json = JsonNode.Parse(comparison.ToJson())!.AsObject();
        Assert.That(json.Take(2).Select(p => p.Key), Is.EqualTo(new[] { "verdict", "headline" }));
        Assert.That((string?)json["verdict"], Is.EqualTo("hurt"));
        Assert.That((string?)json["headline"], Is.EqualTo(comparison.ToString().Split('\n')[0]));
    }

    [Test]
    public void Comparison_LeftOutAndIncomplete_IsSaidAtTheTop()
    {
        string header = Page(ComparisonExamples.Of([ComparisonExamples.Run(1, 0, .5, .4)], leftOut: [20, 50], isComplete: false)).Descendants("header").Single().Value;

        Assert.That(header, Does.Contain("Left out: 20, 50 labels per class").And.Contain("Incomplete"));
    }

    [Test]
    public void Comparison_Curve_HasAMarkForEachNumberOfLabels()
    {
        XElement page = Page(ComparisonExamples.OfClasses(Names));

        foreach (string palette in (string[])["light", "dark"])
        {
            XElement curve = Plot(page, "plot-curve", palette);
            // One more of each stands in the legend.
            Assert.That(curve.Descendants(Svg + "ellipse").Count(), Is.EqualTo(6 + 1));
            Assert.That(curve.Descendants(Svg + "polygon").Count(p => p.Attribute("points")!.Value.Split(' ').Length == 4), Is.EqualTo(6 + 1));
            Assert.That(curve.Descendants(Svg + "text").Select(t => t.Value), Is.SupersetOf(new[] { "1", "2", "5", "10", "20", "50" }));
            XElement differences = Plot(page, "plot-differences", palette);
            Assert.That(differences.Descendants(Svg + "ellipse").Count() + differences.Descendants(Svg + "polygon").Count() + Squares(differences), Is.InRange(18 + 1, 18 + 3));
        }
    }

    [Test]
    public void Comparison_ConfusionMap_HoldsTheCountsOfTheMatrix()
    {
        TransferComparison comparison = ComparisonExamples.OfClasses(Names);
        ConfusionMatrix confusion = comparison.Summaries[^1].With.Confusion;
        string[] counts = [.. Enumerable.Range(0, 9).Select(i => confusion[i / 3, i % 3]).Where(c => c > 0).Select(c => $"{c}")];

        IEnumerable<string> shown = Plot(Page(comparison), "plot-confusion-with", "light").Descendants(Svg + "text").Select(t => t.Value).Where(t => t.All(char.IsAsciiDigit));

        Assert.That(shown, Is.EquivalentTo(counts));
    }

    [Test]
    public void Comparison_Page_LoadsNothingAndRunsNothing()
    {
        string html = ComparisonHtml.Write(ComparisonExamples.OfClasses(Names));

        Assert.That(html, Does.StartWith("<!DOCTYPE html>\n<html lang=\"en\">"));
        Assert.That(html, Does.Contain("default-src 'none'; style-src 'unsafe-inline'").And.Contain("name=\"viewport\""));
        Assert.That(html.Replace("xmlns=\"http://www.w3.org/2000/svg\"", "", StringComparison.Ordinal), Does.Not.Match("(?i)https?:|//[a-z]|<script|<link|<img|<image|<iframe|@import|url\\(|src=|href=|\\son[a-z]+="));
        XElement page = Parse(html);
        Assert.That(page.Descendants().Attributes("id").Select(a => a.Value), Is.Unique);
        foreach (XElement svg in page.Descendants(Svg + "svg"))
        {
            string[] about = svg.Attribute("aria-labelledby")!.Value.Split(' ');
            Assert.That(svg.Elements().Take(2).Select(e => e.Attribute("id")!.Value), Is.EqualTo(about));
            Assert.That(svg.Elements().Take(2).Select(e => e.Value), Has.None.Empty);
        }
    }

    [Test]
    public void Comparison_NamesFromTheData_StayText()
    {
        string[] names =
        [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</style></title>&amp;", "a_{b}^{c}", "line\nbreak\ttab\0end\u0001", "half \ud800 pair", "العربية",
            "日本語のとても長い名前です", "👩‍🚀 emoji", new string('x', 3000), "\u202eoverride", " ",
        ];
        TransferComparison comparison = ComparisonExamples.Of(ComparisonExamples.OfClasses(names, [2], 2).Runs, names, data: "<b>data</b>.tsv");

        string html = ComparisonHtml.Write(comparison);
        XElement page = Parse(html);

        Assert.That(html, Does.Not.Contain("<script").And.Not.Contain("<img").And.Not.Contain("<b>"));
        Assert.That(page.Descendants().Count(e => e.Name.LocalName is "script" or "img" or "b"), Is.Zero);
        Assert.That(page.Descendants("style").Single().Value, Does.Not.Contain("<").And.Not.Contain(">").And.Not.Contain("&"), "a style is not escaped in HTML");
        string[][] classes = Tables(page)["classes"];
        Assert.That(classes.Skip(2).Select(r => r[0]).Where((_, i) => i is 0 or 1 or 2 or 3 or 6 or 7 or 8 or 9), Is.EqualTo(names.Where((_, i) => i is 0 or 1 or 2 or 3 or 6 or 7 or 8 or 9)));
        Assert.That(classes[2 + 4][0], Is.EqualTo("line\nbreak\ttab\ufffdend\ufffd"));
        Assert.That(classes[2 + 5][0], Is.EqualTo("half \ufffd pair"));
        // Beside the axes names are cut, and what OxyPlot would set as an index is not.
        string[] labels = [.. Plot(page, "plot-confusion-with", "light").Descendants(Svg + "text").Select(t => t.Value)];
        Assert.That(labels, Has.Some.EqualTo("a_\u2060{b}^\u2060{c}").And.Some.EqualTo(new string('x', 9) + "…" + new string('x', 6)));
        Assert.That(labels.Max(l => new StringInfo(l).LengthInTextElements), Is.LessThanOrEqualTo(20));
        JsonNode json = JsonNode.Parse(comparison.ToJson())!;
        Assert.That(json["summaries"]![0]!["with"]!["classes"]!.AsArray().Select(c => (string?)c!["name"]), Is.EqualTo(names.Select(n => n.Replace('\ud800', '\ufffd')).Select((n, i) => i == 8 ? names[8] : n)));
    }

    [Test]
    public void Comparison_OtherCulture_WritesTheSame()
    {
        TransferComparison comparison = ComparisonExamples.OfClasses(Names, [1, 2], 2);
        (string html, string json) = (ComparisonHtml.Write(comparison), comparison.ToJson());
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.That(ComparisonHtml.Write(comparison), Is.EqualTo(html));
            Assert.That(comparison.ToJson(), Is.EqualTo(json));
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ar-SA");
            Assert.That(ComparisonHtml.Write(comparison), Is.EqualTo(html));
            Assert.That(comparison.ToJson(), Is.EqualTo(json));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestCase(1, 1, 2)]
    [TestCase(1, 3, 31)]
    [TestCase(3, 1, 30)]
    [TestCase(2, 2, 13)]
    public void Comparison_AnyNumberOfCountsSeedsAndClasses_IsAPage(int counts, int seeds, int classes)
    {
        TransferComparison comparison = ComparisonExamples.OfClasses([.. Enumerable.Range(0, classes).Select(k => $"class number {k}")], [.. Enumerable.Range(1, counts)], seeds);

        CheckTables(Page(comparison), JsonNode.Parse(comparison.ToJson())!);
    }

    [Test]
    public void Save_FolderMissing_LeavesNothing()
    {
        string folder = Directory.CreateTempSubdirectory("report").FullName;
        try
        {
            TransferComparison comparison = ComparisonExamples.OfClasses(Names, [1], 1);
            Assert.That(() => comparison.SaveHtml(Path.Combine(folder, "none", "report.html")), Throws.InstanceOf<IOException>());
            Assert.That(() => comparison.SaveJson(""), Throws.ArgumentException);
            Assert.That(Directory.GetFileSystemEntries(folder), Is.Empty);

            string path = Path.Combine(folder, "report.html");
            File.WriteAllText(path, "old");
            comparison.SaveHtml(path);
            comparison.SaveJson(Path.Combine(folder, "report.json"));
            Assert.That(File.ReadAllText(path), Is.EqualTo(ComparisonHtml.Write(comparison)));
            Assert.That(File.ReadAllText(Path.Combine(folder, "report.json")), Is.EqualTo(comparison.ToJson()));
            Assert.That(Directory.GetFileSystemEntries(folder), Has.Length.EqualTo(2));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Builds each table's numbers anew from the JSON and compares every cell; no table may be there that is not compared.</summary>
    private static void CheckTables(XElement page, JsonNode json)
    {
        Dictionary<string, string[][]> tables = Tables(page);
        JsonNode[] summaries = [.. json["summaries"]!.AsArray().Select(s => s!)];
        (JsonNode with, JsonNode without) = (summaries[^1]["with"]!, summaries[^1]["without"]!);
        bool isMap = with["classes"]!.AsArray().Count <= 30;
        bool isCalibrated = with["reliability"]!.AsArray().Count > 0;
        string[] expected = [.. (string[])["overview", "classes", "measures", "runs"], .. isMap ? (string[])["confusion-with", "confusion-without"] : ["pairs-with", "pairs-without"], .. isCalibrated ? (string[])["reliability"] : []];
        Assert.That(tables.Keys, Is.EquivalentTo(expected));

        string[] main = ["accuracy", "macroF1", "logLoss", "expectedCalibrationError"];
        Check(tables["overview"], summaries.Select(s => (string[])[(string)s["verdict"]!, .. main.SelectMany(m => (string[])[Range(s["with"]![m]!), Range(s["without"]![m]!)])]));
        Check(tables["measures"], summaries.SelectMany(s => Measures.Select(m => (string[])[.. MinMedianMax(s["with"]![m]!), .. MinMedianMax(s["without"]![m]!)])), skip: 2, before: 2);
        Assert.That(tables["measures"].Skip(2).Select(r => r[0]), Is.EqualTo(summaries.SelectMany(s => Measures.Select(_ => Count(s["labelsPerClass"])))));
        Check(tables["classes"], with["classes"]!.AsArray().Select((c, k) => (string[])[.. Class(c), .. Class(without["classes"]![k])[1..]]));
        JsonNode[] runs = [.. json["runs"]!.AsArray().Select(r => r!).OrderBy(r => (int)r["labelsPerClass"]!)];
        Check(tables["runs"], runs.Select(r => (string[])
        [
            Count(r["seed"]), Number(r["with"]!["accuracy"]), Number(r["without"]!["accuracy"]),
            ((double)r["with"]!["accuracy"]! - (double)r["without"]!["accuracy"]!).ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture),
            .. main.Skip(1).SelectMany(m => (string[])[Number(r["with"]![m]), Number(r["without"]![m])]),
        ]));
        foreach ((string key, JsonNode side) in new[] { ("with", with), ("without", without) })
        {
            if (isMap)
                Check(tables[$"confusion-{key}"], Rows(side["confusion"]!, r => [.. r!.AsArray().Select(Count)]), skip: 1);
            else
                CheckPairs(tables[$"pairs-{key}"], side);
        }
        if (isCalibrated)
            Check(tables["reliability"], with["reliability"]!.AsArray().Select((b, m) => (string[])[.. Bin(b), .. Bin(without["reliability"]![m])]));
    }

    private static void CheckPairs(string[][] table, JsonNode side)
    {
        string[] names = [.. side["classes"]!.AsArray().Select(c => (string)c!["name"]!)];
        long[][] confusion = [.. side["confusion"]!.AsArray().Select(r => r!.AsArray().Select(c => (long)c!).ToArray())];
        Assert.That(table, Has.Length.EqualTo(1 + 20));
        long[] largest = [.. confusion.SelectMany((r, i) => r.Where((_, k) => k != i)).OrderDescending().Take(20)];
        Assert.That(table.Skip(1).Select(r => long.Parse(r[2], CultureInfo.InvariantCulture)), Is.EqualTo(largest));
        foreach (string[] row in table.Skip(1))
        {
            int label = Array.IndexOf(names, row[0]);
            Assert.That(row[2], Is.EqualTo($"{confusion[label][Array.IndexOf(names, row[1])]}"));
            Assert.That(row[3], Is.EqualTo(((double)confusion[label][Array.IndexOf(names, row[1])] / confusion[label].Sum()).ToString("0.000", CultureInfo.InvariantCulture)));
        }
    }

    private static void Check(string[][] table, IEnumerable<string[]> expected, int skip = 2, int before = 1) =>
        Assert.That(table.Skip(skip).Select(r => string.Join(" | ", r.Skip(before))), Is.EqualTo(expected.Select(r => string.Join(" | ", r))));

    private static IEnumerable<string[]> Rows(JsonNode array, Func<JsonNode?, string[]> row) => array.AsArray().Select(row);

    private static string[] Class(JsonNode? c) => [Count(c!["support"]), Number(c["precision"]), Number(c["recall"]), Number(c["f1"])];

    private static string[] Bin(JsonNode? b) => [Count(b!["rowCount"]), Number(b["meanConfidence"]), Number(b["accuracy"])];

    private static string[] MinMedianMax(JsonNode summary) => [Number(summary["minimum"]), Number(summary["median"]), Number(summary["maximum"])];

    private static string Range(JsonNode summary) => $"{Number(summary["median"])}{Number(summary["minimum"])} to {Number(summary["maximum"])}";

    private static string Number(JsonNode? value) => value is null ? "–" : ((double)value).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Count(JsonNode? value) => ((long)value!).ToString(CultureInfo.InvariantCulture);

    private static ModelEvaluation Evaluation(string[] names) => new()
    {
        Model = "model.zip",
        Data = "test.tsv",
        LeftOutRowCount = 1,
        UnknownLabels = [new LabelCount("other", 2)],
        Metrics = ComparisonExamples.OfClasses(names, [4], 1).Runs[0].Without,
    };

    private static XElement Page(TransferComparison comparison) => Parse(ComparisonHtml.Write(comparison));

    private static XElement Parse(string html) => XElement.Parse(html["<!DOCTYPE html>\n".Length..], LoadOptions.PreserveWhitespace);

    private static string First(XElement page) => page.Element("body")!.Descendants().First(e => !e.HasElements && e.Value.Length > 0).Value;

    private static XElement Plot(XElement page, string id, string palette) =>
        page.Descendants("figure").Single(f => f.Attribute("id")!.Value == id).Elements("div").Single(d => d.Attribute("class")!.Value == $"plot {palette}").Element(Svg + "svg")!;

    private static int Squares(XElement svg) => svg.Descendants(Svg + "rect").Count(r => Regex.IsMatch(r.Attribute("style")?.Value ?? "", "stroke:none") && r.Attribute("width")!.Value == "8");

    /// <summary>The cells of each table, headings too, as text.</summary>
    private static Dictionary<string, string[][]> Tables(XElement page) => page.Descendants("table").ToDictionary(
        t => t.Attribute("id")!.Value, t => t.Descendants("tr").Select(r => r.Elements().Select(c => c.Value).ToArray()).ToArray());
}
