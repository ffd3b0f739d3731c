using System.Globalization;

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
}
