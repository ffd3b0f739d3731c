using System.Runtime.InteropServices;
using System.Text;

namespace MLTransfer.Distillation.Students;

/// <summary>
/// Joins the two pieces that stand beside each other most often, again and again (Sennrich, Haddow and Birch 2016, "Neural machine translation of rare words with subword units",
/// algorithm 1). Counts of pairs are kept up to date word by word, so a merge costs what it changes, not another pass over the words.
/// </summary>
internal sealed class WordPieceMerges
{
    // What occurs once says nothing of other texts.
    private const long LeastCount = 2;

    private readonly List<string> _tokens;
    private readonly Dictionary<string, int> _ids;
    private readonly List<(int[] Pieces, int Length, long Count)> _words = [];
    private readonly Dictionary<(int, int), long> _counts = [];
    private readonly Dictionary<(int, int), HashSet<int>> _places = [];
    private readonly PriorityQueue<((int, int) Pair, long Count), (long, int, int)> _queue = new();

    /// <param name="characters">The first tokens: special ones and the characters, in both forms.</param>
    /// <param name="words">The words.</param>
    /// <param name="cancel">Ends it between two words.</param>
    public WordPieceMerges(IEnumerable<string> characters, WordCounts words, CancellationToken cancel = default)
    {
        _tokens = [.. characters];
        _ids = _tokens.Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id, StringComparer.Ordinal);
        foreach ((string word, long count) in words.Words)
        {
            if (Pieces(word) is int[] pieces)
                _words.Add((pieces, pieces.Length, count));
        }
        for (int word = 0; word < _words.Count; word++)
        {
            cancel.ThrowIfCancellationRequested();
            (int[] pieces, int length, long count) = _words[word];
            for (int i = 0; i + 1 < length; i++)
                Change((pieces[i], pieces[i + 1]), count, word);
        }
        foreach ((int, int) pair in _counts.Keys)
            Enqueue(pair);
    }

    /// <summary>By id; grows.</summary>
    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>Joins until there are as many tokens as asked for, or nothing is left to join.</summary>
    public void Run(int size, CancellationToken cancel = default)
    {
        while (_tokens.Count < size && _queue.TryDequeue(out ((int, int) Pair, long Count) best, out _))
        {
            cancel.ThrowIfCancellationRequested();
            long count = _counts.GetValueOrDefault(best.Pair);
            // Outdated: it has become rarer since. An entry for a pair that became more frequent was added when it did.
            if (count < best.Count)
                Enqueue(best.Pair);
            else if (count == best.Count)
                Merge(best.Pair);
        }
    }

    private void Merge((int Left, int Right) pair)
    {
        string right = _tokens[pair.Right];
        string joined = _tokens[pair.Left] + right[WordPieceVocabulary.Continuation.Length..];
        // Two ways may lead to one piece: ab + ##c and a + ##bc.
        if (!_ids.TryGetValue(joined, out int id))
        {
            id = _ids[joined] = _tokens.Count;
            _tokens.Add(joined);
        }
        var risen = new HashSet<(int, int)>();
        HashSet<int> places = _places[pair];
        _places.Remove(pair);
        foreach (int word in places)
            Join(word, pair, id, risen);
        _counts.Remove(pair);
        foreach ((int, int) changed in risen)
            Enqueue(changed);
    }

    private void Join(int word, (int Left, int Right) pair, int id, HashSet<(int, int)> risen)
    {
        (int[] pieces, int length, long count) = _words[word];
        int kept = 0;
        for (int i = 0; i < length; i++)
        {
            if (i + 1 == length || (pieces[i], pieces[i + 1]) != pair)
            {
                pieces[kept++] = pieces[i];
                continue;
            }
            if (kept > 0)
            {
                Change((pieces[kept - 1], pair.Left), -count, word);
                Rise((pieces[kept - 1], id));
            }
            if (i + 2 < length)
            {
                Change((pair.Right, pieces[i + 2]), -count, word);
                Rise((id, pieces[i + 2]));
            }
            pieces[kept++] = id;
            i++;
        }
        _words[word] = (pieces, kept, count);

        void Rise((int, int) made)
        {
            Change(made, count, word);
            risen.Add(made);
        }
    }

    private void Change((int, int) pair, long by, int word)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += by;
        if (by < 0)
            return;
        ref HashSet<int>? places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, pair, out _);
        (places ??= []).Add(word);
    }

    private void Enqueue((int Left, int Right) pair)
    {
        long count = _counts.GetValueOrDefault(pair);
        if (count >= LeastCount)
            _queue.Enqueue((pair, count), (-count, pair.Left, pair.Right));
    }

    /// <summary>The characters of a word, from the second on in their continuing form; null where one is no token.</summary>
    private int[]? Pieces(string word)
    {
        var pieces = new List<int>(word.Length);
        foreach (Rune rune in word.EnumerateRunes())
        {
            if (!_ids.TryGetValue(pieces.Count == 0 ? $"{rune}" : $"{WordPieceVocabulary.Continuation}{rune}", out int id))
                return null;
            pieces.Add(id);
        }
        return [.. pieces];
    }
}
