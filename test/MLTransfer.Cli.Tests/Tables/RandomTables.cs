using System.Text;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Tables;

/// <summary>Files of separated fields with all that makes reading them hard, and the rows that they must be read as.</summary>
internal static class RandomTables
{
    private static readonly string[] Pieces = ["a", "bc", "ä", "日本", "😀", " ", "\"", ",", "\t", "\n", "\r", "\r\n", "0", "-1.5", "\"\"", "longer words, many of them"];

    /// <summary>The bytes of a file; the rows below its header, cells between bars, "!" for a row that cannot be used.</summary>
    public static (byte[] Bytes, List<string> Rows) Delimited(Random random, Dialect dialect, int columnCount, int rowCount)
    {
        var bytes = new List<byte>();
        var rows = new List<string>();
        if (random.Next(3) == 0)
            bytes.AddRange([0xEF, 0xBB, 0xBF]);
        string separator = ((char)dialect.Separator).ToString();
        bytes.AddRange(Encoding.UTF8.GetBytes(string.Join(separator, Enumerable.Range(0, columnCount).Select(i => $"c{i}"))));
        for (int r = 0; r < rowCount; r++)
        {
            EndLine(random, bytes);
            while (random.Next(5) == 0)
                EndLine(random, bytes);
            int fieldCount = random.Next(8) == 0 ? random.Next(1, columnCount + 3) : columnCount;
            string[] cells = [.. Enumerable.Range(0, fieldCount).Select(_ => Cell(random, dialect))];
            // A blank line is no row.
            if (fieldCount == 1 && cells[0].Length == 0)
                cells[0] = "x";
            byte[] line = Encoding.UTF8.GetBytes(string.Join(separator, cells.Select(c => Written(random, dialect, c))));
            bool isBroken = random.Next(10) == 0;
            // A lone byte of continuation, put where no quote or separator is split off.
            bytes.AddRange(isBroken ? dialect.HasQuotes && line[0] == '"' ? [line[0], 0xA4, .. line.AsSpan(1)] : [0xA4, .. line] : line);
            rows.Add(isBroken || fieldCount != columnCount ? "!" : string.Join('|', cells));
        }
        if (random.Next(2) == 0)
            EndLine(random, bytes);
        return ([.. bytes], rows);
    }

    private static string Cell(Random random, Dialect dialect)
    {
        string cell = string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => Pieces[random.Next(Pieces.Length)]));
        return dialect.HasQuotes ? cell : string.Concat(cell.Where(c => c is not ('\t' or '\r' or '\n')));
    }

    private static string Written(Random random, Dialect dialect, string cell)
    {
        bool needsQuotes = cell.AsSpan().IndexOfAny("\",\r\n") >= 0;
        return dialect.HasQuotes && (needsQuotes || random.Next(4) == 0) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }

    private static void EndLine(Random random, List<byte> bytes) => bytes.AddRange(Encoding.ASCII.GetBytes(random.Next(3) switch { 0 => "\n", 1 => "\r\n", _ => "\r" }));
}
