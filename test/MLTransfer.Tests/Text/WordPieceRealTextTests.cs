using System.Security.Cryptography;
using System.Text;
using MLTransfer.Testing;
using MLTransfer.Text;

namespace MLTransfer.Tests.Text;

/// <summary>Token for token what Hugging Face's tokenizers give, on real texts under the vocabulary of all-minilm-l6-v2.</summary>
[TestFixture]
internal sealed class WordPieceRealTextTests
{
    private const int HashDigits = 8;
    private const int PairMaximumLength = 24;

    [Test]
    public void Encode_RealTexts_GivesTheReferencesIds()
    {
        WordPieceTokenizer tokenizer = AllMiniLm();
        List<string> wrong = [];
        int count = 0;
        foreach (string line in GoldenFiles.Lines("real.tsv"))
        {
            string[] fields = line.Split('\t');
            string[][] rows = Rows(fields[0], fields[3]);
            int first = Array.IndexOf(rows[0], fields[1]);
            int second = Array.IndexOf(rows[0], fields[2]);
            string[] expected = fields[4].Split(' ');
            for (int i = 0; i < expected.Length; i++)
            {
                string[] row = rows[i + 1];
                string found = GoldenFiles.Join(second < 0 ? tokenizer.Encode(row[first], int.MaxValue).Ids
                    : Pair(tokenizer, row[first], row[second]));
                if (GoldenFiles.Sha256(found, HashDigits) != expected[i])
                    wrong.Add($"{fields[0]} row {i + 1}: found {found}");
            }
            count += expected.Length;
        }
        Assert.Multiple(() =>
        {
            Assert.That(wrong, Is.Empty);
            Assert.That(count, Is.GreaterThan(5000));
        });
    }

    [Test]
    public void FromFiles_VocabularyTextOfARealModel_IsTheSameTokenizer()
    {
        string folder = RealAssets.Model("all-minilm-l6-v2");
        Dictionary<string, byte[]> files = Files(folder);
        var json = WordPieceTokenizer.FromFiles(files, folder);
        files.Remove("tokenizer.json");
        Assert.That(WordPieceTokenizer.FromFiles(files, folder).Fingerprint, Is.EqualTo(json.Fingerprint));
    }

    private static IEnumerable<int> Pair(WordPieceTokenizer tokenizer, string first, string second)
    {
        TokenIds pair = tokenizer.EncodePair(first, second, PairMaximumLength);
        return pair.Ids.Concat(pair.TokenTypes);
    }

    private static WordPieceTokenizer AllMiniLm()
    {
        string folder = RealAssets.Model("all-minilm-l6-v2");
        return WordPieceTokenizer.FromFiles(Files(folder), folder);
    }

    private static Dictionary<string, byte[]> Files(string folder) => WordPieceTokenizer.FileNames
        .Where(name => File.Exists(Path.Combine(folder, name))).ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(folder, name)));

    private static string[][] Rows(string set, string sha256)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(RealAssets.Data(set), "test.tsv"));
        string found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.That(found, Is.EqualTo(sha256), $"test.tsv of '{set}' is not the file the golden ids were made from.");
        return [.. Encoding.UTF8.GetString(bytes).Split('\n').Where(l => l.Length > 0).Select(l => l.Split('\t'))];
    }
}
