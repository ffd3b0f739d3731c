using MLTransfer.Benchmarks.Measuring;
using SkiaSharp;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>JPEG files of 1920 × 1080 pixels: no set has photos of that size, so each is sixteen real ones, four by four, stretched to 480 × 270 and encoded at quality 90.</summary>
internal static class FullHdPhotos
{
    private const int Across = 4;
    private const int TileWidth = 480;
    private const int TileHeight = 270;
    private const int Quality = 90;

    public static List<byte[]> Make(List<LabelledFile> photos, int count)
    {
        using var paint = new SKPaint { FilterQuality = SKFilterQuality.High };
        var files = new List<byte[]>();
        for (int i = 0; i < count; i++)
        {
            using var whole = new SKBitmap(Across * TileWidth, Across * TileHeight);
            using (var canvas = new SKCanvas(whole))
            {
                for (int tile = 0; tile < Across * Across; tile++)
                {
                    using SKBitmap photo = SKBitmap.Decode(photos[(i * Across * Across + tile) % photos.Count].Path);
                    canvas.DrawBitmap(photo, SKRect.Create(tile % Across * TileWidth, tile / Across * TileHeight, TileWidth, TileHeight), paint);
                }
            }
            using SKData encoded = whole.Encode(SKEncodedImageFormat.Jpeg, Quality);
            files.Add(encoded.ToArray());
        }
        return files;
    }
}
