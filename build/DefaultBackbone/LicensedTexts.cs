namespace MLTransfer.Build.DefaultBackbone;

/// <summary>
/// The texts that frequencies are counted in: training rows, without their labels, of sets whose licence lets weights made from them be passed on.
/// </summary>
internal static class LicensedTexts
{
    public static readonly (string Set, string Credit)[] Sets =
    [
        ("banking77", "Casanueva et al. 2020, CC BY 4.0"),
        ("clinc150", "Larson et al. 2019, CC BY 3.0"),
        ("cr", "Hu and Liu 2004, CC BY 4.0"),
        ("nlupp", "Casanueva et al. 2022, CC BY 4.0"),
        ("rt-polarity", "Pang and Lee 2005, CC BY 4.0"),
        ("sentiment3", "Kotzias et al. 2015, CC BY 4.0"),
        ("sms-spam", "Almeida and Hidalgo 2011, CC BY 4.0"),
        ("subj", "Pang and Lee 2004, CC BY 4.0"),
        ("wnut17", "Derczynski et al. 2017, CC BY 4.0"),
    ];

    /// <summary>Every text of every set, in a fixed order.</summary>
    public static string[] Read(Func<string, string> folderOf) =>
        [.. Sets.SelectMany(s => Read(s.Set, folderOf(s.Set)))];

    /// <summary>Every text of one set, in the order of its rows.</summary>
    public static IEnumerable<string> Read(string set, string folder)
    {
        string path = Path.Combine(folder, "train.tsv");
        return set switch
        {
            // One token a line; sentences are numbered.
            "wnut17" => ReadTable(path, "sentence", "token").GroupBy(r => r[0], r => r[1]).Select(sentence => string.Join(' ', sentence)),
            _ => ReadTable(path, "text").Select(r => r[0]),
        };
    }

    /// <summary>Columns by name of a tab-separated file with a header and without quotes.</summary>
    public static IEnumerable<string[]> ReadTable(string path, params string[] columns)
    {
        using IEnumerator<string> lines = File.ReadLines(path).GetEnumerator();
        string[] header = lines.MoveNext() ? lines.Current.Split('\t') : [];
        int[] indices = [.. columns.Select(c => Array.IndexOf(header, c))];
        if (Array.IndexOf(indices, -1) is >= 0 and int missing)
            throw new InvalidDataException($"{path} has no column '{columns[missing]}'; it has {string.Join(", ", header)}.");
        while (lines.MoveNext())
        {
            string[] fields = lines.Current.Split('\t');
            yield return [.. indices.Select(i => fields[i])];
        }
    }
}
