namespace MLTransfer.Internal;

/// <summary>Rows of images and sounds. The reasons are sentences that end up inside <see cref="RowUnreadable"/>, behind the row's place.</summary>
internal static partial class Throw
{
    public static Exception RowUnreadable(RowError error, Exception inner) => new InvalidDataException(
        $"{Describe(error)} To go on without such rows, set OnError to SkipRow or NaN.", inner);

    public static string Describe(RowError error) =>
        $"{error.Step} cannot read column '{error.Column}' in the row at position {error.Row}{(error.Source is null ? "" : $" ('{error.Source}')")}: {error.Reason}";

    public static Exception PathEmpty() => new InvalidDataException("The path is empty.");

    public static Exception PathNull() => new InvalidDataException("The path holds a null character.");

    public static Exception PathIsFolder() => new InvalidDataException("The path is that of a folder, not of a file.");

    public static Exception FileMissing(string path) => new FileNotFoundException(
        $"There is no such file{(Path.IsPathRooted(path) ? "" : $" in '{Environment.CurrentDirectory}', where relative paths start unless Folder says otherwise")}.", path);

    public static Exception FileEmpty() => new InvalidDataException("The file has 0 bytes.");

    public static Exception BytesEmpty() => new InvalidDataException("There are 0 bytes.");

    public static Exception FileTooLarge(long found, long limit) => new InvalidDataException(
        $"It has {found:N0} bytes; MaximumBytes allows {limit:N0}.");

    public static Exception MediaTwice() => new ArgumentException(
        "Both BackboneOptions.Image and BackboneOptions.Audio are set. A backbone reads pictures or sound; set one of them.");

    public static Exception ImageUnknown(string origin, IEnumerable<string> inputs) => new ArgumentException(
        $"Nothing in '{origin}' says how a picture becomes its input {string.Join(", ", inputs)}: there is no card and no preprocessor_config.json of an image processor. " +
        "Set BackboneOptions.Image, such as ImagePreprocessing.Torchvision(), to what the model was trained with.");

    public static Exception AudioUnknown(string origin, IEnumerable<string> inputs) => new ArgumentException(
        $"Nothing in '{origin}' says how a clip becomes its input {string.Join(", ", inputs)}: there is no card and no preprocessor_config.json of an audio feature extractor. " +
        "Set BackboneOptions.Audio, such as AudioPreprocessing.Waveform(16000), to what the model was trained with.");
}
