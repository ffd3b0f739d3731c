using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Media;

namespace MLTransfer.Images;

/// <summary>What stands before the pixels of a picture that came as MLImage.</summary>
internal readonly record struct PictureHeader(int Width, int Height, MLPixelFormat Format);

/// <summary>Pictures that ML.NET has decoded. Their pixels are copied, because they are disposed with their row.</summary>
internal sealed class PictureSource(ValueGetter<MLImage> getter, ImageEmbeddingOptions options) : MediaSource
{
    public static unsafe int HeaderSize => sizeof(PictureHeader);

    private MLImage? _image;

    public override void Read(MediaSlot slot)
    {
        getter(ref _image!);
        slot.Path = null;
        slot.IsRaw = true;
        slot.Size = 0;
        if (_image is null)
            return;
        ReadOnlySpan<byte> pixels = _image.Pixels;
        slot.Size = (long)HeaderSize + pixels.Length;
        if (slot.Size > options.MaximumBytes)
            return;
        Span<byte> content = slot.Reserve((int)slot.Size);
        MemoryMarshal.Write(content, new PictureHeader(_image.Width, _image.Height, _image.PixelFormat));
        pixels.CopyTo(content[HeaderSize..]);
    }

    public override void Load(MediaSlot slot)
    {
        if (slot.Size == 0)
            throw Throw.PictureMissing();
        if (slot.Size > options.MaximumBytes)
            throw MLTransfer.Internal.Throw.FileTooLarge(slot.Size, options.MaximumBytes);
    }
}
