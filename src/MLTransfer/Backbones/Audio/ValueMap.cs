using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace MLTransfer.Backbones;

/// <summary>An immutable copy of a dictionary, in the order of its keys; two with equal entries are equal, so that the record that holds it is.</summary>
internal sealed class ValueMap<T> : IReadOnlyDictionary<string, T>, IEquatable<ValueMap<T>>
    where T : IEquatable<T>
{
    private readonly SortedDictionary<string, T> _entries = new(StringComparer.Ordinal);

    public ValueMap(IEnumerable<KeyValuePair<string, T>> entries)
    {
        foreach ((string key, T value) in entries)
            _entries.Add(key, value);
    }

    public static ValueMap<T> Empty { get; } = new([]);

    public int Count => _entries.Count;

    public IEnumerable<string> Keys => _entries.Keys;

    public IEnumerable<T> Values => _entries.Values;

    public T this[string key] => _entries[key];

    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _entries.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(ValueMap<T>? other) => other is not null && _entries.SequenceEqual(other._entries);

    public override bool Equals(object? obj) => Equals(obj as ValueMap<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach ((string key, T value) in _entries)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value);
        }
        return hash.ToHashCode();
    }
}
