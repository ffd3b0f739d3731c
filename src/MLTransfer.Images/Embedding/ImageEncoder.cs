using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLTransfer.Embedding;
using MLTransfer.Media;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Images;

/// <summary>Pictures through an image backbone. A picture is decoded straight into the tensor of its run, so that a window holds files and never pixels.</summary>
internal sealed class ImageEncoder(ImageStep step, SessionHolder session) : MediaEncoder(step, session, [step.Port.Name])
{
    private readonly ImageStep _step = step;
    private readonly ConcurrentBag<ImageWorkspace> _workspaces = [];

    // All have the same.
    protected override bool EqualLengthsOnly => false;

    public override void Dispose()
    {
        while (_workspaces.TryTake(out ImageWorkspace? workspace))
            workspace.Dispose();
        base.Dispose();
    }

    protected override int ElementBudget(OnnxSession session) => session.Target.PixelsPerRun;

    protected override void Prepare(int slot)
    {
    }

    protected override int PieceLength(Piece piece) => _step.Width * _step.Height;

    protected override PackInputs CreateInputs(bool isAlone) => new Inputs(this, isAlone);

    private void Write(int slot, Span<float> destination)
    {
        if (HasFailed(slot))
            return;
        ImageWorkspace workspace = _workspaces.TryTake(out ImageWorkspace? free) ? free : new ImageWorkspace();
        try
        {
            MediaSlot content = Slot(slot);
            if (content.IsRaw)
            {
                PictureHeader header = MemoryMarshal.Read<PictureHeader>(content.Content);
                _step.Preprocessor.Prepare(content.Content[PictureSource.HeaderSize..], header.Width, header.Height, header.Format, workspace, ContentSeed(slot), destination);
            }
            else
            {
                _step.Preprocessor.Prepare(content.Content, workspace, ContentSeed(slot), destination);
            }
        }
        catch (Exception e) when (IsRowError(e))
        {
            // Its place in the run stays, so that the others need not be decoded again; what the graph says of it is dropped.
            destination.Clear();
            Fail(slot, e);
        }
        finally
        {
            _workspaces.Add(workspace);
        }
    }

    private sealed class Inputs(ImageEncoder encoder, bool isAlone) : PackInputs
    {
        private readonly ImageStep _step = encoder._step;
        private readonly RealBuffer _pixels = new(encoder._step.Port.ElementType switch
        {
            OnnxElementType.Float16 => TensorElementType.Float16,
            OnnxElementType.BFloat16 => TensorElementType.BFloat16,
            _ => TensorElementType.Float,
        });

        public override void Fill(ReadOnlySpan<Piece> pieces, int longest, OrtValue[] inputs)
        {
            int size = _step.Size;
            _pixels.Resize(checked(pieces.Length * size));
            if (isAlone && pieces.Length > 1)
            {
                Piece[] all = pieces.ToArray();
                PackScheduler.InParallel(all.Length, i => encoder.Write(all[i].Slot, _pixels.Span.Slice(i * size, size)));
            }
            else
            {
                for (int i = 0; i < pieces.Length; i++)
                    encoder.Write(pieces[i].Slot, _pixels.Span.Slice(i * size, size));
            }
            inputs[0] = _pixels.AsInput(_step.Shape(pieces.Length));
        }
    }
}
