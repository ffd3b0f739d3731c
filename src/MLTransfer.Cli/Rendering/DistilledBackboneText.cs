using System.Globalization;
using MLTransfer.Cli.Teaching;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>A <see cref="DistilledBackboneReport"/> for people: what was found first, then the work, then the files.</summary>
internal static class DistilledBackboneText
{
    public static void Write(IAnsiConsole console, DistilledBackboneReport report)
    {
        console.WriteLine(report.HeldOutAgreement is double agreement
            ? string.Create(CultureInfo.InvariantCulture, $"Agreement with the teacher: mean cosine {agreement:0.0000} on the {report.HeldOutFraction:0.##%} of the texts that were held out.")
            : "Nothing was held out, so the agreement with the teacher was not measured.");
        console.WriteLine();
        PairTable.Write(console,
        [
            ("Texts", $"{Sizes.Count(report.TextCount)}, {Sizes.Count(report.DuplicateCount)} more were there before"),
            ("Teacher", $"{report.Teacher}, {report.TeacherDimension} numbers: ran {Sizes.Count(report.TeacherRowsRun)} texts, {Sizes.Count(report.TeacherRowsCached)} from the cache"),
            ("Student", $"{report.Student}, {report.Dimension} numbers"),
            ("Losses", string.Join("; ", report.Losses)),
            ("Epochs", $"{report.EpochCount}{(report.BestEpoch is int best ? $", weights kept of epoch {best}" : "")}; {Sizes.Count(report.StepCount)} steps"),
        ]);
        console.WriteLine();
        console.WriteLine(PlainText.Of($"Saved {report.Folder} ({Sizes.Bytes(report.ByteCount)}{(report.IsInt8 ? ", weights in 8 bits" : "")})."));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Done in {report.Seconds:0} seconds."));
    }
}
