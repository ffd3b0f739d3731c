using Microsoft.ML;
using MLTransfer.Export;

namespace MLTransfer;

/// <summary>Hands fitted models to programs without MLTransfer: as one ONNX graph, or as a pipeline of ML.NET's own steps.</summary>
public static partial class OnnxExport
{
    /// <summary>
    /// Writes a fitted model as one ONNX graph: backbone, pooling, normalisation and head in plain operators, with an open batch axis where the backbone has one.
    /// </summary>
    /// <remarks>
    /// <para>Inputs are the backbone's own: token ids and mask, normalised pixels, samples or frames of one window, numbers. The graph's metadata says what each means
    /// (<c>mltransfer.inputs</c>), names the classes in order (<c>mltransfer.labels</c>) and holds the card (<c>mltransfer.card</c>).</para>
    /// <para>Outputs. Multiclass: <c>Score</c>, Float [batch, K], the probabilities, and <c>PredictedLabel</c>, Int64 [batch], the index of the class. Binary: <c>Score</c> and
    /// <c>Probability</c>, Float [batch, 1], and <c>PredictedLabel</c>, 1 for true. Regression: <c>Score</c>, Float [batch, 1]. Without a head: <c>Features</c>, Float [batch, D].</para>
    /// <para>Followed are chains, chains in chains and single steps. Steps that copy, select or put columns side by side, label keys and their values need no counterpart in a graph; a
    /// step that changes what the graph reads or computes is an error that names it. Heads: those of MLTransfer, and linear models of ML.NET's own trainers.</para>
    /// <para>An older file is replaced once the new one is complete. External data of the backbone is merged in.</para>
    /// </remarks>
    /// <param name="model">A fitted model with one embedding step.</param>
    /// <param name="path">
    /// A path that ends in .onnx is a file. Any other is a folder, made if it is not there, that receives <c>model.onnx</c>, the card <c>mltransfer.json</c> and the tokenizer:
    /// <see cref="Backbone.Open(string, BackboneOptions?)"/> opens it, and the file too where the modality needs no tokenizer.
    /// </param>
    /// <exception cref="InvalidOperationException">The model has no embedding step, or several, or its head reads something else than the features; or the graph is larger than 2 GB.</exception>
    /// <exception cref="NotSupportedException">A step has no counterpart in a graph, or the backbone's operators are too old; the message names it and says what to do.</exception>
    /// <exception cref="ArgumentException">An option does not fit the backbone, or the path cannot be written.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder in which the file or folder is to lie does not exist.</exception>
    /// <exception cref="InvalidDataException">The backbone's file has changed since it was opened.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void ExportOnnx(this ITransformer model, string path) => model.ExportOnnx(path, new ExportOptions());

    /// <summary>Writes a fitted model as one ONNX graph, with settings; see <see cref="ExportOnnx(ITransformer, string)"/>.</summary>
    /// <inheritdoc cref="ExportOnnx(ITransformer, string)"/>
    /// <param name="model">A fitted model with one embedding step.</param>
    /// <param name="path">A file, or a folder.</param>
    /// <param name="options">Settings.</param>
    public static void ExportOnnx(this ITransformer model, string path, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(options);
        options.CancellationToken.ThrowIfCancellationRequested();
        ExportPlan plan = ExportPlan.Of(model);
        string graphPath = ExportFiles.Check(path, plan.Embedding);
        plan.Embedding.Source.CheckUnchanged();
        using ExportGraph graph = ExportGraph.Build(plan, options);
        ExportFiles.Write(graph, path, graphPath, plan.Embedding.Backbone, options.CancellationToken);
    }

    /// <summary>Writes a fitted model as one ONNX graph; see <see cref="ExportOnnx(ITransformer, string)"/>.</summary>
    /// <param name="model">A fitted model with one embedding step.</param>
    /// <param name="stream">Receives the graph; it stays open.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="InvalidOperationException">The model has no embedding step, or several, or its head reads something else than the features; or the graph is larger than 2 GB.</exception>
    /// <exception cref="NotSupportedException">A step has no counterpart in a graph, or the backbone's operators are too old; the message names it and says what to do.</exception>
    /// <exception cref="ArgumentException">An option does not fit the backbone.</exception>
    /// <exception cref="InvalidDataException">The backbone's file has changed since it was opened.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void ExportOnnx(this ITransformer model, Stream stream, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        options.CancellationToken.ThrowIfCancellationRequested();
        ExportPlan plan = ExportPlan.Of(model);
        plan.Embedding.Source.CheckUnchanged();
        using ExportGraph graph = ExportGraph.Build(plan, options);
        graph.Model.WriteTo(new CancellableStream(stream, options.CancellationToken));
    }
}
