namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception DimensionTooLarge(int dimension, string backbone, int available) => new ArgumentException(
        $"EmbeddingOptions.Dimension is {dimension}; it keeps the first numbers of a feature; backbone '{backbone}' delivers {available}.");

    public static Exception SequenceNotTruncated(string column) => new ArgumentException(
        $"Column '{column}' is a sequence (Pooling.None); Dimension truncates pooled features only. Leave Dimension null.");

    public static Exception OutputShape(string backbone, string output, int rows, int dimension, long[] shape) => new InvalidOperationException(
        $"Output '{output}' of backbone '{backbone}' came out as [{string.Join(", ", shape)}]; expected {rows} rows of vectors, tokens or places of {dimension} numbers. " +
        "Correct the card's featureOutput and dimension.");

    public static Exception MaximumLengthTooLarge(int asked, string backbone, long available) => new ArgumentException(
        $"TextEmbeddingOptions.MaximumLength is {asked}, but the sequence axis of backbone '{backbone}' is fixed at {available} tokens.");

    public static Exception MaximumLengthBeyondPositions(int asked, string backbone, long available) => new ArgumentException(
        $"EmbedText is to read up to {asked} tokens, but the graph of backbone '{backbone}' has positions for {available}. " +
        $"Set MaximumLength, of TextEmbeddingOptions or of the card, to at most {available}.");

    public static Exception MaximumLengthWithoutText(int asked, string backbone, int special) => new ArgumentException(
        $"EmbedText is to read up to {asked} tokens, but the tokenizer of backbone '{backbone}' puts {special} special tokens around a text. Set MaximumLength higher.");

    public static Exception TextInputShape(string origin, string input) => new NotSupportedException(
        $"Input {input} of '{origin}' is fed from tokens, so it must be Int64 or Int32 with two axes, [batch, tokens]. Export the encoder with such inputs.");

    public static Exception PrefixMissing(TextRole role, string backbone) => new ArgumentException(
        $"Role {role} was asked for, but the card of backbone '{backbone}' states no prefix for it. Set Prefix instead, or leave Role at None.");

    public static Exception PrefixTwice() => new ArgumentException("Both Prefix and Role are set. Set one of them.");

    public static Exception TensorInputs(string backbone, int expected, IEnumerable<string> inputs) => new ArgumentException(
        $"Backbone '{backbone}' has {expected} inputs: {string.Join(", ", inputs)}. Name the column of each with TensorEmbeddingOptions.InputColumns.");

    public static Exception NoSuchTensor(string backbone, string tensor, IEnumerable<string> inputs) => new ArgumentException(
        $"TensorEmbeddingOptions.InputColumns names input '{tensor}', but backbone '{backbone}' has {string.Join(", ", inputs)}.");

    public static Exception TensorInputUnsupported(string backbone, string input, string problem) => new NotSupportedException(
        $"Input {input} of backbone '{backbone}' cannot be fed from a vector column: {problem}.");

    public static Exception VectorSize(string column, string backbone, string tensor, long expected, string found) => new ArgumentException(
        $"EmbedTensor reads column '{column}' for input '{tensor}' of backbone '{backbone}' and expects {expected} numbers, but it has {found}. " +
        "Choose the column that the backbone was made for, or resize it before this step.");

    public static Exception VectorEmpty(string column, string tensor, long row) => new InvalidOperationException(
        $"Column '{column}' has 0 numbers in the row at position {row}, but input '{tensor}' needs at least one. Filter such rows before this step.");

    public static Exception VectorNotMultiple(string column, string tensor, int found, long multiple, long row) => new InvalidOperationException(
        $"Column '{column}' has {found} numbers in the row at position {row}; input '{tensor}' takes a multiple of {multiple}.");

    public static Exception VectorRowSize(string column, string tensor, int found, long expected, long row) => new InvalidOperationException(
        $"Column '{column}' has {found} numbers in the row at position {row}; input '{tensor}' takes {expected}.");

    public static Exception TensorLengthsDiffer(IEnumerable<(string Column, int Length)> lengths) => new InvalidOperationException(
        $"The graph's open axis has one size for all inputs, but in one row it is {string.Join(", ", lengths.Select(l => $"{l.Length} in column '{l.Column}'"))}.");
}
