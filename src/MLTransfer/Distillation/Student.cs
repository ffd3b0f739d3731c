using MLTransfer.FineTuning;
using MLTransfer.Internal;

namespace MLTransfer;

/// <summary>Who learns: a head on any features, or a backbone with a head, fresh or pretrained. Immutable. A picture's is made by <c>ImageStudent</c> of MLTransfer.Images.</summary>
/// <remarks>Names of label and weight columns stand in <see cref="DistilledOptions"/>; those in the student's own options are not read.</remarks>
public sealed class Student
{
    private Student(MlpHeadOptions? head, Backbone? backbone, EmbeddingForm? form, FineTuneOptions? fineTuning)
    {
        HeadOptions = head;
        Backbone = backbone;
        Form = form;
        FineTuning = fineTuning;
    }

    internal MlpHeadOptions? HeadOptions { get; }

    internal Backbone? Backbone { get; }

    internal EmbeddingForm? Form { get; }

    internal FineTuneOptions? FineTuning { get; }

    internal TrainingOptions Training => HeadOptions?.Training ?? FineTuning!.Training;

    /// <summary>Layers on a column of features: of a small backbone, hashed n-grams, raw numbers.</summary>
    /// <param name="featureColumnName">The features, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <param name="hiddenUnits">Units of each hidden layer; empty for a linear head. Default: that of <see cref="MlpHeadOptions.HiddenUnits"/>.</param>
    public static Student Head(string featureColumnName = "Features", IReadOnlyList<int>? hiddenUnits = null)
    {
        MlpHeadOptions options = new() { FeatureColumnName = featureColumnName };
        return Head(hiddenUnits is null ? options : options with { HiddenUnits = hiddenUnits });
    }

    /// <summary>Layers on a column of features.</summary>
    /// <param name="options">The layers and how they are trained.</param>
    /// <exception cref="ArgumentException">The options have a loss of their own.</exception>
    public static Student Head(MlpHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Loss is { Kind: not HeadLossKind.CrossEntropy and not HeadLossKind.Squared })
            throw Throw.StudentLoss($"{options.Loss}");
        return new Student(options, null, null, null);
    }

    /// <summary>A text backbone and a linear head; the last blocks are trained.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="inputColumnName">The text column.</param>
    /// <param name="lastBlocks">How many blocks of it are trained.</param>
    /// <param name="training">Epochs, batches and so on; null for the defaults of <see cref="FineTuneOptions.Training"/>.</param>
    public static Student Text(Backbone backbone, string inputColumnName = "Text", int lastBlocks = 2, TrainingOptions? training = null)
    {
        FineTuneOptions options = TransferCatalog.Simple("Label", lastBlocks);
        return Text(backbone, training is null ? options : options with { Training = training }, new TextEmbeddingOptions { InputColumnName = inputColumnName, Normalize = false });
    }

    /// <summary>A text backbone and a head. For a fresh one start from <see cref="FineTuneOptions.FromScratch"/>.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="options">What is trained, and how.</param>
    /// <param name="text">How texts are read and features delivered.</param>
    public static Student Text(Backbone backbone, FineTuneOptions options, TextEmbeddingOptions text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Of(backbone, options, TransferCatalog.Form(text));
    }

    /// <summary>A backbone that reads vectors of numbers, and a head.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="options">What is trained, and how.</param>
    /// <param name="tensor">How vectors are read and features delivered.</param>
    public static Student Tensor(Backbone backbone, FineTuneOptions options, TensorEmbeddingOptions tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Of(backbone, options, TransferCatalog.Form(tensor));
    }

    internal static Student Of(Backbone backbone, FineTuneOptions options, EmbeddingForm form)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(options);
        return new Student(null, backbone, form, options);
    }
}
