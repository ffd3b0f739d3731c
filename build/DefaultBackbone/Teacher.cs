using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Text;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>Runs the teacher over single tokens.</summary>
internal static class Teacher
{
    private const int TokensPerRun = 1024;

    /// <summary>
    /// One unit vector a token: the mean over its own positions and the mean over all positions, [CLS] and [SEP] included, each of unit length,
    /// added up and divided by the length of the sum.
    /// </summary>
    /// <param name="backbone">The teacher.</param>
    /// <param name="tokens">Tokens; one that continues a word ("##ing") must be a token of the teacher too.</param>
    /// <param name="progress">Told the share that is done.</param>
    public static float[][] Embed(Backbone backbone, ReadOnlySpan<string> tokens, Action<double> progress)
    {
        WordPieceTokenizer tokenizer = backbone.Tokenizer!;
        Dictionary<string, int> known = Enumerable.Range(0, tokenizer.VocabularySize).ToDictionary(tokenizer.Token, id => id);
        int[][] ids = new int[tokens.Length][];
        for (int i = 0; i < tokens.Length; i++)
        {
            ids[i] = known.TryGetValue(tokens[i], out int id) ? [tokenizer.ClsId!.Value, id, tokenizer.SepId!.Value]
                : tokenizer.Encode(tokens[i], int.MaxValue).Ids;
        }
        int[] order = [.. Enumerable.Range(0, ids.Length).OrderBy(i => ids[i].Length).ThenBy(i => i)];
        var vectors = new float[ids.Length][];
        using SessionLease lease = SessionPool.Shared.Rent(backbone.Source, new SessionSettings());
        for (int start = 0; start < order.Length;)
        {
            // Equal lengths only: no row has padding, so no value depends on how rows were packed.
            int length = ids[order[start]].Length;
            int count = 1;
            while (start + count < order.Length && (count + 1) * length <= TokensPerRun && ids[order[start + count]].Length == length)
                count++;
            Run(backbone, lease.Session, ids, order.AsSpan(start, count), vectors);
            start += count;
            progress((double)start / order.Length);
        }
        return vectors;
    }

    private static void Run(Backbone backbone, OnnxSession session, int[][] ids, ReadOnlySpan<int> rows, float[][] vectors)
    {
        int length = ids[rows[0]].Length;
        long[] flat = new long[rows.Length * length];
        for (int r = 0; r < rows.Length; r++)
        {
            for (int i = 0; i < length; i++)
                flat[r * length + i] = ids[rows[r]][i];
        }
        long[] mask = new long[flat.Length];
        mask.AsSpan().Fill(1);
        long[] shape = [rows.Length, length];
        using OrtValue idValue = OrtValue.CreateTensorValueFromMemory(flat, shape);
        using OrtValue maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using OrtValue typeValue = OrtValue.CreateTensorValueFromMemory(new long[flat.Length], shape);
        using IDisposableReadOnlyCollection<OrtValue> results = session.RunAllocating(
            [backbone.Card.Inputs["ids"], backbone.Card.Inputs["mask"], backbone.Card.Inputs["types"]], [idValue, maskValue, typeValue],
            [backbone.Card.FeatureOutput], rows.Length);
        ReadOnlySpan<float> hidden = results[0].GetTensorDataAsSpan<float>();
        int width = backbone.Dimension;
        for (int r = 0; r < rows.Length; r++)
        {
            ReadOnlySpan<float> row = hidden.Slice(r * length * width, length * width);
            var own = new float[width];
            for (int i = 1; i < length - 1; i++)
                TensorPrimitives.Add(own, row.Slice(i * width, width), own);
            var all = new float[width];
            TensorPrimitives.Add(own, row[..width], all);
            TensorPrimitives.Add(all, row[^width..], all);
            ToUnit(own);
            ToUnit(all);
            TensorPrimitives.Add(own, all, own);
            ToUnit(own);
            vectors[rows[r]] = own;
        }
    }

    private static void ToUnit(Span<float> vector) => TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
}
