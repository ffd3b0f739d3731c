using System.Numerics.Tensors;
using MLTransfer.Backbones;
using MLTransfer.Features;
using MLTransfer.Internal;

namespace MLTransfer.Embedding;

/// <summary>How a feature output lies in memory: so many tokens of so many numbers for each piece.</summary>
/// <param name="Count">Tokens, patches, places of a feature map, or 1 for a vector.</param>
/// <param name="Dimension">D.</param>
/// <param name="ChannelsFirst">True where a piece is D × tokens instead of tokens × D.</param>
internal readonly record struct TokenShape(int Count, int Dimension, bool ChannelsFirst);

/// <summary>From what a graph delivered to the features of a row: every output that the plan names.</summary>
internal sealed class FeatureMaker(EmbeddingPlan plan)
{
    /// <summary>Reads the shape that a run delivered.</summary>
    /// <exception cref="InvalidOperationException">It has another count of rows, or another dimension, than the backbone's card says.</exception>
    public TokenShape Read(long[] shape, int rows)
    {
        int dimension = plan.Backbone.Dimension;
        // [n, D, 1, 1] and the like, wherever D lies.
        if (shape.Length > 2 && plan.Backbone.Ports.Shape.IsVector && shape[0] == rows && TensorPrimitives.Product<long>(shape.AsSpan(1)) == dimension)
            return new TokenShape(1, dimension, false);
        bool channelsFirst = plan.ChannelsFirst && shape.Length > 2;
        long found = shape.Length < 2 ? -1 : channelsFirst ? shape[1] : shape[^1];
        if (shape.Length < 2 || shape[0] != rows || found != dimension)
            throw Throw.OutputShape(plan.Backbone.Name, plan.Backbone.Card.FeatureOutput, rows, dimension, shape);
        long count = 1;
        for (int axis = 1; axis < shape.Length; axis++)
            count *= shape[axis];
        return new TokenShape((int)(count / dimension), dimension, channelsFirst);
    }

    /// <summary>Turns D × tokens into tokens × D.</summary>
    public static void Transpose(ReadOnlySpan<float> channels, int dimension, int tokenCount, Span<float> tokens)
    {
        for (int d = 0; d < dimension; d++)
        {
            ReadOnlySpan<float> channel = channels.Slice(d * tokenCount, tokenCount);
            for (int t = 0; t < channel.Length; t++)
                tokens[t * dimension + d] = channel[t];
        }
    }

    /// <summary>The outputs of a row.</summary>
    /// <param name="tokens">tokenCount × D numbers.</param>
    /// <param name="tokenCount">Tokens that count.</param>
    /// <param name="isWhole">False where the row was cut into pieces, whose vectors are then averaged even if the graph pooled each.</param>
    public FeatureBlock[] Make(ReadOnlySpan<float> tokens, int tokenCount, bool isWhole)
    {
        var blocks = new FeatureBlock[plan.Outputs.Length];
        for (int i = 0; i < blocks.Length; i++)
            blocks[i] = Make(tokens, tokenCount, plan.Outputs[i], isWhole);
        return blocks;
    }

    /// <summary>An output of not-a-number, for a row that could not be read: a vector, or a sequence of one token.</summary>
    public FeatureBlock MakeNaN(PlannedOutput output)
    {
        float[] numbers = new float[output.Dimension];
        numbers.AsSpan().Fill(float.NaN);
        return output.Pooling == Pooling.None ? Sequence(numbers, 1) : new FeatureBlock(numbers);
    }

    private FeatureBlock Make(ReadOnlySpan<float> tokens, int tokenCount, PlannedOutput output, bool isWhole)
    {
        if (output.Pooling == Pooling.None)
            return Sequence(tokens, tokenCount);
        float[] vector = new float[output.Dimension];
        if (output.Pooling == Pooling.Graph && isWhole)
            tokens[..output.Dimension].CopyTo(vector);
        else
            Pooler.Pool(tokens, tokenCount, plan.Backbone.Dimension, output.Pooling == Pooling.Graph ? Pooling.Mean : output.Pooling, vector);
        if (output.Normalize)
            Pooler.Normalize(vector);
        return new FeatureBlock(vector);
    }

    private FeatureBlock Sequence(ReadOnlySpan<float> tokens, int tokenCount)
    {
        if (plan.Options.SequencePrecision == SequencePrecision.Float32)
            return new FeatureBlock(tokens.ToArray(), tokenCount);
        var half = new Half[tokens.Length];
        TensorPrimitives.ConvertToHalf(tokens, half);
        return new FeatureBlock(half, tokenCount);
    }
}
