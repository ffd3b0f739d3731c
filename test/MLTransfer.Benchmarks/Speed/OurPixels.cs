using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Images;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Decoding, resizing and normalising alone, on one thread.</summary>
internal sealed class OurPixels : IDisposable
{
    private readonly ImageWorkspace _workspace = new();
    private readonly ImagePreprocessor _preprocessor;
    private readonly float[] _pixels;

    public OurPixels(ImagePreprocessing preprocessing, DecodeMode mode)
    {
        _preprocessor = new ImagePreprocessor(preprocessing, preprocessing.Width!.Value, preprocessing.Height!.Value, mode);
        _pixels = new float[_preprocessor.Length];
    }

    public double Pass(IEnumerable<byte[]> files, Action<int, float[]>? use = null) => Rounds.Seconds(() =>
    {
        int row = 0;
        foreach (byte[] file in files)
        {
            _preprocessor.Prepare(file, _workspace, rowSeed: 0, _pixels);
            use?.Invoke(row++, _pixels);
        }
    });

    public void Dispose() => _workspace.Dispose();
}
