using System.Globalization;
using System.Text;
using MLTransfer.Text;

namespace MLTransfer.Tests.Text;

/// <summary>Token for token what Hugging Face's tokenizers give, on texts chosen to be hard. Their answers lie in the folder Golden.</summary>
[TestFixture]
internal sealed class WordPieceParityTests
{
    private const int NoLimit = int.MaxValue;
    private static readonly string[] Tokenizers = ["uncased", "cased", "lower-accents", "cased-strip", "bare", "added"];

    [TestCaseSource(nameof(Tokenizers))]
    public void Encode_HardTexts_GivesTheReferencesIds(string name)
    {
        WordPieceTokenizer tokenizer = GoldenFiles.Tokenizer(name);
        string[] texts = GoldenFiles.AllLines("texts.txt");
        string[] expected = GoldenFiles.AllLines($"{name}.ids.txt");
        Assert.That(expected, Has.Length.EqualTo(texts.Length));
        int[] ids = [];
        List<string> wrong = [];
        for (int i = 0; i < texts.Length; i++)
        {
            string text = GoldenFiles.Unescape(texts[i]);
            string found = GoldenFiles.Join(tokenizer.Encode(text, NoLimit).Ids);
            // The two ways to encode one text are two paths through the buffers.
            int count = tokenizer.Encode(text.AsMemory(), NoLimit, ref ids);
            string again = GoldenFiles.Join(ids.Take(count));
            if (found != expected[i] || again != found)
                wrong.Add($"\"{texts[i]}\": expected {expected[i]}, found {found}, in a buffer {again}");
        }
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Encode_EveryLimit_CutsAsTheReferenceDoes()
    {
        Dictionary<string, WordPieceTokenizer> tokenizers = Tokenizers.ToDictionary(n => n, GoldenFiles.Tokenizer);
        List<string> wrong = [];
        foreach (string line in GoldenFiles.Lines("cuts.tsv"))
        {
            string[] fields = line.Split('\t');
            WordPieceTokenizer tokenizer = tokenizers[fields[0]];
            int maximum = int.Parse(fields[3], CultureInfo.InvariantCulture);
            TokenIds found = fields[2] == "-1" ? tokenizer.Encode(Words(fields[1]), maximum)
                : tokenizer.EncodePair(Words(fields[1]), Words(fields[2]), maximum);
            string special = GoldenFiles.Join(found.SpecialTokensMask.Select(s => s ? 1 : 0));
            string all = $"{GoldenFiles.Join(found.Ids)}\t{GoldenFiles.Join(found.TokenTypes)}\t{special}";
            if (all != string.Join('\t', fields[4..]))
                wrong.Add($"{line}: found {all}");
        }
        Assert.That(wrong, Is.Empty);
    }

    [TestCase("uncased", true, true, true, true)]
    [TestCase("cased", true, true, false, false)]
    [TestCase("lower-accents", true, false, false, true)]
    [TestCase("cased-strip", false, true, true, false)]
    public void Encode_EveryCodePoint_IsNormalizedAndCutAsTheReferenceDoes(string name, bool clean, bool chinese, bool strip, bool lower)
    {
        WordPieceTokenizer tokenizer = GoldenFiles.Tokenizer(name);
        BertNormalizerOptions options = new() { CleanText = clean, HandleChineseChars = chinese, StripAccents = strip, Lowercase = lower };
        List<string> wrong = [];
        foreach (string[] fields in GoldenFiles.Lines("every-code-point.tsv").Select(l => l.Split('\t')).Where(f => f[0] == name))
        {
            int block = int.Parse(fields[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            var all = new StringBuilder();
            foreach (int c in Enumerable.Range(block, 4096).Where(Rune.IsValid))
            {
                string text = $"a{char.ConvertFromUtf32(c)}B";
                string ids = GoldenFiles.Join(tokenizer.Encode(text, NoLimit).Ids);
                all.Append(WordPieceScan.Normalize(options, text)).Append('\t').Append(ids).Append('\n');
            }
            if (GoldenFiles.Sha256(all.ToString(), 16) != fields[2])
                wrong.Add($"U+{block:X4} to U+{block + 4095:X4}");
        }
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Encode_OnManyThreads_GivesTheSameIds()
    {
        WordPieceTokenizer[] tokenizers = [.. Tokenizers.Select(GoldenFiles.Tokenizer)];
        string[] texts = [.. GoldenFiles.AllLines("texts.txt").Select(GoldenFiles.Unescape)];
        string[][] expected = [.. tokenizers.Select(t => texts.Select(text => GoldenFiles.Join(t.Encode(text, NoLimit).Ids)).ToArray())];
        Parallel.For(0, texts.Length * tokenizers.Length, i =>
        {
            (int text, int tokenizer) = Math.DivRem(i, tokenizers.Length);
            Assert.That(GoldenFiles.Join(tokenizers[tokenizer].Encode(texts[text], NoLimit).Ids), Is.EqualTo(expected[tokenizer][text]));
        });
    }

    private static string Words(string field) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? string.Join(' ', Enumerable.Repeat("hello", count)) : field;
}
