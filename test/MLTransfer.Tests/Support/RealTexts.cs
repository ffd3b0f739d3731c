using MLTransfer.Testing;

namespace MLTransfer.Tests.Support;

/// <summary>Columns of the real sets, or the test is skipped where they are absent.</summary>
internal static class RealTexts
{
    public static string TestFile(string set) => Path.Combine(RealAssets.Data(set), "test.tsv");

    /// <summary>The rows of a file with a header, in the order of the columns asked for.</summary>
    public static string[][] Read(string path, params string[] columns)
    {
        string[][] lines = [.. File.ReadAllLines(path).Where(l => l.Length > 0).Select(l => l.Split('\t'))];
        int[] places = [.. columns.Select(c => Array.IndexOf(lines[0], c))];
        Assert.That(places, Has.None.EqualTo(-1), $"{path} has {string.Join(", ", lines[0])}");
        return [.. lines.Skip(1).Select(row => places.Select(p => row[p]).ToArray())];
    }

    /// <summary>The first texts of banking77's test rows: short questions of customers.</summary>
    public static string[] Questions(int count) => [.. Read(TestFile("banking77"), "text").Take(count).Select(r => r[0])];
}
