using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLTransfer.Heads;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Schema;

namespace MLTransfer.Export;

/// <summary>
/// ML.NET's own linear models as a graph, whoever trained them: maximum entropy, logistic regression with Platt's calibrator or without, linear regression.
/// </summary>
internal sealed class MlNetHead : IOnnxHead
{
    private readonly ITransformer _step;
    private readonly object _model;

    private MlNetHead(ITransformer step, string featureColumnName, object model)
    {
        _step = step;
        _model = model;
        FeatureColumnName = featureColumnName;
    }

    public string StepName => _model.GetType().Name.Split('`')[0];

    public string FeatureColumnName { get; }

    /// <summary>The head that a step of ML.NET is; null where it predicts nothing.</summary>
    /// <exception cref="NotSupportedException">Its model is of a kind that no graph is written for here.</exception>
    public static MlNetHead? Of(ITransformer step, string place)
    {
        if (step is not ISingleFeaturePredictionTransformer<object> predictor)
            return null;
        bool isKnown = predictor.Model is MaximumEntropyModelParameters or LinearBinaryModelParameters or LinearRegressionModelParameters
            or CalibratedModelParametersBase { SubModel: LinearBinaryModelParameters, Calibrator: PlattCalibrator };
        return isKnown ? new MlNetHead(step, predictor.FeatureColumnName, predictor.Model) : throw Throw.ExportModelUnknown(place, predictor.Model.GetType());
    }

    public OnnxHead ToOnnx(int opset, OnnxDimension batch)
    {
        var graph = new OpsetGraph("head", opset);
        return _model switch
        {
            MaximumEntropyModelParameters model => Multiclass(graph, batch, model),
            LinearBinaryModelParameters model => Binary(graph, batch, model, null),
            CalibratedModelParametersBase model => Binary(graph, batch, (LinearBinaryModelParameters)model.SubModel, (PlattCalibrator)model.Calibrator),
            _ => Regression(graph, batch, (LinearRegressionModelParameters)_model),
        };
    }

    private OnnxHead Multiclass(OpsetGraph graph, OnnxDimension batch, MaximumEntropyModelParameters model)
    {
        VBuffer<float>[]? rows = null;
        model.GetWeights(ref rows, out int classCount);
        int featureCount = rows[0].Length;
        float[] weights = new float[featureCount * classCount];
        for (int k = 0; k < classCount; k++)
        {
            foreach (KeyValuePair<int, float> weight in rows[k].Items())
                weights[weight.Key * classCount + k] = weight.Value;
        }
        string logits = Linear(graph, batch, weights, [.. model.GetBiases()], featureCount);
        graph.NamedNode(OnnxHead.Score, "Softmax", [logits], OnnxAttribute.Of("axis", 1L));
        graph.NamedNode(OnnxHead.PredictedLabel, "ArgMax", [OnnxHead.Score], OnnxAttribute.Of("axis", 1L), OnnxAttribute.Of("keepdims", 0L));
        graph.Builder.Output(OnnxHead.Score, OnnxElementType.Float, batch, classCount);
        graph.Builder.Output(OnnxHead.PredictedLabel, OnnxElementType.Int64, batch);
        return new OnnxHead(graph.Builder.Build(), HeadTask.Multiclass, featureCount, Labels(featureCount, classCount));
    }

    private OnnxHead Binary(OpsetGraph graph, OnnxDimension batch, LinearBinaryModelParameters model, PlattCalibrator? calibrator)
    {
        string sum = Linear(graph, batch, [.. model.Weights], [model.Bias], model.Weights.Count);
        graph.NamedNode(OnnxHead.Score, "Identity", [sum]);
        graph.Builder.Output(OnnxHead.Score, OnnxElementType.Float, batch, 1);
        (string column, float threshold) = MlNetInternals.GetThreshold(_step);
        string judged = OnnxHead.Score;
        if (calibrator is not null)
        {
            // Platt's sigmoid is 1 / (1 + exp(slope · score + offset)).
            string scaled = graph.Node("Mul", [OnnxHead.Score, graph.Constant([(float)-calibrator.Slope], 1)]);
            graph.NamedNode(OnnxHead.Probability, "Sigmoid", [graph.Node("Add", [scaled, graph.Constant([(float)-calibrator.Offset], 1)])]);
            graph.Builder.Output(OnnxHead.Probability, OnnxElementType.Float, batch, 1);
            judged = column == OnnxHead.Probability ? OnnxHead.Probability : judged;
        }
        string isTrue = graph.Cast(graph.Node("Greater", [judged, graph.Constant([threshold], 1)]), OnnxElementType.Int64);
        graph.NamedNode(OnnxHead.PredictedLabel, "Reshape", [isTrue, graph.Constant([-1L], 1)]);
        graph.Builder.Output(OnnxHead.PredictedLabel, OnnxElementType.Int64, batch);
        return new OnnxHead(graph.Builder.Build(), HeadTask.Binary, model.Weights.Count, ["false", "true"]);
    }

    private static OnnxHead Regression(OpsetGraph graph, OnnxDimension batch, LinearRegressionModelParameters model)
    {
        string sum = Linear(graph, batch, [.. model.Weights], [model.Bias], model.Weights.Count);
        graph.NamedNode(OnnxHead.Score, "Identity", [sum]);
        graph.Builder.Output(OnnxHead.Score, OnnxElementType.Float, batch, 1);
        return new OnnxHead(graph.Builder.Build(), HeadTask.Regression, model.Weights.Count, []);
    }

    /// <summary>x · W + b, with W [D, K].</summary>
    private static string Linear(OpsetGraph graph, OnnxDimension batch, float[] weights, float[] biases, int featureCount)
    {
        string features = graph.Builder.Input("features", OnnxElementType.Float, batch, featureCount);
        string w = graph.Builder.Initializer("head_weights", weights, featureCount, biases.Length);
        return graph.Node("Add", [graph.Node("MatMul", [features, w]), graph.Builder.Initializer("head_biases", biases, biases.Length)]);
    }

    /// <summary>The names of the classes, as the scorer states them of its own output.</summary>
    private ImmutableArray<string> Labels(int featureCount, int classCount)
    {
        var input = new DataViewSchema.Builder();
        input.AddColumn(FeatureColumnName, new VectorDataViewType(NumberDataViewType.Single, featureCount));
        return [.. ClassNames.OfKeys(_step.GetOutputSchema(input.ToSchema())[OnnxHead.PredictedLabel], classCount)];
    }
}
