using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Embedding;
using MLTransfer.Export;
using MLTransfer.Heads.Network;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Persistence;
using MLTransfer.Schema;

namespace MLTransfer;

/// <summary>
/// A fitted multilayer perceptron: adds its predictions to the rows that pass. Thread-safe; each cursor and each prediction engine has its own buffers and shares the session. Saved and
/// loaded by <c>mlContext.Model</c>.
/// </summary>
/// <remarks>
/// A row's prediction does not depend on the rows beside it, to the bit. Holds a share of a session of ONNX Runtime on the processor, native memory, until it is disposed or collected.
/// Disposing twice is harmless; using it afterwards is an <see cref="ObjectDisposedException"/>. A prediction engine disposes the model it was made from unless told otherwise, as
/// ML.NET's engines do.
/// </remarks>
public sealed class MlpHeadTransformer : ISingleFeaturePredictionTransformer<MlpHeadModel>, IOnnxHead, IPersistedStep, IDisposable
{
    internal const string Kind = "MlpHead";

    private readonly string _stepName;
    private readonly HeadStep _step;
    private readonly HeadSession _session;

    internal MlpHeadTransformer(string stepName, string featureColumnName, HeadNetwork network, HeadOutput output)
    {
        _stepName = stepName;
        FeatureColumnName = featureColumnName;
        Model = new MlpHeadModel(network, output);
        _step = new HeadStep(stepName, featureColumnName, network, output);
        _session = new HeadSession(network);
    }

    /// <summary>What was learnt.</summary>
    public MlpHeadModel Model { get; }

    /// <summary>The column that it reads.</summary>
    public string FeatureColumnName { get; }

    /// <summary>Its type.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single, Model.FeatureCount);

    /// <summary>True: every row is transformed by itself.</summary>
    public bool IsRowToRowMapper => true;

    string IPersistedStep.Kind => Kind;

    string IOnnxHead.StepName => _stepName;

    internal static MlpHeadTransformer Read(PayloadReader payload)
    {
        PayloadSettings settings = new(payload.Kind, payload.Settings);
        (HeadNetwork network, HeadOutput output) = HeadPayload.Read(payload);
        return new MlpHeadTransformer(settings.Text("step"), settings.Text("featureColumnName"), network, output);
    }

    /// <summary>The schema with the columns of the prediction added.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentException">The feature column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The features have another size than those it was fitted on.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _step.Extend(inputSchema);
    }

    /// <summary>A view over the input with the predictions added. Lazy: the head runs while a cursor asks for them.</summary>
    /// <param name="input">The rows.</param>
    /// <inheritdoc cref="GetOutputSchema" path="/exception"/>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _session.ThrowIfDisposed(this);
        return new LookAheadView(input, _step, () => _step.CreateEncoder(new SessionHolder(_session.Rent, holds: true)));
    }

    /// <summary>The row-wise form, for prediction engines.</summary>
    /// <param name="inputSchema">Schema of the rows.</param>
    /// <inheritdoc cref="GetOutputSchema" path="/exception"/>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _session.ThrowIfDisposed(this);
        return new StepRowMapper(inputSchema, _step, () => _step.CreateEncoder(new SessionHolder(_session.Rent, holds: false)));
    }

    /// <summary>Gives the share of the session back.</summary>
    public void Dispose() => _session.Dispose();

    OnnxHead IOnnxHead.ToOnnx(int opset, OnnxDimension batch)
    {
        var graph = new OpsetGraph("head", opset);
        if (Model.Network.Architecture.Activation == HeadActivation.Gelu)
            graph.Require(9, "it has no error function");
        string features = graph.Builder.Input("features", OnnxElementType.Float, batch, Model.FeatureCount);
        Model.Output.Append(graph, Model.Network.Append(graph.Builder, features, batch, "head_", isTraining: false), batch);
        return new OnnxHead(graph.Builder.Build(), Model.Output.ExportTask, Model.FeatureCount, Model.Output.Labels);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => StepPersistence.Save(ctx, this);

    void IPersistedStep.Write(PayloadWriter payload)
    {
        payload.Settings["step"] = _stepName;
        payload.Settings["featureColumnName"] = FeatureColumnName;
        HeadPayload.Write(payload, Model.Network, Model.Output);
    }
}
