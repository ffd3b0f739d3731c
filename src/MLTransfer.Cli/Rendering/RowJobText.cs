using System.Globalization;
using MLTransfer.Cli.Scoring;
using MLTransfer.Cli.Tables;
using Spectre.Console;
using TableColumn = MLTransfer.Cli.Tables.TableColumn;

namespace MLTransfer.Cli.Rendering;

/// <summary>What a job over rows says before it begins and when it is done.</summary>
internal static class RowJobText
{
    public static void Announce(IAnsiConsole console, ScorePlan plan, TableInput input, InputScan scan, ScoreSettings settings, string shardSource)
    {
        string files = scan.Files.Count == 1 ? $"'{scan.Files[0].Name}'" : $"{scan.Files.Count} files";
        console.WriteLine(PlainText.Of($"{Sizes.Count(scan.RowCount)} rows in {files} ({Sizes.Bytes(scan.Files.Sum(f => f.ByteCount))})"));
        PairTable.Write(console, input.Columns.Select((c, i) => ($"  {c.Name}", $"{input.Looks[i]}{Use(plan, c)}")));
        console.WriteLine(PlainText.Of($"Written: {string.Join(", ", plan.Kept.Concat(plan.Outputs.Select(o => o.Column)).Select(c => c.Kind == ColumnKind.Vector ? $"{c.Name} ({c.Width} numbers)" : c.Name))}"));
        if (settings.Shard.Count == 1)
            return;
        RowRange rows = settings.Shard.Rows(scan.RowCount, settings.BlockRowCount);
        console.WriteLine(PlainText.Of($"Shard {settings.Shard} by {shardSource}: {Sizes.Count(rows.Count)} rows from row {Sizes.Count(rows.First)} on (both from 0)"));
    }

    public static void Write(IAnsiConsole console, ScoreReport report)
    {
        if (report.WasDone)
        {
            console.WriteLine(PlainText.Of($"{report.Output} is whole already, {Sizes.Count(report.RowCount)} rows: nothing was done."));
            return;
        }
        string rate = report.RowsPerSecond is double rows ? string.Create(CultureInfo.InvariantCulture, $" in {report.Seconds:0.0} s ({rows:N0} rows/s)") : "";
        string resumed = report.ResumedRowCount == 0 ? "" : $"; {Sizes.Count(report.ResumedRowCount)} of them by earlier runs";
        console.WriteLine(PlainText.Of($"{report.Output}: {Sizes.Count(report.RowCount - report.ErrorCount)} rows{rate}{resumed}"));
        if (report.ErrorCount > 0)
            console.WriteLine(PlainText.Of($"{Sizes.Count(report.ErrorCount)} rows could not be scored; {report.Errors} says why"));
    }

    private static string Use(ScorePlan plan, TableColumn column)
    {
        string[] uses = [.. plan.Inputs.Where(i => i.Source.Name == column.Name).Select(i => $"the model's {i.Name}"), .. plan.Kept.Any(k => k.Name == column.Name) ? ["passed on"] : (string[])[]];
        return uses.Length == 0 ? ", not used" : $": {string.Join(", ", uses)}";
    }
}
