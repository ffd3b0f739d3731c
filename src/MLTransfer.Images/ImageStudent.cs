using Microsoft.ML;

namespace MLTransfer;

/// <summary>Students that read pictures.</summary>
public static class ImageStudent
{
    /// <summary>An image backbone and a head. For a fresh one, such as <see cref="StudentBackbones.ConvolutionImage"/>, start from <see cref="FineTuneOptions.FromScratch"/>.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="options">What is trained, and how.</param>
    /// <param name="pictures">How pictures are read, changed at random in training, and features delivered.</param>
    /// <exception cref="ArgumentException">Views are asked for, but no augmentation.</exception>
    public static Student Create(Backbone backbone, FineTuneOptions options, ImageEmbeddingOptions pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return Student.Of(backbone, options, ImageTransferCatalog.Form(pictures));
    }

    /// <summary>
    /// Teaches an image backbone the features of another on pictures without labels; see <see cref="TransferOperations.DistillBackbone"/>.
    /// </summary>
    /// <param name="transfer"><c>mlContext.Transfer()</c>.</param>
    /// <param name="teacher">Whose features are taught.</param>
    /// <param name="student">Who learns; its weights are where training starts. Not changed.</param>
    /// <param name="rows">Pictures: paths, bytes of files, or MLImage.</param>
    /// <param name="pictures">How the student reads pictures; the teacher reads the same column, unchanged.</param>
    /// <param name="options">How it learns.</param>
    /// <inheritdoc cref="TransferOperations.DistillBackbone" path="/exception"/>
    public static DistilledBackbone DistillImageBackbone(
        this TransferOperations transfer, Backbone teacher, Backbone student, IDataView rows, ImageEmbeddingOptions pictures, DistillBackboneOptions options)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(options);
        const string Column = "mltransfer_teacher";
        ImageEmbeddingOptions plain = pictures with { Augmentation = null, AugmentedViewCount = 0, OutputColumnName = Column };
        using ImageEmbeddingTransformer model = transfer.Context.Transforms.EmbedImage(teacher, plain).Fit(rows);
        return transfer.Distill(Teacher.FromFeatures(model, Column), student, rows, ImageTransferCatalog.Form(pictures), options);
    }
}
