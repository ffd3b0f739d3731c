using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLTransfer.Embedding;
using MLTransfer.Heads;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Schema;

namespace MLTransfer.Export;

/// <summary>
/// Puts ML.NET's own steps together that do what a chain does: ApplyOnnxModel over the joined graph, then a scorer of ML.NET's. A head that is ML.NET's own stays the step it is. Of
/// another head the graph delivers the scores, and a scorer with the identity as its weights gives them ML.NET's columns: scalars, keys with their names, annotations.
/// </summary>
internal sealed class PlainPipeline
{
    /// <summary>The method, as messages name it.</summary>
    public const string Name = "ToPlainMlNet";

    private const string LogScore = "LogScore";

    // log of 0 is no number that a scorer can multiply by 0.
    private const float SmallestProbability = 1e-37f;

    private readonly MLContext _ml;
    private readonly List<ITransformer> _steps = [];
    private IDataView _data;

    private PlainPipeline(MLContext ml, IDataView data)
    {
        _ml = ml;
        _data = data;
    }

    public static TransformerChain<ITransformer> Build(ITransformer model, MLContext ml, IDataView sample, ExportOptions options)
    {
        ExportPlan plan = ExportPlan.Of(model);
        if (plan.Embedding.PlainInputs is null)
            throw Throw.PlainWithoutInputs(plan.Embedding.StepName);
        plan.Embedding.Source.CheckUnchanged();
        var pipeline = new PlainPipeline(ml, sample);
        foreach (ChainStep step in plan.Before)
            pipeline.Add(step.Transformer);
        if (plan.HeadStep?.Transformer is IOnnxHead)
            pipeline.AddScores(plan, options);
        else
            pipeline.AddFeatures(plan, options);
        foreach (ChainStep step in plan.Behind)
            pipeline.Add(step.Transformer);
        return new TransformerChain<ITransformer>([.. pipeline._steps]);
    }

    private void Add(ITransformer step)
    {
        _steps.Add(step);
        _data = step.Transform(_data);
    }

    /// <summary>The embedding step's columns, and ML.NET's own head behind them.</summary>
    private void AddFeatures(ExportPlan plan, ExportOptions options)
    {
        ImmutableArray<PlannedOutput> outputs = plan.Embedding.Outputs;
        (string Name, ImmutableArray<int> Columns)[] columns =
            [.. Enumerable.Range(0, outputs.Length).Where(i => outputs[i].Pooling != Pooling.None).Select(i => (outputs[i].ColumnName, ImmutableArray.Create(i)))];
        if (columns.Length == 0)
            throw Throw.ExportSequence(outputs[0].ColumnName);
        using (ExportGraph graph = ExportGraph.Build(plan, options, columns))
            Apply(plan, graph.Model);
        foreach (ChainStep step in plan.Between)
            Add(step.Transformer);
        if (plan.HeadStep is ChainStep head)
            Add(head.Transformer);
    }

    /// <summary>The whole graph, and a scorer of ML.NET's that hands its scores on.</summary>
    private void AddScores(ExportPlan plan, ExportOptions options)
    {
        using ExportGraph graph = ExportGraph.Build(plan, options);
        OnnxHead head = graph.Head!;
        OnnxModel model = graph.Model;
        string column = OnnxHead.Score;
        if (head.Task == HeadTask.Multiclass)
        {
            model = GraphMerge.Join(model, LogOf(model), new Dictionary<string, string> { [OnnxHead.Score] = OnnxHead.Score },
                [.. model.Graph.Outputs.Select(o => o.Name).Where(n => n == ExportGraph.Features)]);
            column = LogScore;
        }
        Apply(plan, model);
        int count = ((VectorDataViewType)_data.Schema[column].Type).Size;
        Add(head.Task switch
        {
            HeadTask.Multiclass => Multiclass(column, count, head.Labels),
            HeadTask.Binary => MlNetInternals.BinaryTransformer(_ml, MlNetInternals.LogisticModel(_ml, [1], 0), Training(column, null), column),
            HeadTask.Regression => MlNetInternals.RegressionTransformer(_ml, MlNetInternals.LinearRegressionModel(_ml, [1], 0), Training(column, null), column),
            _ => throw Throw.PlainTask(plan.HeadStep!.Place, head.Task),
        });
    }

