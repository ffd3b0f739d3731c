using System.Collections.Immutable;
using MLTransfer.Backbones;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Audio;

/// <summary>The input that takes a clip, or a window of one: samples, or frames of a spectrogram.</summary>
/// <param name="Port">The graph's input.</param>
/// <param name="WindowSamples">New samples of one run; null where a run takes the whole clip.</param>
/// <param name="FrameAxis">Spectrograms: the axis of frames; −1 for samples.</param>
/// <param name="Mel">Spectrograms: their settings, with the count of frames that the graph fixes.</param>
internal sealed record AudioInputPlan(OnnxValue Port, int? WindowSamples, int FrameAxis, MelSettings? Mel)
{
    public static AudioInputPlan Of(string backbone, OnnxValue port, AudioPreprocessing settings) =>
        settings.Mel is MelSettings mel ? Spectrogram(backbone, port, settings, mel) : Waveform(backbone, port, settings);

    /// <summary>The shape of a run.</summary>
    /// <param name="rows">Pieces in it.</param>
    /// <param name="length">Samples, or frames, of each.</param>
    public long[] Shape(int rows, int length)
    {
        ImmutableArray<OnnxDimension> axes = Port.Dimensions;
        long[] shape = new long[axes.Length];
        for (int axis = 1; axis < shape.Length; axis++)
            shape[axis] = axis == FrameAxis ? length : axes[axis].Value ?? (FrameAxis < 0 ? length : BinCount);
        shape[0] = rows;
        return shape;
    }

    /// <summary>Numbers of one frame.</summary>
    private int BinCount => (Mel!.CoefficientCount ?? Mel.BinCount) * Mel.StackedFrames;

    private static AudioInputPlan Waveform(string backbone, OnnxValue port, AudioPreprocessing settings)
    {
        OnnxDimension[] axes = [.. port.Dimensions.Skip(1)];
        int openCount = axes.Count(a => a.Value is null);
        long size = axes.Aggregate(1L, (product, axis) => checked(product * (axis.Value ?? 1)));
        if (axes.Length == 0 || openCount > 1 || (openCount == 1 && size != 1) || size > int.MaxValue)
            throw Throw.AudioInputShape(backbone, CardInference.Describe(port), "[batch, samples], or [batch, 1, samples]");
        if (openCount == 1)
            return new AudioInputPlan(port, settings.WindowSamples, -1, null);
        int window = (int)size - settings.ContextSamples;
        if (window < 1 || (settings.WindowSamples is int stated && stated != window))
            throw Throw.AudioWindow(backbone, CardInference.Describe(port), settings.WindowSamples, settings.ContextSamples);
        return new AudioInputPlan(port, window, -1, null);
    }

    private static AudioInputPlan Spectrogram(string backbone, OnnxValue port, AudioPreprocessing settings, MelSettings mel)
    {
        int bins = (mel.CoefficientCount ?? mel.BinCount) * mel.StackedFrames;
        int? frameAxis = FindFrames(port.Dimensions, bins, mel.BinsFirst);
        if (frameAxis is not int axis)
        {
            throw Throw.AudioInputShape(backbone, CardInference.Describe(port),
                mel.BinsFirst ? $"[batch, {bins}, frames], with axes of size 1 anywhere" : $"[batch, frames, {bins}], with axes of size 1 anywhere");
        }
        long? frames = port.Dimensions[axis].Value;
        if (mel.FrameCount is int stated && frames is not null && frames != stated)
            throw Throw.AudioFrames(backbone, CardInference.Describe(port), stated);
        // A graph with a fixed count of frames reads so many samples at a time; longer clips are cut into windows, so that nothing is lost.
        int? count = mel.FrameCount ?? (int?)frames;
        int? window = settings.WindowSamples ?? (count is int fixedCount ? SamplesOf(fixedCount * mel.StackedFrames, mel, settings.FrontEnd) : null);
        return new AudioInputPlan(port, window, axis, mel with { FrameCount = count });
    }

    /// <summary>The axis of frames beside one that is, or may be, the bins; all other axes but the batch's have size 1.</summary>
    private static int? FindFrames(ImmutableArray<OnnxDimension> axes, int bins, bool binsFirst)
    {
        for (int first = 1; first + 1 < axes.Length; first++)
        {
            int binAxis = binsFirst ? first : first + 1;
            int other = binsFirst ? first + 1 : first;
            bool othersAreOne = Enumerable.Range(1, axes.Length - 1).All(i => i == first || i == first + 1 || axes[i].Value == 1);
            if (othersAreOne && (axes[binAxis].Value ?? bins) == bins)
                return other;
        }
        return null;
    }

    private static int SamplesOf(int frames, MelSettings mel, AudioFrontEnd frontEnd) =>
        frontEnd == AudioFrontEnd.LogMel || !mel.SnipEdges ? frames * mel.HopSamples : (frames - 1) * mel.HopSamples + mel.WindowSamples;
}
