using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLTransfer.Testing;
using MLTransfer.Text;

namespace MLTransfer.Tests.Text;

/// <summary>The golden files of the tokenizer, and the small tokenizers they were made with.</summary>
internal static class GoldenFiles
{
    public static string Folder { get; } = Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Tests", "Text", "Golden");

    public static string[] Lines(string name) => File.ReadAllText(Path.Combine(Folder, name)).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    /// <summary>Every line, empty ones at the end included.</summary>
    public static string[] AllLines(string name) => File.ReadAllText(Path.Combine(Folder, name)).ReplaceLineEndings("\n").Split('\n')[..^1];

    public static byte[] Json(string name) => File.ReadAllBytes(Path.Combine(Folder, $"{name}.json"));

    public static WordPieceTokenizer Tokenizer(string name) =>
        WordPieceTokenizer.FromFiles(new Dictionary<string, byte[]> { ["tokenizer.json"] = Json(name) }, name);

    public static string Join(IEnumerable<int> numbers) => string.Join(' ', numbers);

    /// <summary>A text as the files hold it: printable ASCII as it is, all else by UTF-16 units.</summary>
    public static string Unescape(string line)
    {
        var text = new StringBuilder();
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
                text.Append(line[i]);
            else if (line[++i] == '\\')
                text.Append('\\');
            else
            {
                text.Append((char)ushort.Parse(line.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
        }
        return text.ToString();
    }

    public static string Sha256(string text, int digits) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..digits];
}
