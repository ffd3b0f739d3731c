using System.Text.Json;
using MLTransfer.Text;

namespace MLTransfer.Internal;

internal static partial class Throw
{
    private const string DownloadAgain = "Download the file again, or copy it from the model it belongs to.";

    public static Exception TokenizerNotUtf8(TokenizerFile file, int line) => new InvalidDataException(
        $"{file} is not UTF-8: line {line} holds other bytes. {DownloadAgain}");

    public static Exception TokenizerNotJson(TokenizerFile file, JsonException inner) => new InvalidDataException(
        $"{file} is not valid JSON, or is cut short: {inner.Message} {DownloadAgain}", inner);

    public static Exception TokenizerMemberMissing(TokenizerFile file, string member) => new InvalidDataException(
        $"{file} has no member '{member}'. {DownloadAgain}");

    public static Exception TokenizerValue(TokenizerFile file, string member, object found, string expected) => new InvalidDataException(
        $"{file}: '{member}' is {Shortened(found)}, expected {expected}. {DownloadAgain}");

    public static Exception TokenizerKindUnsupported(TokenizerFile file, string member, string found, string supported) => new NotSupportedException(
        $"{file}: '{member}' is {found}. Supported: {supported}. Use a model of BERT's family (WordPiece), or turn texts into vectors elsewhere " +
        "and read them as a vector column.");

    public static Exception VocabularyEmpty(TokenizerFile file) => new InvalidDataException($"{file} holds no token. {DownloadAgain}");

    public static Exception EmptyVocabularyLine(TokenizerFile file, int line) => new InvalidDataException(
        $"{file}: line {line} is empty, expected a token on each line. {DownloadAgain}");

    public static Exception UnknownTokenMissing(TokenizerFile file, string token) => new InvalidDataException(
        $"{file}: the token for unknown words is '{token}', but the vocabulary does not hold it. {DownloadAgain}");

    public static Exception SpecialTokenMissing(TokenizerFile file, string role, string token) => new InvalidDataException(
        $"{file}: '{role}' is '{token}', but the vocabulary does not hold it. Correct '{role}' in {VocabularyText.ConfigFile}, or use the " +
        "vocabulary it belongs to.");

    public static Exception DuplicateToken(TokenizerFile file, string token, string where) => new InvalidDataException(
        $"{file} holds the token '{token}' twice ({where}); its id would be a guess. {DownloadAgain}");

    public static Exception DuplicateId(TokenizerFile file, int id, string first, string second) => new InvalidDataException(
        $"{file}: the tokens '{first}' and '{second}' of model.vocab have the same id {id}. {DownloadAgain}");

    public static Exception IdBeyondVocabulary(TokenizerFile file, string token, int id, int count) => new InvalidDataException(
        $"{file}: token '{token}' of model.vocab has id {id}, but there are {count} tokens: the ids have holes, expected 0 to {count - 1}. " +
        DownloadAgain);

    public static Exception AddedTokenId(TokenizerFile file, string token, int id, int expected) => new InvalidDataException(
        $"{file}: added token '{token}' has id {id}, expected {expected}, its place in or after the vocabulary. {DownloadAgain}");

    public static Exception VocabularyTooLarge(string origin, int maximum) => new NotSupportedException(
        $"The vocabulary of '{origin}' has more than {maximum} different beginnings of tokens. Vocabularies of models are a hundred times smaller; " +
        "check the file.");

    public static Exception MaximumLengthTooSmall(string parameter, int found, int specialTokens) => new ArgumentOutOfRangeException(
        parameter, found, $"The maximum length must leave room for the {specialTokens} special tokens around a text.");

    private static string Shortened(object found)
    {
        const int Longest = 80;
        string text = found.ToString()!;
        return text.Length > Longest ? $"'{text[..Longest]}…'" : $"'{text}'";
    }
}
