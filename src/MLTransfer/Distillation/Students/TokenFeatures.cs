using Microsoft.ML.OnnxRuntime;
using MLTransfer.Backbones;
using MLTransfer.Internal;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Text;

namespace MLTransfer.Distillation.Students;

/// <summary>What a teacher makes of single tokens: its feature of a text that is the token alone.</summary>
internal static class TokenFeatures
{
    private const int RowsPerRun = 256;

    /// <summary>A teacher of texts, or null.</summary>
    /// <exception cref="ArgumentException">It reads something else.</exception>
    public static Backbone? Checked(Backbone? teacher, string option) => teacher is null or { Tokenizer: not null }
        ? teacher : throw Throw.StudentOptions($"{option} is '{teacher.Name}', which reads {teacher.Card.Modality}. Give a text backbone.", option);

    /// <summary>A feature for each token, as the teacher's card says (pooled, normalised).</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="tokens">Tokens of its vocabulary; also those that continue a word, which no text gives alone.</param>
    /// <param name="cancel">Ends it between two runs.</param>
    /// <exception cref="NotSupportedException">The teacher takes a fixed number of rows or tokens, or its card pools nothing.</exception>
    public static float[][] Of(Backbone teacher, ReadOnlySpan<string> tokens, CancellationToken cancel)
    {
        GraphPorts ports = teacher.Ports;
        if (ports.FixedBatch is not null || ports.Inputs[InputRoles.Ids].Dimensions is not [_, { Value: not > 0 }] || teacher.Card.Pooling == Pooling.None)
            throw Throw.StudentTeacherShape(teacher.Name, CardInference.Describe(ports.Inputs[InputRoles.Ids]), teacher.Card.Pooling);
        WordPieceTokenizer tokenizer = teacher.Tokenizer!;
        Dictionary<string, int> ids = Enumerable.Range(0, tokenizer.VocabularySize).Reverse().ToDictionary(tokenizer.Token, id => id, StringComparer.Ordinal);
        int[] chosen = new int[tokens.Length];
        for (int i = 0; i < chosen.Length; i++)
            chosen[i] = ids[tokens[i]];
        float[][] features = new float[chosen.Length][];
        int rows = ports.Independence.RowsInterfere ? 1 : RowsPerRun;
        using SessionLease lease = SessionPool.Shared.Rent(teacher.RunSource, new SessionSettings());
        for (int start = 0; start < chosen.Length; start += rows)
        {
            cancel.ThrowIfCancellationRequested();
            Run(teacher, lease.Session, chosen.AsSpan(start, Math.Min(rows, chosen.Length - start)), features.AsSpan(start));
        }
        return features;
    }

    private static void Run(Backbone teacher, OnnxSession session, ReadOnlySpan<int> tokens, Span<float[]> features)
    {
        WordPieceTokenizer tokenizer = teacher.Tokenizer!;
        int length = 1 + (tokenizer.ClsId is null ? 0 : 1) + (tokenizer.SepId is null ? 0 : 1);
        IntegerInput[] buffers = [.. teacher.Ports.Inputs.Select(p => IntegerInput.Create(p.Key, p.Value))];
        string[] names = [.. teacher.Ports.Inputs.Select(p => p.Value.Name)];
        OrtValue[] inputs = new OrtValue[buffers.Length];
        try
        {
            for (int i = 0; i < buffers.Length; i++)
            {
                buffers[i].Resize(tokens.Length * length);
                for (int row = 0; row < tokens.Length; row++)
                    Write(buffers[i], row * length, [.. OrNone(tokenizer.ClsId), tokens[row], .. OrNone(tokenizer.SepId)]);
                inputs[i] = buffers[i].AsTensor([tokens.Length, length]);
            }
            using IDisposableReadOnlyCollection<OrtValue> results = session.RunAllocating(names, inputs, [teacher.Card.FeatureOutput], tokens.Length);
            var values = new RealBuffer(session.Outputs.First(o => o.Name == teacher.Card.FeatureOutput).ElementType);
            values.CopyFrom(results[0]);
            int size = values.Span.Length / tokens.Length;
            for (int row = 0; row < tokens.Length; row++)
                features[row] = Pool(teacher, values.Span.Slice(row * size, size));
        }
        finally
        {
            foreach (OrtValue? input in inputs)
                input?.Dispose();
        }
    }

    private static int[] OrNone(int? id) => id is int known ? [known] : [];

    private static void Write(IntegerInput buffer, int start, int[] ids)
    {
        switch (buffer.Role)
        {
            case InputRoles.Ids:
                buffer.Write(start, ids);
                break;
            case InputRoles.Mask:
                buffer.Fill(start, ids.Length, 1);
                break;
            case InputRoles.Types:
                buffer.Fill(start, ids.Length, 0);
                break;
            default:
                buffer.Count(start, ids.Length);
                break;
        }
    }

    private static float[] Pool(Backbone teacher, ReadOnlySpan<float> values)
    {
        float[] feature = new float[teacher.Dimension];
        if (teacher.Ports.Shape.IsVector)
            values.CopyTo(feature);
        else
            Pooler.Pool(values, values.Length / feature.Length, feature.Length, teacher.Card.Pooling, feature);
        if (teacher.Card.Normalize)
            Pooler.Normalize(feature);
        return feature;
    }
}
