using System.Collections.Immutable;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>How the students of the benchmarks learn, taught or not.</summary>
internal static class DistillSettings
{
    // Steps of the smallest set: what is trained from few rows needs as many as what is trained from all.
    private const int LeastSteps = 1000;
    private const int BatchSize = 32;
    private const int Views = 4;
    private const int Epochs = 6;
    private const int PictureSize = 32;

    // Of 1, 2 and 4: the teachers are linear heads on few rows, whose answers are soft already.
    private const double Temperature = 1;

    public static ImmutableArray<DistillationLoss> Losses { get; } = [DistillationLoss.Hard(0.5), DistillationLoss.Hinton(Temperature, 0.5)];

    /// <summary>A head of one hidden layer, or a linear one.</summary>
    public static Student Head(int seed, bool isLinear) => Student.Head(new MlpHeadOptions
    {
        HiddenUnits = isLinear ? [] : [256],
        Dropout = isLinear ? 0 : 0.3,
        MinimumStepCount = LeastSteps,
        Training = MlpHeadOptions.DefaultTraining with { EpochCount = 20, BatchSize = BatchSize, Seed = seed },
    });

    /// <summary>A small convolutional network from random weights, with changed views of each picture.</summary>
    public static Student Pictures(int rows, int all, int seed)
    {
        Backbone fresh = StudentBackbones.ConvolutionImage(new ConvolutionImageOptions { ImageSize = PictureSize, Seed = seed });
        // As many steps for few rows as for all.
        FineTuneOptions options = FineTuneOptions.FromScratch with
        {
            Training = FineTuneOptions.FromScratch.Training with { EpochCount = Epochs * all / rows, BatchSize = BatchSize, LearningRate = 2e-3, Seed = seed },
        };
        var augmentation = new ImageAugmentation { CropScale = 0.5, FlipProbability = 0.5, Brightness = 0.2, Contrast = 0.2, Saturation = 0.2, Seed = seed };
        return ImageStudent.Create(fresh, options, new ImageEmbeddingOptions { InputColumnName = "Path", Augmentation = augmentation, AugmentedViewCount = Views });
    }
}
