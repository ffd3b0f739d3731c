namespace MLTransfer.Benchmarks.Quality;

/// <summary>How the backbones of the benchmarks are fine-tuned, by the number of training rows.</summary>
internal static class FineTuneSettings
{
    private const int BatchSize = 32;

    /// <summary>Steps of the smallest set; a larger one makes as many epochs as these steps ask for, and three at least.</summary>
    private const int LeastEpochs = 3;

    public static TrainingOptions Text(int rows, int seed) => new() { EpochCount = Epochs(rows, steps: 100), BatchSize = BatchSize, LearningRate = 1e-4, Seed = seed };

    public static TrainingOptions Image(int rows, int seed) => new() { EpochCount = Epochs(rows, steps: 100), BatchSize = BatchSize, LearningRate = 1e-4, Seed = seed };

    private static int Epochs(int rows, int steps) => Math.Max(LeastEpochs, steps * BatchSize / rows);
}
