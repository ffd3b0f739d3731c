namespace MLTransfer.Cli.Demo;

/// <summary>The data inside this tool: 240 support tickets of six classes, and new ones. Written for it by hand.</summary>
internal static class Tickets
{
    public static List<Ticket> Labelled() =>
        [.. Lines("tickets.tsv").Skip(1).Select(line => line.Split('\t')).Select(fields => new Ticket { Label = fields[0], Text = fields[1] })];

    public static List<Ticket> New() => [.. Lines("new-tickets.txt").Select(line => new Ticket { Text = line })];

    private static IEnumerable<string> Lines(string resource)
    {
        using Stream stream = typeof(Tickets).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is string line)
            yield return line;
    }
}
