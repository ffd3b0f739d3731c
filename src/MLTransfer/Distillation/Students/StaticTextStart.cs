using MLTransfer.Internal;

namespace MLTransfer.Distillation.Students;

/// <summary>Start values of a static embedding: vectors of tokens, and their weights.</summary>
internal static class StaticTextStart
{
    // Arora, Liang and Ma 2017, "A simple but tough-to-beat baseline for sentence embeddings", section 4.1.
    private const double Smoothing = 1e-3;

    /// <summary>a / (a + p) for each token, p its share of all tokens of the texts (equation 4 of the paper); special tokens count for nothing and have 1.</summary>
    public static float[] Weights(WordPieceVocabulary vocabulary, WordCounts words)
    {
        long[] counts = vocabulary.Count(vocabulary.ToTokenizer(), words);
        double total = counts.Sum(c => (double)c);
        return [.. counts.Select(c => (float)(Smoothing / (Smoothing + c / total)))];
    }

    /// <summary>Random vectors of about unit length.</summary>
    public static float[] Random(int size, int dimension, int seed) => new StartWeights(seed).Uniform((long)size * dimension, Math.Sqrt(1.0 / dimension));

    /// <summary>
    /// The teacher's features of the tokens, of which fewer numbers than it has are taken along their principal axes, scaled together to unit length on average; special tokens have zeros.
    /// </summary>
    /// <exception cref="ArgumentException">The teacher has fewer numbers than the student is to have.</exception>
    public static float[] Of(Backbone teacher, WordPieceVocabulary vocabulary, int dimension, CancellationToken cancel)
    {
        if (dimension > teacher.Dimension)
            throw Throw.StudentOptions($"{nameof(StaticTextOptions.Dimension)} is {dimension}, but the teacher '{teacher.Name}' has {teacher.Dimension} numbers. Ask for at most as many.", nameof(StaticTextOptions.Dimension));
        int special = WordPieceVocabulary.SpecialCount;
        float[][] features = TokenFeatures.Of(teacher, vocabulary.Tokens.AsSpan(special), cancel);
        // With as many numbers, they mean the same as the teacher's.
        PrincipalAxes? axes = dimension < teacher.Dimension ? PrincipalAxes.Find(features, dimension) : null;
        double[][] projected = [.. features.Select(f => axes is null ? [.. f.Select(v => (double)v)] : axes.Project(f))];
        double length = projected.Average(p => Math.Sqrt(p.Sum(v => v * v)));
        float[] table = new float[vocabulary.Tokens.Length * dimension];
        for (int token = 0; token < projected.Length; token++)
        {
            for (int i = 0; i < dimension; i++)
                table[(special + token) * dimension + i] = (float)(length > 0 ? projected[token][i] / length : 0);
        }
        return table;
    }
}
