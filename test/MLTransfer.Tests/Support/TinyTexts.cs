namespace MLTransfer.Tests.Support;

/// <summary>Texts of the tiny vocabulary.</summary>
internal static class TinyTexts
{
    private static readonly string[] Words = [.. TinyBackbones.Vocabulary.Where(w => char.IsAsciiLetter(w[0]))];

    /// <summary>Texts of different lengths, no two alike; the same for the same seed.</summary>
    public static string[] Distinct(int count, int longest = 12, int seed = 7)
    {
        var random = new Random(seed);
        var texts = new HashSet<string>();
        while (texts.Count < count)
            texts.Add(string.Join(' ', Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => Words[random.Next(Words.Length)])));
        return [.. texts];
    }
}
