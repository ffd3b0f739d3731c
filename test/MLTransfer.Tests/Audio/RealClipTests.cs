using System.Globalization;
using MLTransfer.Audio;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Audio;

internal sealed class RealClipTests
{
    [TestCase("fsdd", 8000)]
    [TestCase("speech-commands", 16000)]
    [TestCase("esc10", 16000)]
    public void EveryClipOfTheSet_HasItsStatedLengthAndFiniteFeatures(string set, int rate)
    {
        string folder = RealAssets.Data(set);
        string[][] rows = [.. File.ReadLines(Path.Combine(folder, "test.tsv")).Select(l => l.Split('\t'))];
        int path = Array.IndexOf(rows[0], "path");
        int seconds = Array.IndexOf(rows[0], "seconds");
        var runner = new AudioFrontEndRunner(AudioPreprocessing.Kaldi());
        var workspace = new AudioWorkspace();
        foreach (string[] row in rows.Skip(1))
        {
            float[] clip = WavDecoder.Decode(File.ReadAllBytes(Path.Combine(folder, row[path])), out int found);
            Assert.That(found, Is.EqualTo(rate), row[path]);
            Assert.That((double)clip.Length / rate, Is.EqualTo(double.Parse(row[seconds], CultureInfo.InvariantCulture)).Within(0.0006), row[path] + ": the list has three decimals");
            Assert.That(clip, Is.All.InRange(-1f, 1f), row[path]);
            var resampler = Resampler.Get(rate, 16000);
            float[] prepared = new float[runner.ClipLength((int)resampler.OutputLength(clip.Length))];
            resampler.Resample(clip, prepared);
            float[] features = new float[runner.FrameCount(prepared.Length) * runner.Width];
            runner.Compute(prepared, workspace, features);
            Assert.That(features, Is.All.InRange(-16f, 16f), row[path] + ": between the floor and what a full-scale sine in one bin gives");
        }
    }
}
