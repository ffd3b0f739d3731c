namespace MLTransfer.Internal;

internal static partial class Throw
{
    private const string SaveAgain = "Save the model again, or copy the file again from where it was saved.";

    public static Exception PartName(string name) => new ArgumentException(
        $"'{name}' cannot name a part of a saved step: expected a plain file name of ASCII letters, digits, " +
        "'.', '_' and '-' that is used once in the step.",
        nameof(name));

    public static Exception ManifestMissing(string directory) => new InvalidDataException(
        $"The model's step '{directory}' has no '{Persistence.PayloadManifest.FileName}'. {SaveAgain}");

    public static Exception ManifestTooLarge(string directory, long length, long limit) => new InvalidDataException(
        $"'{Persistence.PayloadManifest.FileName}' of the model's step '{directory}' has {length} bytes; at most {limit} are read. {SaveAgain}");

    public static Exception ManifestUnreadable(string directory, Exception inner) => new InvalidDataException(
        $"'{Persistence.PayloadManifest.FileName}' of the model's step '{directory}' is not valid JSON: {inner.Message} {SaveAgain}", inner);

    public static Exception ManifestMember(string directory, string member) => new InvalidDataException(
        $"'{Persistence.PayloadManifest.FileName}' of the model's step '{directory}' has no valid '{member}'. {SaveAgain}");

    public static Exception ManifestVersion(string directory, int found, int known) => new NotSupportedException(
        $"'{Persistence.PayloadManifest.FileName}' of the model's step '{directory}' has manifest version {found}; " +
        $"this version of MLTransfer reads {known}. Update MLTransfer.");

    public static Exception StepFormat(string directory, string kind, int found, int newest) => new NotSupportedException(
        $"The model's step '{directory}' ({kind}) has format version {found}; this version of MLTransfer reads up to {newest}. Update MLTransfer.");

    public static Exception KindUnknown(
        string directory, string kind, string assembly, Version? version, IEnumerable<string> known) => new NotSupportedException(
        $"The model's step '{directory}' is of kind '{kind}', which {assembly} {version} does not know. " +
        $"Known kinds: {string.Join(", ", known.DefaultIfEmpty("none"))}. Update {assembly}.");

    public static Exception StepAssemblyForeign(
        string directory, string kind, string assembly, IEnumerable<string> allowed) => new NotSupportedException(
        $"The model's step '{directory}' ({kind}) says that it belongs to assembly '{assembly}', which is not loaded for a model. " +
        $"Allowed are MLTransfer, {string.Join(", ", allowed)}. Do not use this file if you do not know where it comes from.");

    public static Exception StepAssemblyMissing(string directory, string kind, string assembly, Exception inner) => new NotSupportedException(
        $"The model's step '{directory}' ({kind}) belongs to assembly '{assembly}', which is not there. " +
        $"Add a reference to the package {assembly}.", inner);

    public static Exception KindTwice(string kind, Type? known, Type? added) => new InvalidOperationException(
        $"Kind '{kind}' is registered by {known} already and cannot be registered by {added} too. Give the new step another kind.");

    public static Exception PartUnknown(string directory, string kind, string part, IEnumerable<string> parts) => new InvalidDataException(
        $"The model's step '{directory}' ({kind}) has no part '{part}'. It has {string.Join(", ", parts.DefaultIfEmpty("none"))}. {SaveAgain}");

    public static Exception PartMissing(string directory, string part) => new InvalidDataException(
        $"Part '{part}' of the model's step '{directory}' is named in its manifest, but is not in the file. {SaveAgain}");

    public static Exception PartLength(string directory, string part, long expected, long found) => new InvalidDataException(
        $"Part '{part}' of the model's step '{directory}' should have {expected} bytes, but has {found}. {SaveAgain}");

    public static Exception PartChanged(string directory, string part, string expected, string found) => new InvalidDataException(
        $"Part '{part}' of the model's step '{directory}' was saved with SHA-256 {expected}, but now has {found}. {SaveAgain}");

    public static Exception PartTooLarge(string directory, string part, long length) => new InvalidDataException(
        $"Part '{part}' of the model's step '{directory}' has {length} bytes, more than an array can hold. Read it as a stream.");

    public static Exception NotAnArchive(string origin, Exception inner) => new InvalidDataException(
        $"'{origin}' is not a model saved by ML.NET: {inner.Message} Expected a zip archive.", inner);

    public static Exception NotAModel(string origin) => new InvalidDataException(
        $"'{origin}' is a zip archive, but no entry of it is a model of ML.NET. Give the file that mlContext.Model.Save wrote.");

    public static Exception TooManyEntries(string origin, int found, int limit) => new InvalidDataException(
        $"'{origin}' has {found} entries; at most {limit} are accepted. Do not load this file if you do not know where it comes from.");

    public static Exception ArchiveTooLarge(string origin, long found, long limit) => new InvalidDataException(
        $"'{origin}' would unpack to {found} bytes; at most {limit} are accepted. Do not load this file if you do not know where it comes from.");

    public static Exception EntryTooDense(string origin, string entry, long packed, long unpacked) => new InvalidDataException(
        $"Entry '{entry}' of '{origin}' has {packed} bytes and would unpack to {unpacked}. " +
        "Do not load this file if you do not know where it comes from.");

    public static Exception EntryLength(string origin, string entry, long declared) => new InvalidDataException(
        $"Entry '{entry}' of '{origin}' unpacks to another length than the {declared} bytes that the archive states. {SaveAgain}");

    public static Exception EntryUnreadable(string origin, string entry, Exception inner) => new InvalidDataException(
        $"Entry '{entry}' of '{origin}' cannot be unpacked: {inner.Message} {SaveAgain}", inner);

    public static Exception EntryDamaged(string origin, string entry) => new InvalidDataException(
        $"Entry '{entry}' of '{origin}' begins a model of ML.NET, but is damaged. {SaveAgain}");

    public static Exception LoaderForeign(string origin, string entry, string assembly) => new NotSupportedException(
        $"Entry '{entry}' of '{origin}' wants the loader of assembly '{assembly}'; accepted are Microsoft.ML and MLTransfer. " +
        "If you trust the file and have that assembly, load it with mlContext.Model.Load in a program of your own.");

    public static Exception CustomMapping(string origin, string entry) => new NotSupportedException(
        $"Entry '{entry}' of '{origin}' is a custom mapping: it runs code of an assembly that the file chooses. " +
        "If you trust the file, load it with mlContext.Model.Load in a program of your own.");

    public static Exception SettingMissing(string kind, string name) => new InvalidDataException(
        $"The saved step {kind} has no setting '{name}', so its file was changed or cut short. Save the model again.");

    public static Exception SettingWrong(string kind, string name, string expected, string found) => new InvalidDataException(
        $"Setting '{name}' of the saved step {kind} is {found}; expected {expected}. The file was changed, or written by a newer MLTransfer: update, or save the model again.");
}
