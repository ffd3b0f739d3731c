using System.Security.Cryptography;
using MLTransfer.Features;

namespace MLTransfer.Tests.Features;

/// <summary>Rows that say themselves whether they are right: everything in row i follows from i.</summary>
internal static class StoredRows
{
    /// <summary>The fingerprint that tests give their stores.</summary>
    public static readonly string Fingerprint = Convert.ToHexString(SHA256.HashData("rows of the tests"u8));

    public static FeatureKey Key(int row) => FeatureKey.Of(BitConverter.GetBytes(row));

    /// <summary>A pooled vector, a sequence of float16 and, in every third row, a sequence of float32.</summary>
    public static FeatureBlock[] Blocks(int row, int dimension = 5)
    {
        int tokens = 1 + row % 4;
        var blocks = new List<FeatureBlock>
        {
            new([.. Enumerable.Range(0, dimension).Select(i => row + i / 64f)]),
            new([.. Enumerable.Range(0, tokens * dimension).Select(i => (Half)(row % 100 - i))], tokens),
        };
        if (row % 3 == 0)
            blocks.Add(new FeatureBlock([.. Enumerable.Range(0, tokens * dimension).Select(i => -row * 1.5f + i)], tokens));
        return [.. blocks];
    }

    /// <summary>Whether these are the blocks of the row: kinds, tokens and every bit.</summary>
    public static bool Are(FeatureBlock[] found, FeatureBlock[] expected) => found.Length == expected.Length
        && found.Zip(expected).All(p => p.First.IsHalf == p.Second.IsHalf && p.First.TokenCount == p.Second.TokenCount && p.First.Bytes.SequenceEqual(p.Second.Bytes));

    /// <summary>Reads rows 0 to <paramref name="count"/> − 1 and gives back which are there and right.</summary>
    /// <exception cref="InvalidDataException">A row is there and wrong.</exception>
    public static List<int> Present(FeatureStore store, int count, int dimension = 5)
    {
        var present = new List<int>();
        for (int row = 0; row < count; row++)
        {
            if (!store.TryRead(Key(row), out FeatureBlock[]? blocks))
                continue;
            if (!Are(blocks, Blocks(row, dimension)))
                throw new InvalidDataException($"row {row} was delivered with other numbers than were stored");
            present.Add(row);
        }
        return present;
    }
}
