using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Contracts;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Tensors;

internal sealed class TensorEmbeddingTests : EmbeddingContract<TensorEmbeddingTransformer, TensorEmbeddingTests.Row>
{
    protected override string InputColumn => "Observation";

    protected override EmbeddingEstimator<TensorEmbeddingTransformer> Estimator(MLContext ml) =>
        ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor(), InputColumn);

    protected override Row[] Rows(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Row
        {
            Observation = [i % 7, -i % 5, 0.25f * (i % 3)],
            Number = i,
            Name = $"row {i}",
            Weights = [.. Enumerable.Range(0, i % 4).Select(j => (float)j)],
        }),
    ];

    protected override IDataView WrongType(MLContext ml) => ml.Data.LoadFromEnumerable(new[] { new DoubleRow { Observation = [1, 2, 3] } });

    [Test]
    public void Transform_GivesWhatTheGraphComputes()
    {
        var ml = new MLContext(0);
        float[] w = TinyBackbones.Values(3 * TinyBackbones.TensorDimension, seed: 2);
        float[] b = TinyBackbones.Values(TinyBackbones.TensorDimension, seed: 3);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new Row { Observation = [1, 2, -3] } });
        using TensorEmbeddingTransformer model = (TensorEmbeddingTransformer)Estimator(ml).Fit(data);
        float[] expected = [.. Enumerable.Range(0, 4).Select(j => MathF.Tanh(w[j] + 2 * w[4 + j] - 3 * w[8 + j] + b[j]))];
        Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Features"), [expected], 1e-6f, "tanh(xW + b) in float32");
    }

    [Test]
    public void Fit_VectorOfAnotherSize_NamesColumnTensorAndSizes()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new FourRow { Observation = [1, 2, 3, 4] } });
        Assert.That(() => Estimator(ml).Fit(data), Throws.ArgumentException
            .With.Message.Contains("'Observation'").And.Message.Contains("'obs'").And.Message.Contains("expects 3").And.Message.Contains("4"));
    }

    [Test]
    public void Transform_VariableVector_IsCheckedRowByRow()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new VariableRow { Observation = [1, 2, 3] }, new VariableRow { Observation = [1, 2] } });
        using TensorEmbeddingTransformer model = Fit(ml, TinyBackbones.Tensor(), data);
        Assert.That(() => Columns.Vectors(model.Transform(data), "Features"),
            Throws.InvalidOperationException.With.Message.Contains("'Observation'").And.Message.Contains("position 1").And.Message.Contains("2 numbers"));
    }

    [Test]
    public void Transform_RowThatCannotBeRead_EndsTheCursorAndSkipsNothing()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new VariableRow { Observation = [1, 2, 3] }, new VariableRow { Observation = [1, 2] }, new VariableRow { Observation = [4, 5, 6] } });
        using TensorEmbeddingTransformer model = Fit(ml, TinyBackbones.Tensor(), data);
        IDataView view = model.Transform(data);
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Features"]]);
        Assert.That(cursor.MoveNext, Throws.InvalidOperationException);
        Assert.That(cursor.MoveNext(), Is.False, "the first row was read with the second and never handed out");
    }

    [Test]
    public void Transform_OpenAxis_RunsEveryLengthByItself()
    {
        var ml = new MLContext(0);
        VariableRow[] rows = [.. Enumerable.Range(0, 30).Select(i => new VariableRow { Observation = TinyBackbones.Values(3 * (1 + i % 4), seed: i) })];
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using TensorEmbeddingTransformer model = Fit(ml, TinyBackbones.Tensor(sequence: true), data);
        float[][] together = Columns.Vectors(model.Transform(data), "Features");
        for (int i = 0; i < rows.Length; i++)
        {
            using TensorEmbeddingTransformer alone = Fit(ml, TinyBackbones.Tensor(sequence: true), data);
            IDataView one = ml.Data.LoadFromEnumerable(new[] { rows[i] });
            Columns.AssertEqual(Columns.Vectors(alone.Transform(one), "Features"), [together[i]], 1e-6f, $"row {i} by itself, fp32");
        }
    }

    [TestCase(0, "0 numbers")]
    [TestCase(4, "multiple of 3")]
    public void Transform_OpenAxisWithAnOddCount_NamesTheRow(int count, string problem)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new VariableRow { Observation = new float[count] } });
        using TensorEmbeddingTransformer model = Fit(ml, TinyBackbones.Tensor(sequence: true), data);
        Assert.That(() => Columns.Vectors(model.Transform(data), "Features"),
            Throws.InvalidOperationException.With.Message.Contains(problem).And.Message.Contains("position 0").And.Message.Contains("'obs'"));
    }

    [Test]
    public void EmbedTensor_TwoInputsOfDifferentTypes_AreFedFromTheirColumns()
    {
        var graph = new GraphBuilder();
        string a = graph.Input("a", OnnxElementType.Float, "n", 2);
        string b = graph.Node("Cast", [graph.Input("b", OnnxElementType.Int64, "n", 2)], "bf", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        graph.Output(graph.Node("Sub", [a, b], "y"), OnnxElementType.Float, "n", 2);
        Backbone backbone = TinyBackbones.Open(graph, new BackboneCard
        {
            Name = "two",
            Modality = BackboneModality.Tensor,
            Graph = "model.onnx",
            Inputs = new Dictionary<string, string> { ["a"] = "a", ["b"] = "b" },
            FeatureOutput = "y",
            Pooling = Pooling.Graph,
            Dimension = 2,
        });
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new TwoRow { Left = [10, 20], Right = [1, 2] }, new TwoRow { Left = [5, 6], Right = [7, 8] } });
        Assert.That(() => ml.Transforms.EmbedTensor("Features", backbone, "Left"), Throws.ArgumentException.With.Message.Contains("'a'").And.Message.Contains("'b'"));
        var options = new TensorEmbeddingOptions { InputColumns = new Dictionary<string, string> { ["a"] = "Left", ["b"] = "Right" } };
        using TensorEmbeddingTransformer model = ml.Transforms.EmbedTensor(backbone, options).Fit(data);
        Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Features"), [[9, 18], [-2, -2]], 0, "a − b");
        var wrong = new TensorEmbeddingOptions { InputColumns = new Dictionary<string, string> { ["c"] = "Left" } };
        Assert.That(() => ml.Transforms.EmbedTensor(backbone, wrong), Throws.ArgumentException.With.Message.Contains("'c'"));
    }

    [Test]
    public void EmbedTensor_BackboneOfText_IsRefused() => Assert.That(() => new MLContext().Transforms.EmbedTensor("Features", TinyBackbones.Text()),
        Throws.ArgumentException.With.Message.Contains("EmbedTensor").And.Message.Contains("tiny-text"));

    private static TensorEmbeddingTransformer Fit(MLContext ml, Backbone backbone, IDataView data) =>
        ml.Transforms.EmbedTensor("Features", backbone, "Observation").Fit(data);

    internal sealed class Row
    {
        [VectorType(3)]
        public float[] Observation { get; set; } = [];

        public float Number { get; set; }

        public string Name { get; set; } = "";

        public float[] Weights { get; set; } = [];
    }

    private sealed class DoubleRow
    {
        [VectorType(3)]
        public double[] Observation { get; set; } = [];

        public float Number { get; set; }
    }

    private sealed class FourRow
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class VariableRow
    {
        public float[] Observation { get; set; } = [];
    }

    private sealed class TwoRow
    {
        [VectorType(2)]
        public float[] Left { get; set; } = [];

        [VectorType(2)]
        public long[] Right { get; set; } = [];
    }
}
