using MLTransfer.Internal;

namespace MLTransfer.Evaluation.Reports;

/// <summary>A <see cref="ModelEvaluation"/> as JSON.</summary>
internal static class EvaluationJson
{
    public const string Schema = "mltransfer-evaluation/1";

    public static string Write(ModelEvaluation evaluation) => ReportJson.Write(json =>
    {
        json.Text("headline", evaluation.Headline);
        json.WriteString("schema", Schema);
        json.Object("provenance", () =>
        {
            json.WriteString("libraryVersion", LibraryVersion.Text);
            json.Text("model", evaluation.Model);
            json.Text("data", evaluation.Data);
            json.WriteNumber("rowCount", evaluation.Metrics.RowCount);
            json.WriteNumber("leftOutRowCount", evaluation.LeftOutRowCount);
            json.Objects("unknownLabels", evaluation.UnknownLabels, l =>
            {
                json.Text("name", l.Name);
                json.WriteNumber("rowCount", l.RowCount);
            });
        });
        json.Number("largestClassShare", evaluation.LargestClassShare);
        json.Object("measures", () => json.Measures(evaluation.Metrics));
        json.Details(evaluation.Metrics.Classes, evaluation.Metrics.Confusion, evaluation.Metrics.Reliability);
    });
}
