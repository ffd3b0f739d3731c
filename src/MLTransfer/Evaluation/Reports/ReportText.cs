using System.Globalization;
using System.Text;
using System.Xml;

namespace MLTransfer.Evaluation.Reports;

/// <summary>Texts and numbers as reports show them.</summary>
internal static class ReportText
{
    private const char Replacement = '\ufffd';

    /// <summary>A text that XML can hold: what no XML may contain becomes U+FFFD. Escaping is the writer's.</summary>
    public static string Of(string text) => WholeCharacters(string.Concat(text.Select(c => char.IsSurrogate(c) || XmlConvert.IsXmlChar(c) ? c : Replacement)));

    /// <summary>Halves of surrogate pairs become U+FFFD.</summary>
    public static string WholeCharacters(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            result.Append(rune.ToString());
        return result.ToString();
    }

    /// <summary>The text in at most so many characters as people count them. What is too much is cut from the middle: names often begin, or end, alike.</summary>
    public static string Shorten(string text, int most)
    {
        var info = new StringInfo(text);
        if (info.LengthInTextElements <= most)
            return text;
        int end = (most - 1) * 2 / 5;
        return info.SubstringByTextElements(0, most - 1 - end) + "…" + info.SubstringByTextElements(info.LengthInTextElements - end);
    }

    /// <summary>Three decimals; a dash where nothing is known.</summary>
    public static string Number(double value) => double.IsFinite(value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : "–";

    /// <summary>Three decimals with a sign.</summary>
    public static string Difference(double value) => double.IsFinite(value) ? value.ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture) : "–";

    public static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);
}
