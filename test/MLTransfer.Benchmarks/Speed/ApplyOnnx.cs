using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using MLTransfer.Backbones;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Text;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>ML.NET's own way: ids padded to 128 as columns, ApplyOnnxModel, mean of the unmasked tokens. Tokenising and pooling are ours, since ML.NET has neither.</summary>
internal sealed class ApplyOnnx : IDisposable
{
    private const int Length = 128;

    private readonly MLContext _ml = new();
    private readonly OnnxTransformer _step;
    private readonly WordPieceTokenizer _tokenizer;
    private readonly BackboneCard _card;

    public ApplyOnnx(Backbone backbone)
    {
        _tokenizer = backbone.Tokenizer!;
        _card = backbone.Card;
        int[] shape = [1, Length];
        string[] inputs = [_card.Inputs["ids"], _card.Inputs["mask"], _card.Inputs["types"]];
        var shapes = inputs.ToDictionary(i => i, _ => shape);
        shapes[_card.FeatureOutput] = [1, Length, _card.Dimension];
        _step = _ml.Transforms.ApplyOnnxModel([_card.FeatureOutput], inputs, backbone.Source.FilePath!, shapes, recursionLimit: 100).Fit(Columns([]));
    }

    public double Pass(List<LabelledText> texts, float[][] features) => Rounds.Seconds(() =>
    {
        IDataView view = _step.Transform(Columns(texts.Select(Tokenize)));
        DataViewSchema.Column output = view.Schema[_card.FeatureOutput];
        DataViewSchema.Column mask = view.Schema[_card.Inputs["mask"]];
        using DataViewRowCursor cursor = view.GetRowCursor([output, mask]);
        ValueGetter<VBuffer<float>> getOutput = cursor.GetGetter<VBuffer<float>>(output);
        ValueGetter<VBuffer<long>> getMask = cursor.GetGetter<VBuffer<long>>(mask);
        VBuffer<float> tokens = default;
        VBuffer<long> ones = default;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            getOutput(ref tokens);
            getMask(ref ones);
            int count = (int)ones.DenseValues().Sum();
            Pooler.Pool(tokens.GetValues(), count, _card.Dimension, Pooling.Mean, features[row]);
            Pooler.Normalize(features[row]);
        }
    });

    public void Dispose() => _step.Dispose();

    private PaddedRow Tokenize(LabelledText text)
    {
        int[] ids = [];
        int count = _tokenizer.Encode(text.Text.AsSpan(), Length, ref ids);
        var row = new PaddedRow();
        for (int i = 0; i < count; i++)
        {
            row.Ids[i] = ids[i];
            row.Mask[i] = 1;
        }
        return row;
    }

    // Columns must bear the tensors' names.
    private IDataView Columns(IEnumerable<PaddedRow> rows)
    {
        var schema = SchemaDefinition.Create(typeof(PaddedRow));
        schema[nameof(PaddedRow.Ids)].ColumnName = _card.Inputs["ids"];
        schema[nameof(PaddedRow.Mask)].ColumnName = _card.Inputs["mask"];
        schema[nameof(PaddedRow.Types)].ColumnName = _card.Inputs["types"];
        return _ml.Data.LoadFromEnumerable(rows, schema);
    }

    private sealed class PaddedRow
    {
        [VectorType(Length)]
        public long[] Ids { get; set; } = new long[Length];

        [VectorType(Length)]
        public long[] Mask { get; set; } = new long[Length];

        [VectorType(Length)]
        public long[] Types { get; set; } = new long[Length];
    }
}