    private void Apply(ExportPlan plan, OnnxModel model)
    {
        PlainInputs inputs = plan.Embedding.PlainInputs!.Prepare(_ml, _data, model);
        foreach (ITransformer step in inputs.Steps)
            Add(step);
        if (inputs.Front is not null)
            model = ExportGraph.Before(inputs.Front, model);
        OnnxValue[] outputs = [.. model.Graph.Outputs.Where(o => o.Name is not (OnnxHead.PredictedLabel or OnnxHead.Probability))];
        string[] names = [.. outputs.Select(o => o.Name)];
        model = GraphCut.At(GraphMerge.Join(model, Flat(model, outputs), names.ToDictionary(RowOf, n => n)), names);
        using var bytes = new MemoryStream(model.ToBytes());
        Add(_ml.Transforms.ApplyOnnxModel(names, [.. model.Graph.Inputs.Select(i => i.Name)], bytes, gpuDeviceId: null, fallbackToCpu: false).Fit(_data));
    }

    /// <summary>[1, D] → [D]: ApplyOnnxModel runs one row at a time and would make Vector&lt;Single, 1, D&gt; of its row, which is another type to a scorer.</summary>
    private static OnnxModel Flat(OnnxModel model, OnnxValue[] outputs)
    {
        var graph = new OpsetGraph("flat", (int)model.Opset);
        foreach (OnnxValue output in outputs)
        {
            string row = graph.Builder.Input(RowOf(output.Name), OnnxElementType.Float, output.Dimensions.AsSpan());
            graph.NamedNode(output.Name, "Reshape", [row, graph.Constant([-1L], 1)]);
            graph.Builder.Output(output.Name, OnnxElementType.Float, output.Dimensions[1]);
        }
        return graph.Builder.Build();
    }

    private static string RowOf(string output) => $"{output} of one row";

    private static OnnxModel LogOf(OnnxModel model)
    {
        OnnxValue score = model.Graph.Outputs.First(o => o.Name == OnnxHead.Score);
        var graph = new OpsetGraph("log", (int)model.Opset);
        graph.Require(8, "Max broadcasts");
        string probabilities = graph.Builder.Input(OnnxHead.Score, OnnxElementType.Float, score.Dimensions.AsSpan());
        graph.NamedNode(LogScore, "Log", [graph.Node("Max", [probabilities, graph.Constant([SmallestProbability], 1)])]);
        graph.Builder.Output(LogScore, OnnxElementType.Float, score.Dimensions.AsSpan());
        return graph.Builder.Build();
    }

    /// <summary>softmax(log p) = p.</summary>
    private MulticlassPredictionTransformer<MaximumEntropyModelParameters> Multiclass(string column, int count, ImmutableArray<string> labels)
    {
        VBuffer<float>[] identity = [.. Enumerable.Range(0, count).Select(k => new VBuffer<float>(count, 1, [1f], [k]))];
        return MlNetInternals.MulticlassTransformer(_ml, MlNetInternals.MaximumEntropyModel(_ml, identity, new float[count], count, null), Training(column, labels), column, "Label");
    }

    /// <summary>The schema that a scorer was trained on, as far as it asks: the column it reads, and the key that names the classes.</summary>
    private DataViewSchema Training(string column, ImmutableArray<string>? labels)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(column, _data.Schema[column].Type);
        if (labels is { } names)
            builder.AddColumn("Label", new KeyDataViewType(typeof(uint), names.Length), ClassNames.AsKeyValues([.. names]));
        return builder.ToSchema();
    }
}
