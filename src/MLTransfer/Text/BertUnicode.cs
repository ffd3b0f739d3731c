using System.Globalization;

namespace MLTransfer.Text;

/// <summary>
/// What BERT's normalizer and pre-tokenizer know about each code point, as the reference knows it. The tables are our own because the platform's
/// change with the runtime and its ICU (.NET 8 and .NET 10 would give different ids for the same text) and the reference's are frozen at older
/// versions of Unicode.
/// </summary>
internal static partial class BertUnicode
{
    private const int PageBits = 8;
    private const int PageSize = 1 << PageBits;
    private const int HangulBase = 0xAC00;
    private const int HangulCount = 11172;

    private static readonly CharClasses[] ClassTable;
    private static readonly ushort[] PageTable;
    private static readonly Dictionary<int, byte> CombiningTable = [];
    private static readonly Dictionary<int, int[]> DecompositionTable;
    private static readonly Dictionary<int, int[]> LowerTable;

    static BertUnicode()
    {
        var flat = new CharClasses[0x110000];
        Mark(flat, RemovedRanges, CharClasses.Removed);
        Mark(flat, WhiteRanges, CharClasses.White);
        Mark(flat, PunctuationRanges, CharClasses.Punctuation);
        Mark(flat, MarkRanges, CharClasses.Mark);
        Mark(flat, ChineseRanges, CharClasses.Chinese);
        Mark(flat, WordRanges, CharClasses.Word);
        foreach (string item in Items(CombiningClasses))
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            byte combiningClass = (byte)Hex(item.AsSpan(equals + 1));
            foreach (int c in Range(item.AsSpan(0, equals)))
            {
                flat[c] |= CharClasses.Reordered;
                CombiningTable[c] = combiningClass;
            }
        }
        DecompositionTable = Mappings(flat, Decompositions, CharClasses.Decomposes);
        flat.AsSpan(HangulBase, HangulCount).Fill(flat[HangulBase] | CharClasses.Decomposes);
        LowerTable = Mappings(flat, LowerCases, CharClasses.HasLower);
        (PageTable, ClassTable) = Fold(flat);
    }

    public static CharClasses Classes(int codePoint) => ClassTable[(PageTable[codePoint >> PageBits] << PageBits) + (codePoint & (PageSize - 1))];

    /// <summary>The canonical combining class: marks of different classes stand in ascending order once a text is decomposed.</summary>
    public static byte CombiningClass(int codePoint) => CombiningTable.GetValueOrDefault(codePoint);

    /// <summary>The full canonical decomposition of a code point of the class <see cref="CharClasses.Decomposes"/>.</summary>
    /// <param name="codePoint">The code point.</param>
    /// <param name="room">At least three places, used for Hangul syllables.</param>
    public static ReadOnlySpan<int> Decompose(int codePoint, Span<int> room)
    {
        int syllable = codePoint - HangulBase;
        if ((uint)syllable >= HangulCount)
            return DecompositionTable[codePoint];
        // The Unicode Standard, section 3.12: 19 leading, 21 vowel and 27 trailing jamo.
        room[0] = 0x1100 + (syllable / 588);
        room[1] = 0x1161 + (syllable % 588 / 28);
        room[2] = 0x11A7 + (syllable % 28);
        return room[..(syllable % 28 == 0 ? 2 : 3)];
    }

    /// <summary>
    /// The lower case of a code point of the class <see cref="CharClasses.HasLower"/>, whatever stands around it: a final sigma becomes the
    /// ordinary one.
    /// </summary>
    public static ReadOnlySpan<int> Lower(int codePoint) => LowerTable[codePoint];

    private static (ushort[] Pages, CharClasses[] Classes) Fold(CharClasses[] flat)
    {
        var pages = new ushort[flat.Length >> PageBits];
        List<CharClasses[]> kept = [];
        Dictionary<string, ushort> known = [];
        for (int page = 0; page < pages.Length; page++)
        {
            CharClasses[] classes = flat[(page << PageBits)..((page + 1) << PageBits)];
            string key = string.Create(PageSize, classes, (chars, from) =>
            {
                for (int i = 0; i < chars.Length; i++)
                    chars[i] = (char)from[i];
            });
            if (!known.TryGetValue(key, out ushort index))
            {
                known[key] = index = (ushort)kept.Count;
                kept.Add(classes);
            }
            pages[page] = index;
        }
        return (pages, [.. kept.SelectMany(c => c)]);
    }

    private static void Mark(CharClasses[] flat, string ranges, CharClasses bit)
    {
        foreach (string item in Items(ranges))
        {
            foreach (int c in Range(item))
                flat[c] |= bit;
        }
    }

    private static Dictionary<int, int[]> Mappings(CharClasses[] flat, string mappings, CharClasses bit)
    {
        Dictionary<int, int[]> result = [];
        foreach (string item in Items(mappings))
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            int from = Hex(item.AsSpan(0, equals));
            flat[from] |= bit;
            result[from] = [.. item[(equals + 1)..].Split('+').Select(part => Hex(part))];
        }
        return result;
    }

    private static string[] Items(string table) => table.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<int> Range(ReadOnlySpan<char> item)
    {
        int dash = item.IndexOf('-');
        int first = Hex(dash < 0 ? item : item[..dash]);
        int last = dash < 0 ? first : Hex(item[(dash + 1)..]);
        return Enumerable.Range(first, last - first + 1);
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
