using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Tests.Distillation;

/// <summary>A teacher that counts the rows that go through it, before the model that answers.</summary>
internal sealed class CountingTeacher
{
    public CountingTeacher(MLContext ml, IDataView rows, ITransformer model, Action<float[]>? onRow = null)
    {
        ITransformer counting = ml.Transforms.CustomMapping<Hints, Hints>(
            (from, to) =>
            {
                // The array is used again for the next row.
                Rows.Enqueue([.. from.Hint]);
                onRow?.Invoke(from.Hint);
                to.Hint = from.Hint;
            },
            "counting").Fit(rows);
        Model = new TransformerChain<ITransformer>(counting, model);
    }

    public ITransformer Model { get; }

    /// <summary>The hints of the rows that were run; ML.NET runs some at a time.</summary>
    public ConcurrentQueue<float[]> Rows { get; } = [];

    private sealed class Hints
    {
        [VectorType(DistillRow.HintCount)]
        public float[] Hint { get; set; } = [];
    }
}
