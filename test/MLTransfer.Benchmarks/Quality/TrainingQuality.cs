using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>What training by gradient steps is worth on real sets.</summary>
internal static class TrainingQuality
{
    public static void Run(Figures figures) => MultilabelText.Run(figures);
}
