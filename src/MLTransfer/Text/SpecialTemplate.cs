namespace MLTransfer.Text;

/// <summary>Which special tokens stand around and between texts, and which segment each part belongs to.</summary>
internal sealed class SpecialTemplate
{
    public SpecialTemplate(IReadOnlyList<TemplatePart> parts)
    {
        Parts = [.. parts];
        SpecialTokenCount = Parts.Count(p => p.IsSpecial);
    }

    /// <summary>Nothing around the texts, the second being segment 1.</summary>
    public static SpecialTemplate PlainSingle { get; } = new([new TemplatePart(TemplatePart.First, 0)]);

    /// <inheritdoc cref="PlainSingle"/>
    public static SpecialTemplate PlainPair { get; } = new([new TemplatePart(TemplatePart.First, 0), new TemplatePart(TemplatePart.Second, 1)]);

    public TemplatePart[] Parts { get; }

    public int SpecialTokenCount { get; }

    /// <summary>BERT's own: [CLS] A [SEP], and [CLS] A [SEP] B [SEP] with B and what follows it in segment 1.</summary>
    public static (SpecialTemplate Single, SpecialTemplate Pair) Bert(int cls, int sep)
    {
        TemplatePart[] single = [new(cls, 0), new(TemplatePart.First, 0), new(sep, 0)];
        return (new SpecialTemplate(single), new SpecialTemplate([.. single, new TemplatePart(TemplatePart.Second, 1), new TemplatePart(sep, 1)]));
    }
}
