using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using MLTransfer.Backbones;

namespace MLTransfer;

/// <summary>A number for each channel, or one for all of them. Immutable; equal where the numbers are. Written <c>[0.485, 0.456, 0.406]</c>, in JSON too.</summary>
[CollectionBuilder(typeof(ChannelValues), nameof(Create))]
[JsonConverter(typeof(ChannelValuesConverter))]
public sealed class ChannelValues : IReadOnlyList<double>, IEquatable<ChannelValues>
{
    private readonly double[] _values;

    private ChannelValues(double[] values) => _values = values;

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <inheritdoc/>
    public double this[int index] => _values[index];

    /// <summary>Makes one from its numbers: what a collection expression calls.</summary>
    public static ChannelValues Create(ReadOnlySpan<double> values) => new(values.ToArray());

    /// <inheritdoc/>
    public bool Equals(ChannelValues? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ChannelValues);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (double value in _values)
            hash.Add(value);
        return hash.ToHashCode();
    }

    /// <summary>The numbers as they are written, such as "[0.485, 0.456, 0.406]".</summary>
    public override string ToString() => $"[{string.Join(", ", _values.Select(v => v.ToString(CultureInfo.InvariantCulture)))}]";

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
