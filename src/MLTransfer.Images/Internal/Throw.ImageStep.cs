using System.Globalization;
using Microsoft.ML.Data;

namespace MLTransfer.Images;

internal static partial class Throw
{
    public static Exception ImageInputs(string backbone, IEnumerable<string> inputs) => new ArgumentException(
        $"EmbedImage needs a graph with one input of pictures, real numbers with four axes, but backbone '{backbone}' has {string.Join(", ", inputs)}.");

    public static Exception ImageChannels(string backbone, string input, ChannelOrder channels, TensorLayout layout) => new ArgumentException(
        $"Input {input} of backbone '{backbone}' does not take what its card describes: channels {channels} in layout {layout}. Correct ImagePreprocessing.Channels or Layout.");

    public static Exception ImageSizeOpen(string backbone, string member) => new ArgumentException(
        $"The graph of backbone '{backbone}' takes pictures of any size, and its card states none. Set ImagePreprocessing.{member} to what the model was trained with.");

    public static Exception ImageSizeDiffers(string backbone, string member, long graph, int? stated) => new ArgumentException(
        $"ImagePreprocessing.{member} is {stated?.ToString(CultureInfo.InvariantCulture) ?? "null"}, but the graph of backbone '{backbone}' is fixed at {graph}. Leave it null.");

    public static Exception PictureMissing() => new ImageDecodeException("There is no picture: the MLImage is null.");

    public static Exception PlainPictures(string column, string tensor, DataViewType? found, int width, int height, int size) => new ArgumentException(
        $"ML.NET's own steps take prepared pixels, {size} numbers in a Vector<Single> column '{tensor}' or '{column}', or an MLImage column '{column}' of {width} by {height}; " +
        $"column '{column}' is {(found is null ? "not there" : found)}. Prepare the pixels before, or use ExportOnnx.");

    public static Exception PlainPictureColumn(string column, object found, int width, int height, bool isKept, ChannelOrder channels) => new ArgumentException(
        $"Column '{column}' is {found}. ExtractPixels does what the backbone's preprocessing does only where the column's type states {width} by {height} pixels" +
        $"{(isKept ? "" : ", and this backbone resizes even those before it crops")}{(channels == ChannelOrder.Grey ? ", and not for grey, which it rounds otherwise" : "")}. " +
        "Give prepared pixels in a Vector<Single> column, or use ExportOnnx.");
}
