using System.Collections.Immutable;
using System.Globalization;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>Where a tensor's bytes lie when they are not in the graph's own file.</summary>
internal sealed record ExternalData(string Location, long Offset, long? Length)
{
    internal static ExternalData From(ImmutableArray<KeyValuePair<string, string>> pairs, string tensor, ReadContext context)
    {
        string? location = null;
        long? offset = null;
        long? length = null;
        foreach ((string key, string value) in pairs)
        {
            // Readers differ in which of two equal keys counts, so neither does.
            switch (key)
            {
                case "location":
                    context.Once(location, $"the location of tensor '{tensor}'");
                    location = value;
                    break;
                case "offset":
                    context.Once(offset, $"the offset of tensor '{tensor}'");
                    offset = Number(value);
                    break;
                case "length":
                    context.Once(length, $"the length of tensor '{tensor}'");
                    length = Number(value);
                    break;
            }
        }
        return new ExternalData(location ?? throw Throw.GraphDamaged(context.Name, $"tensor '{tensor}' is external but has no location"), offset ?? 0, length);

        long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
            : throw Throw.GraphDamaged(context.Name, $"tensor '{tensor}' lies at '{text}', which is no number");
    }

    internal ImmutableArray<KeyValuePair<string, string>> ToPairs()
    {
        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(0);
        pairs.Add(new("location", Location));
        if (Offset != 0)
            pairs.Add(new("offset", Offset.ToString(CultureInfo.InvariantCulture)));
        if (Length is long length)
            pairs.Add(new("length", length.ToString(CultureInfo.InvariantCulture)));
        return pairs.ToImmutable();
    }
}
