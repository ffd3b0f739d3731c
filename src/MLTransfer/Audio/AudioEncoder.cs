using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MLTransfer.Embedding;
using MLTransfer.Internal;
using MLTransfer.Media;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Audio;

/// <summary>Clips through an audio backbone: decoded, resampled and scaled once, cut into windows, and turned into what the graph reads as a window's turn comes.</summary>
internal sealed class AudioEncoder : MediaEncoder
{
    private readonly AudioStep _step;
    private readonly AudioFrontEndRunner _frontEnd;
    private readonly ConcurrentBag<AudioWorkspace> _workspaces = [];
    private AudioClip[] _clips = [];

    public AudioEncoder(AudioStep step, SessionHolder session)
        : base(step, session, InputNames(step))
    {
        _step = step;
        _frontEnd = new AudioFrontEndRunner(step.Clip.Mel is null ? step.Settings : step.Settings with { Mel = step.Clip.Mel });
    }

    // Even where the graph has a mask: the frames that count would have to be guessed from the padded length, and a row would depend on its neighbours.
    protected override bool EqualLengthsOnly => true;

    protected override int ElementBudget(OnnxSession session) => session.Target.SamplesPerRun;

    protected override void Prepare(int slot)
    {
        MediaSlot content = Slot(slot);
        AudioWorkspace workspace = _workspaces.TryTake(out AudioWorkspace? free) ? free : new AudioWorkspace();
        try
        {
            ReadOnlySpan<float> samples = Decode(content, workspace, out int rate);
            int target = _step.Settings.SampleRate;
            AudioClip clip = _clips[slot];
            if (rate == target)
            {
                _frontEnd.PrepareClip(samples, clip.Reserve(_frontEnd.ClipLength(samples.Length)));
            }
            else
            {
                Resampler resampler = Resampler.Get(rate, target);
                long length = resampler.OutputLength(samples.Length);
                // A file may state a rate of 1 Hz: few samples then become many.
                if (length > Math.Max(samples.Length, _step.Options.MaximumSamples))
                    throw Throw.TooManyResampled(length, rate, target, _step.Options.MaximumSamples);
                Span<float> prepared = clip.Reserve(_frontEnd.ClipLength((int)length));
                resampler.Resample(samples, prepared[..(int)length]);
                _frontEnd.PrepareClip(prepared[..(int)length], prepared);
            }
            if (_step.Clip.FrameAxis >= 0 && _frontEnd.FrameCount(clip.Length) == 0)
                throw Throw.ClipWithoutFrame(clip.Length);
        }
        finally
        {
            _workspaces.Add(workspace);
        }
    }

    protected override int PieceCount(int slot) => _step.Clip.WindowSamples is not int window || _step.States.Length > 0 ? 1 : WindowCount(slot, window);

    protected override int PieceLength(Piece piece)
    {
        int length = _clips[piece.Slot].Length;
        if (_step.Clip.WindowSamples is not int window)
            return length;
        return _step.States.Length > 0 ? WindowCount(piece.Slot, window) * window : window;
    }

    protected override int CountedTokens(Piece piece, int delivered)
    {
        if (!_step.Settings.FramesFollowTime || _step.Clip.WindowSamples is not int window || delivered == 1)
            return delivered;
        int covered = Math.Min(window, _clips[piece.Slot].Length - piece.Number * Hop);
        return (int)Math.Max(1, ((long)delivered * covered + window - 1) / window);
    }

    protected override void Release(int count)
    {
        for (int slot = 0; slot < count; slot++)
            _clips[slot].Release();
        base.Release(count);
    }

    protected override void Grow(int count)
    {
        int known = _clips.Length;
        Array.Resize(ref _clips, count);
        for (int i = known; i < count; i++)
            _clips[i] = new AudioClip();
        base.Grow(count);
    }

    protected override PackInputs CreateInputs(bool isAlone) => new AudioInputs(this, _step, isAlone);

    /// <summary>The numbers that the graph reads of one window: samples, or frames.</summary>
    public int InputLength(int pieceLength) => _step.Clip.FrameAxis < 0 ? pieceLength + _step.Settings.ContextSamples : _frontEnd.FrameCount(pieceLength);

    /// <summary>Numbers of one frame; 1 for samples.</summary>
    public int Width => _frontEnd.Width;

    /// <summary>Writes a window of a clip, with the context before it and zeros behind its end.</summary>
    /// <param name="slot">The clip.</param>
    /// <param name="number">Which window.</param>
    /// <param name="length">New samples of the window.</param>
    /// <param name="destination">What the graph reads.</param>
    public void Write(int slot, int number, int length, Span<float> destination)
    {
        ReadOnlySpan<float> clip = _clips[slot].Samples;
        int start = number * (_step.Clip.WindowSamples is null ? 0 : Hop);
        int context = _step.Settings.ContextSamples;
        if (_step.Clip.FrameAxis < 0)
        {
            Copy(clip, start - context, destination[..(length + context)]);
            return;
        }
        AudioWorkspace workspace = _workspaces.TryTake(out AudioWorkspace? free) ? free : new AudioWorkspace();
        ReadOnlySpan<float> window = clip[start..Math.Min(start + length, clip.Length)];
        // Where the graph fixes its frames, the front end fills a short window up as its reference does.
        if (window.Length < length && _step.Clip.Mel!.FrameCount is null)
        {
            Span<float> whole = workspace.Samples(length);
            Copy(clip, start, whole);
            window = whole;
        }
        _frontEnd.Compute(window, workspace, destination);
        _workspaces.Add(workspace);
    }

    private static ImmutableArray<string> InputNames(AudioStep step) =>
        [step.Clip.Port.Name, .. step.States.Select(s => s.Port.Name), .. step.Constants.Select(c => c.Port.Name), .. step.Masks.Select(m => m.Name)];

    /// <summary>Copies from a clip that is zeros before its start and behind its end.</summary>
    private static void Copy(ReadOnlySpan<float> clip, int start, Span<float> destination)
    {
        int before = Math.Clamp(-start, 0, destination.Length);
        int first = Math.Max(start, 0);
        int count = Math.Clamp(clip.Length - first, 0, destination.Length - before);
        destination[..before].Clear();
        clip.Slice(Math.Min(first, clip.Length), count).CopyTo(destination[before..]);
        destination[(before + count)..].Clear();
    }

    private int Hop => _step.Settings.HopSamples ?? _step.Clip.WindowSamples!.Value;

    private int WindowCount(int slot, int window)
    {
        int length = _clips[slot].Length;
        return length <= window ? 1 : (length - window + Hop - 1) / Hop + 1;
    }

    private ReadOnlySpan<float> Decode(MediaSlot content, AudioWorkspace workspace, out int rate)
    {
        ReadOnlySpan<byte> bytes = content.Content;
        int limit = _step.Options.MaximumSamples;
        if (content.IsRaw)
        {
            rate = MemoryMarshal.Read<int>(bytes);
            ReadOnlySpan<float> samples = MemoryMarshal.Cast<byte, float>(bytes[SampleSource.HeaderSize..]);
            if (samples.IsEmpty)
                throw Throw.NoSamples();
            if (samples.Length > limit)
                throw Throw.TooManySamples(samples.Length, limit);
            WavDecoder.RequireFinite(samples);
            return samples;
        }
        WavFormat format = WavDecoder.ReadFormat(bytes, _step.Options.Channel, limit);
        rate = format.SampleRate;
        Span<float> decoded = workspace.Samples(format.SampleCount);
        WavDecoder.Decode(bytes, format, _step.Options.Channel, decoded);
        return decoded;
    }
}
