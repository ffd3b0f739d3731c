using MLTransfer.Audio;

namespace MLTransfer.Tests.Audio;

/// <summary>A front end over one clip that is one window.</summary>
internal static class FrontEnd
{
    public static float[] Run(AudioPreprocessing settings, float[] clip) => Run(settings, clip, out _, out _);

    public static float[] Run(AudioPreprocessing settings, float[] clip, out int frames, out int width)
    {
        var runner = new AudioFrontEndRunner(settings);
        // What is not written would be seen, here and below.
        float[] prepared = [.. Enumerable.Repeat(float.NaN, runner.ClipLength(clip.Length))];
        runner.PrepareClip(clip, prepared);
        frames = runner.FrameCount(prepared.Length);
        width = runner.Width;
        float[] features = [.. Enumerable.Repeat(float.NaN, frames * width)];
        runner.Compute(prepared, new AudioWorkspace(), features);
        return features;
    }
}
