using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Export;

namespace MLTransfer;

/// <content>The way to programs that have ML.NET but not MLTransfer.</content>
public static partial class OnnxExport
{
    /// <summary>A pipeline of ML.NET's own steps that scores as the model does; see the overload with settings.</summary>
    /// <inheritdoc cref="ToPlainMlNet(ITransformer, MLContext, IDataView, ExportOptions)"/>
    public static TransformerChain<ITransformer> ToPlainMlNet(this ITransformer model, MLContext mlContext, IDataView sample) =>
        model.ToPlainMlNet(mlContext, sample, new ExportOptions());

    /// <summary>
    /// A pipeline of ML.NET's own steps that scores as a fitted model over tensors or pictures does. Saved with <c>mlContext.Model.Save</c>, it loads and scores in a program that
    /// references Microsoft.ML, Microsoft.ML.OnnxTransformer and Microsoft.ML.OnnxRuntime (for pictures Microsoft.ML.ImageAnalytics too) and nothing of MLTransfer.
    /// </summary>
    /// <remarks>
    /// <para>The pipeline runs the graph that <see cref="ExportOnnx(ITransformer, string)"/> writes with <c>ApplyOnnxModel</c>, one row at a time, as that step does. The columns Score,
    /// Probability and PredictedLabel, with the names of the classes, come from a scorer of ML.NET's.</para>
    /// <para>Pictures: only what ML.NET's steps do exactly. The sample has the pixels as the backbone reads them, in a vector column of the input's name or the step's input column, or
    /// <c>MLImage</c> columns whose type states the backbone's own width and height. ML.NET's ResizeImages takes the nearest pixel, so resize before.</para>
    /// <para>Texts and sounds cannot be handed over so: ML.NET has no step for their preparation.</para>
    /// <para>The caller disposes the chain. Saving needs it undisposed.</para>
    /// </remarks>
    /// <param name="model">A fitted model with one embedding step.</param>
    /// <param name="mlContext">Makes the steps.</param>
    /// <param name="sample">Rows with the columns that the model reads; their types matter, none is read.</param>
    /// <param name="options">Settings. <see cref="ExportOptions.SequenceLength"/> fixes an open axis besides the batch's, which ApplyOnnxModel does not allow.</param>
    /// <exception cref="InvalidOperationException">The model has no embedding step, or several, or its head reads something else than the features.</exception>
    /// <exception cref="NotSupportedException">The model reads texts or sounds, or a step has no counterpart.</exception>
    /// <exception cref="ArgumentException">A column is missing or of the wrong size or type, or an open axis is not fixed.</exception>
    /// <exception cref="InvalidDataException">The backbone's file has changed since it was opened.</exception>
    public static TransformerChain<ITransformer> ToPlainMlNet(this ITransformer model, MLContext mlContext, IDataView sample, ExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(mlContext);
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(options);
        return PlainPipeline.Build(model, mlContext, sample, options);
    }
}
