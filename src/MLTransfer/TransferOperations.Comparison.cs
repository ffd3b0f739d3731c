using Microsoft.ML;
using MLTransfer.Evaluation;

namespace MLTransfer;

public sealed partial class TransferOperations
{
    /// <summary>Measures whether pretrained features help on few labels, against hashed n-grams of the same text with the same linear head.</summary>
    /// <param name="data">Labelled rows, from which the training samples are drawn.</param>
    /// <param name="with">The pipeline with transfer, such as <c>mlContext.Transforms.EmbedText("Features", backbone)</c>. It delivers column "Features".</param>
    /// <param name="testData">Labelled rows to measure on. Default: a quarter of each class of <paramref name="data"/>, another one for each seed.</param>
    /// <param name="textColumnName">The text column that the n-grams are made from.</param>
    /// <param name="labelColumnName">The label: text, key, boolean or integer.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type, or a class has fewer rows than labels were asked for.</exception>
    public TransferComparison CompareWithAndWithout(
        IDataView data, IEstimator<ITransformer> with, IDataView? testData = null, string textColumnName = "Text", string labelColumnName = "Label") =>
        CompareWithAndWithout(data, with, new CompareOptions { TestData = testData, TextColumnName = textColumnName, LabelColumnName = labelColumnName });

    /// <summary>Measures whether pretrained features help on few labels, with all settings.</summary>
    /// <remarks>
    /// For each seed and each number of labels a class-wise random sample of the rows is drawn, the same for both sides. Each side's pipeline is fitted on that sample and
    /// nothing else, its features are held in memory while the trainer reads them, and the test rows are scored. Backbones keep features of rows they have seen in their
    /// cache, so each distinct row is run once however many samples it falls into. A smaller sample of a seed is a part of the larger.
    /// </remarks>
    /// <param name="data">Labelled rows, from which the training samples are drawn. Read several times, always in the same order.</param>
    /// <param name="with">The pipeline with transfer. It delivers the column <see cref="CompareOptions.FeatureColumnName"/>.</param>
    /// <param name="options">All settings.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type, or a class has fewer rows than labels were asked for.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first run was done; later, what is done is returned.</exception>
    public TransferComparison CompareWithAndWithout(IDataView data, IEstimator<ITransformer> with, CompareOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(with);
        ArgumentNullException.ThrowIfNull(options);
        return new ComparisonRunner(_context, data, with, options).Run();
    }
}
