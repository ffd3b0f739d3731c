using MLTransfer.Internal;

namespace MLTransfer.Text;

/// <summary>
/// The vocabulary as a trie over UTF-16 units, walked once for each piece: the longest piece that begins a word (or goes on with it) costs one
/// probe for each char.
/// </summary>
internal sealed class WordPieceTrie
{
    private const int CharBits = 16;
    private const int NodeBits = 24;
    private const int MaximumNodes = 1 << NodeBits;
    private const int NoToken = -1;
    private const int WordRoot = 0;
    private const int ContinuationRoot = 1;

    // One entry holds parent (24 bits), char (16) and child (24). Child 0 cannot be (it is a root), so 0 is an empty entry.
    private ulong[] _edges = new ulong[1 << 12];
    private int[] _tokens = new int[1 << 10];
    private int _nodeCount = 2;

    public WordPieceTrie(IReadOnlyList<string> tokens, string continuationPrefix, string origin)
    {
        _tokens.AsSpan().Fill(NoToken);
        for (int id = 0; id < tokens.Count; id++)
        {
            Add(WordRoot, tokens[id], id, origin);
            if (tokens[id].StartsWith(continuationPrefix, StringComparison.Ordinal))
                Add(ContinuationRoot, tokens[id].AsSpan(continuationPrefix.Length), id, origin);
        }
    }

    /// <summary>Cuts a word into the longest pieces, from left to right.</summary>
    /// <param name="word">The word.</param>
    /// <param name="ids">Receives a piece for each char at most.</param>
    /// <returns>How many pieces; 0 where the word cannot be cut.</returns>
    public int Split(ReadOnlySpan<char> word, Span<int> ids)
    {
        int count = 0;
        int root = WordRoot;
        while (word.Length > 0)
        {
            int node = root;
            int token = NoToken;
            int length = 0;
            for (int i = 0; i < word.Length && TryStep(node, word[i], out node); i++)
            {
                if (_tokens[node] is int here and not NoToken)
                {
                    token = here;
                    length = i + 1;
                }
            }
            if (token == NoToken)
                return 0;
            ids[count++] = token;
            word = word[length..];
            root = ContinuationRoot;
        }
        return count;
    }

    private bool TryStep(int node, char c, out int child)
    {
        ulong key = Key(node, c);
        ulong[] edges = _edges;
        uint at = Slot(key, edges.Length);
        while (true)
        {
            ulong edge = edges[at];
            if (edge >> NodeBits == key && edge != 0)
            {
                child = (int)(edge & (MaximumNodes - 1));
                return true;
            }
            if (edge == 0)
            {
                child = 0;
                return false;
            }
            at = (at + 1) & (uint)(edges.Length - 1);
        }
    }

    private void Add(int node, ReadOnlySpan<char> token, int id, string origin)
    {
        foreach (char c in token)
        {
            if (!TryStep(node, c, out int child))
            {
                if (_nodeCount == MaximumNodes)
                    throw Throw.VocabularyTooLarge(origin, MaximumNodes);
                child = _nodeCount++;
                if (child == _tokens.Length)
                    GrowTokens();
                // At most half full: a miss ends after one or two probes.
                if (_nodeCount * 2 > _edges.Length)
                    GrowEdges();
                Put(_edges, (Key(node, c) << NodeBits) | (uint)child);
            }
            node = child;
        }
        if (token.Length > 0)
            _tokens[node] = id;
    }

    private void GrowTokens()
    {
        int old = _tokens.Length;
        Array.Resize(ref _tokens, old * 2);
        _tokens.AsSpan(old).Fill(NoToken);
    }

    private void GrowEdges()
    {
        var larger = new ulong[_edges.Length * 2];
        foreach (ulong edge in _edges)
        {
            if (edge != 0)
                Put(larger, edge);
        }
        _edges = larger;
    }

    private static void Put(ulong[] edges, ulong edge)
    {
        uint at = Slot(edge >> NodeBits, edges.Length);
        while (edges[at] != 0)
            at = (at + 1) & (uint)(edges.Length - 1);
        edges[at] = edge;
    }

    private static ulong Key(int node, char c) => ((ulong)node << CharBits) | c;

    // Multiplicative hashing (Knuth, volume 3, 6.4) with 2^64 divided by the golden ratio; the high bits are the good ones.
    private static uint Slot(ulong key, int size) => (uint)((key * 0x9E3779B97F4A7C15UL) >> 32) & (uint)(size - 1);
}
