using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Features;
using MLTransfer.Internal;

namespace MLTransfer.Distillation;

/// <summary>
/// A hash of what some columns hold in a row, whatever their order in the data. Text that is the path of a file counts with the file's size and time of change, since a model may read the file.
/// Not thread-safe.
/// </summary>
internal sealed class RowHasher : IDisposable
{
    // Longer than any path of the systems that we run on.
    private const int LongestPath = 4096;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _start;
    private readonly Action[] _columns;

    /// <param name="row">The cursor whose current row is hashed.</param>
    /// <param name="columns">Columns that are active in it.</param>
    /// <param name="fingerprint">Hexadecimal, of the model that reads them.</param>
    /// <exception cref="NotSupportedException">A column is of a type that cannot be hashed.</exception>
    public RowHasher(DataViewRow row, IEnumerable<DataViewSchema.Column> columns, string fingerprint)
    {
        DataViewSchema.Column[] sorted = [.. columns.OrderBy(c => c.Name, StringComparer.Ordinal)];
        // The same values in other columns are another row.
        string names = string.Join('|', sorted.Select(c => $"{c.Name.Length.ToString(CultureInfo.InvariantCulture)}:{c.Name}:{c.Type}"));
        _start = [.. Convert.FromHexString(fingerprint), .. SHA256.HashData(Encoding.UTF8.GetBytes(names))];
        _columns = [.. sorted.Select(c => Append(row, c))];
    }

    /// <summary>Whether the content of a column can be told apart.</summary>
    public static bool CanHash(DataViewSchema.Column column)
    {
        Type type = column.Type is VectorDataViewType vector ? vector.ItemType.RawType : column.Type.RawType;
        return type == typeof(ReadOnlyMemory<char>) || (type.IsValueType && !HoldsReferences(type));
    }

    /// <summary>The key of the current row.</summary>
    public FeatureKey Key()
    {
        _hash.AppendData(_start);
        foreach (Action column in _columns)
            column();
        Span<ulong> words = stackalloc ulong[4];
        _hash.GetHashAndReset(MemoryMarshal.AsBytes(words));
        return new FeatureKey(words[0], words[1], words[2], words[3]);
    }

    public void Dispose() => _hash.Dispose();

    private Action Append(DataViewRow row, DataViewSchema.Column column)
    {
        if (!CanHash(column))
            throw Throw.TeacherColumnType(column.Name, $"{column.Type}");
        Type type = column.Type is VectorDataViewType vector ? vector.ItemType.RawType : column.Type.RawType;
        string name = column.Type is VectorDataViewType ? nameof(Vector) : nameof(Scalar);
        if (type == typeof(ReadOnlyMemory<char>))
            return column.Type is VectorDataViewType ? TextVector(row, column) : Text(row, column);
        System.Reflection.MethodInfo method = typeof(RowHasher).GetMethod(name, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
        return method.MakeGenericMethod(type).CreateDelegate<Func<DataViewRow, DataViewSchema.Column, Action>>(this)(row, column);
    }

    private Action Scalar<T>(DataViewRow row, DataViewSchema.Column column)
        where T : unmanaged
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            _hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
        };
    }

    private Action Vector<T>(DataViewRow row, DataViewSchema.Column column)
        where T : unmanaged
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> vector = default;
        T[] dense = [];
        return () =>
        {
            getter(ref vector);
            if (dense.Length < vector.Length)
                dense = new T[vector.Length];
            vector.CopyTo(dense);
            Length(vector.Length);
            _hash.AppendData(MemoryMarshal.AsBytes(dense.AsSpan(0, vector.Length)));
        };
    }

    private Action Text(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            Text(text);
        };
    }

    private Action TextVector(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
        VBuffer<ReadOnlyMemory<char>> vector = default;
        return () =>
        {
            getter(ref vector);
            Length(vector.Length);
            foreach (ReadOnlyMemory<char> text in vector.DenseValues())
                Text(text);
        };
    }

    private void Text(ReadOnlyMemory<char> text)
    {
        Length(text.Length);
        _hash.AppendData(MemoryMarshal.AsBytes(text.Span));
        if (text.Length is > 0 and <= LongestPath && File.Exists(text.ToString()))
        {
            var file = new FileInfo(text.ToString());
            _hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Length}|{file.LastWriteTimeUtc.Ticks}")));
        }
    }

    private void Length(int length) => _hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in length)));

    private static bool HoldsReferences(Type type) => (bool)typeof(RuntimeHelpers).GetMethod(nameof(RuntimeHelpers.IsReferenceOrContainsReferences))!.MakeGenericMethod(type).Invoke(null, null)!;
}
