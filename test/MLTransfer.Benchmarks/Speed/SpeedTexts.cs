using System.Text;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Text;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Texts of real words whose lengths in tokens are lognormal with mean 27, as short messages are.</summary>
internal static class SpeedTexts
{
    private const double MeanLength = 27;
    private const double Sigma = 0.6;
    private const int LongestLength = 126;

    /// <summary>Makes texts, no two the same; null where the sets they are made from are not on this machine.</summary>
    public static List<LabelledText>? Make(WordPieceTokenizer tokenizer, int count)
    {
        List<string> words = [];
        foreach (string set in (string[])["banking77", "sentiment3", "clinc150"])
        {
            if (LabelledText.Read(set, "train") is not List<LabelledText> rows)
                return null;
            words.AddRange(rows.SelectMany(r => r.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        }
        var random = new Random(0);
        int next = 0;
        return [.. Enumerable.Range(0, count).Select(_ => new LabelledText { Text = Text(tokenizer, words, ref next, Length(random)) })];
    }

    private static int Length(Random random)
    {
        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double length = Math.Exp(Math.Log(MeanLength) - (Sigma * Sigma / 2) + (Sigma * normal));
        return (int)Math.Clamp(Math.Round(length), 3, LongestLength);
    }

    // Consecutive words of the sets: real sentences and parts of them.
    private static string Text(WordPieceTokenizer tokenizer, List<string> words, ref int next, int length)
    {
        var text = new StringBuilder();
        int[] ids = [];
        do
        {
            text.Append(text.Length == 0 ? "" : " ").Append(words[next++ % words.Count]);
        }
        while (tokenizer.Encode(text.ToString().AsSpan(), LongestLength + 2, ref ids) < length);
        return text.ToString();
    }
}
