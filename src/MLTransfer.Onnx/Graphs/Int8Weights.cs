using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>Quantised weights as float: (W − zero point) × scale, each of the two one number or one for each channel.</summary>
internal static class Int8Weights
{
    /// <param name="node">For messages.</param>
    /// <param name="name">Of the result.</param>
    /// <param name="weights">int8 or uint8.</param>
    /// <param name="scale">float.</param>
    /// <param name="zero">As the weights; null for 0.</param>
    /// <param name="channelAxis">The axis of the weights that the result's channels come from; -1 where only single scales and zero points are
    /// possible.</param>
    /// <param name="convolution">Whether the result's channels lie on axis 1 rather than on the last.</param>
    public static OnnxTensor Dequantize(string node, string name, OnnxTensor weights, OnnxTensor scale, OnnxTensor? zero, int channelAxis, bool convolution)
    {
        if (weights.ElementType is not (OnnxElementType.Int8 or OnnxElementType.UInt8))
            throw Throw.UnknownInt8Pattern(node, $"its weights '{weights.Name}' are {weights.ElementType}, expected Int8 or UInt8");
        long channels = channelAxis < 0 ? 1 : weights.Dimensions[channelAxis];
        if (scale.ElementCount != 1 && !LiesOnChannels(scale, channels, convolution ? weights.Dimensions.Length : 0))
            throw WrongCount("scale", scale);
        if (zero is not null && zero.ElementCount != 1 && !LiesOnChannels(zero, channels, rank: 0))
            throw WrongCount("zero point", zero);

        float[] values = weights.ToFloats();
        float[] scales = scale.ToFloats();
        float[] zeros = zero?.ToFloats() ?? [0];
        long run = 1;
        for (int axis = channelAxis + 1; channelAxis >= 0 && axis < weights.Dimensions.Length; axis++)
            run *= weights.Dimensions[axis];
        for (int i = 0; i < values.Length; i++)
        {
            int channel = channelAxis < 0 ? 0 : (int)(i / run % channels);
            values[i] = (values[i] - zeros[zeros.Length == 1 ? 0 : channel]) * scales[scales.Length == 1 ? 0 : channel];
        }
        return OnnxTensor.Of(name, values, weights.Dimensions.AsSpan());

        Exception WrongCount(string what, OnnxTensor found) => Throw.UnknownInt8Pattern(node,
            $"its {what} '{found.Name}' [{string.Join(", ", found.Dimensions)}] is neither one number nor one for each of {channels} channels");
    }

    /// <summary>A matrix with its axes exchanged.</summary>
    public static OnnxTensor Transpose(string name, OnnxTensor matrix)
    {
        ReadOnlySpan<byte> from = matrix.ToBytes().Span;
        int rows = (int)matrix.Dimensions[0];
        int columns = (int)matrix.Dimensions[1];
        int size = matrix.ElementType.Bits() / 8;
        byte[] to = new byte[from.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                from.Slice(((row * columns) + column) * size, size).CopyTo(to.AsSpan(((column * rows) + row) * size));
        }
        return OnnxTensor.Of<byte>(name, matrix.ElementType, to, columns, rows);
    }

    /// <summary>
    /// Whether numbers lie along the channels: the last axis of a product (rank 0 asks for that), the axis behind the batch of a convolution's
    /// result, so [C, 1, 1] for images. Others broadcast to something that no float weights can stand for.
    /// </summary>
    private static bool LiesOnChannels(OnnxTensor numbers, long channels, int rank)
    {
        if (numbers.ElementCount != channels)
            return false;
        int fromEnd = rank == 0 ? 1 : rank - 1;
        return numbers.Dimensions.Length >= fromEnd && numbers.Dimensions[^fromEnd] == channels;
    }
}
