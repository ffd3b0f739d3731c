namespace MLTransfer.Images;

/// <summary>
/// Bytes to float32: (pixel · rescale − mean) / std, in float32 and in the order of torchvision's ToTensor and Normalize, so that its numbers are met bit for bit. A byte has 256
/// values, so each channel is a table of 1 KB, which stays in the nearest cache.
/// </summary>
internal sealed unsafe class PixelTensor
{
    private readonly float[] _tables;
    private readonly ChannelOrder _order;
    private readonly bool _isPlanar;

    public PixelTensor(ImagePreprocessing settings)
    {
        _order = settings.Channels;
        _isPlanar = settings.Layout == TensorLayout.Nchw;
        _tables = new float[settings.ChannelCount * 256];
        for (int i = 0; i < _tables.Length; i++)
        {
            int channel = i / 256;
            float mean = (float)settings.Mean[settings.Mean.Count == 1 ? 0 : channel];
            float std = (float)settings.Std[settings.Std.Count == 1 ? 0 : channel];
            _tables[i] = ((float)(i % 256 * settings.Rescale) - mean) / std;
        }
    }

    public void Fill(PixelView pixels, Span<float> destination)
    {
        fixed (float* start = destination, tables = _tables)
        {
            int plane = pixels.Width * pixels.Height;
            if (_order == ChannelOrder.Grey)
                FillOne(pixels, tables, start);
            else if (_isPlanar)
                FillThree(pixels, tables, start, plane, 1);
            else
                FillThree(pixels, tables, start, 1, 3);
        }
    }

    private static void FillOne(PixelView pixels, float* table, float* to)
    {
        for (int y = 0; y < pixels.Height; y++)
        {
            byte* row = pixels.Row(y);
            for (int x = 0; x < pixels.Width; x++)
                *to++ = table[row[4 * x]];
        }
    }

    private void FillThree(PixelView pixels, float* tables, float* start, int channelStep, int pixelStep)
    {
        bool isRgb = _order == ChannelOrder.Rgb;
        // Tables and planes by the order of the pixel's bytes, which is red, green, blue.
        float* red = tables + (isRgb ? 0 : 512);
        float* green = tables + 256;
        float* blue = tables + (isRgb ? 512 : 0);
        float* toRed = start + (isRgb ? 0 : 2) * (nint)channelStep;
        float* toGreen = start + channelStep;
        float* toBlue = start + (isRgb ? 2 : 0) * (nint)channelStep;
        for (int y = 0; y < pixels.Height; y++)
        {
            uint* row = (uint*)pixels.Row(y);
            for (int x = 0; x < pixels.Width; x++)
            {
                uint pixel = row[x];
                *toRed = red[pixel & 0xFF];
                *toGreen = green[(pixel >> 8) & 0xFF];
                *toBlue = blue[(pixel >> 16) & 0xFF];
                toRed += pixelStep;
                toGreen += pixelStep;
                toBlue += pixelStep;
            }
        }
    }
}
