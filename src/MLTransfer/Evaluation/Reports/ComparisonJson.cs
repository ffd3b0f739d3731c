using System.Text.Json;

namespace MLTransfer.Evaluation.Reports;

/// <summary>A comparison as JSON.</summary>
internal static class ComparisonJson
{
    public const string Schema = "mltransfer-comparison/1";

    public static string Write(TransferComparison comparison) => ReportJson.Write(json =>
    {
        json.WriteString("verdict", Name(comparison.Verdict));
        json.Text("headline", ComparisonText.FirstLine(comparison));
        json.WriteString("schema", Schema);
        json.WriteBoolean("isComplete", comparison.IsComplete);
        json.Object("provenance", () => Provenance(json, comparison.Provenance));
        json.Numbers("labelsPerClass", comparison.Summaries.Select(s => s.LabelsPerClass));
        json.Numbers("leftOutLabelsPerClass", comparison.LeftOutLabelsPerClass);
        json.Objects("summaries", comparison.Summaries, s =>
        {
            json.WriteNumber("labelsPerClass", s.LabelsPerClass);
            json.WriteNumber("seedCount", s.SeedCount);
            json.WriteString("verdict", Name(s.Verdict));
            json.Object("with", () => Side(json, s.With));
            json.Object("without", () => Side(json, s.Without));
        });
        json.Objects("runs", comparison.Runs, r =>
        {
            json.WriteNumber("labelsPerClass", r.LabelsPerClass);
            json.WriteNumber("seed", r.Seed);
            json.WriteNumber("testRowCount", r.With.RowCount);
            json.Object("with", () => json.Measures(r.With));
            json.Object("without", () => json.Measures(r.Without));
        });
    });

    private static string Name(TransferVerdict verdict) => JsonNamingPolicy.CamelCase.ConvertName(verdict.ToString());

    private static void Provenance(Utf8JsonWriter json, ComparisonProvenance provenance)
    {
        json.WriteString("libraryVersion", provenance.LibraryVersion);
        json.Text("data", provenance.Data);
        json.Text("with", provenance.With);
        json.Text("without", provenance.Without);
        json.Text("trainer", provenance.Trainer);
        json.WriteNumber("rowCount", provenance.RowCount);
        json.WriteNumber("unlabelledRowCount", provenance.UnlabelledRowCount);
        json.WriteNumber("testRowCount", provenance.TestRowCount);
        json.Number("testFraction", provenance.TestFraction ?? double.NaN);
        json.Numbers("seeds", provenance.Seeds);
        json.Objects("classes", provenance.Classes, c =>
        {
            json.Text("name", c.Name);
            json.WriteNumber("rowCount", c.RowCount);
        });
    }

    private static void Side(Utf8JsonWriter json, ComparisonSide side)
    {
        foreach (Measure measure in Measure.All)
            json.Summary(measure.Key, measure.Over(side));
        json.Details(side.Classes, side.Confusion, side.Reliability);
    }
}
