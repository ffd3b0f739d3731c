using System.CommandLine;
using MLTransfer.Backbones;
using MLTransfer.Cli.Inspection;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Training;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer get`: download a backbone, or see that it is there.</summary>
internal static class GetCommand
{
    public const string Name = "get";

    public static string[] Examples { get; } =
    [
        "mltransfer get sentence-transformers/all-MiniLM-L6-v2",
        "mltransfer get sentence-transformers/all-MiniLM-L6-v2 --variant model_quint8_avx2",
        "mltransfer get org/name --revision 0123456789abcdef0123456789abcdef01234567 --sha256 HEX",
        "mltransfer get org/name --output models/name",
        "mltransfer get org/name --offline --json",
    ];

    public static Command Create()
    {
        var repository = new Argument<string>("repository") { Description = "The repository, such as sentence-transformers/all-MiniLM-L6-v2." };
        var revision = new Option<string>("--revision")
        {
            Description = "A branch, a tag, or a commit of 40 digits, which needs no network once it is there.",
            DefaultValueFactory = _ => HubOptions.DefaultRevision,
        };
        var sha256 = new Option<string?>("--sha256") { Description = "The SHA-256 that the graph must have." };
        var variant = new Option<string?>("--variant") { Description = "Which .onnx file of the repository: path, or name without extension. Default: as in a folder." };
        var output = new Option<string?>("--output") { Description = "Also save the backbone as a folder of its own: card, graph and tokenizer." };
        var endpoint = new Option<string?>("--endpoint") { Description = "The address of the hub or a mirror. Default: MLTRANSFER_HUB_ENDPOINT, HF_ENDPOINT, else the public hub." };
        var offline = new Option<bool>("--offline") { Description = "Use what was downloaded before, and no network. Also: MLTRANSFER_OFFLINE=1." };
        var json = new Option<bool>("--json") { Description = "One JSON object for programs." };
        var command = new Command(Name, "Download a backbone from the model hub into the cache, checked; then its name opens it. A token is read from HF_TOKEN.")
        {
            repository, revision, sha256, variant, output, endpoint, offline, json,
        };
        // On a thread of its own: the parser listens for Ctrl-C only once the action has given it a task to wait for.
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                string id = parsed.GetRequiredValue(repository);
                string? folder = parsed.GetValue(output);
                if (folder is not null)
                    OutputFile.CheckFolder(folder, "--output");
                var options = new HubOptions
                {
                    Revision = parsed.GetRequiredValue(revision)!,
                    Sha256 = parsed.GetValue(sha256),
                    Variant = parsed.GetValue(variant),
                    Endpoint = parsed.GetValue(endpoint) is string address ? Address(address) : null,
                    IsOffline = parsed.GetValue(offline) ? true : null,
                    CancellationToken = cancel,
                };
                IAnsiConsole console = Tool.Console(parsed);
                HubSnapshot snapshot = Download(parsed.GetValue(json) ? null : console, HubRepository.Parse(id), options);
                var report = DownloadReport.Of(snapshot, options, folder);
                if (parsed.GetValue(json))
                    JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
                else
                    Write(console, report);
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static HubSnapshot Download(IAnsiConsole? console, HubRepository repository, HubOptions options)
    {
        try
        {
            return console is null ? HubDownload.Run(repository, options) : DownloadBar.Show(console, progress => HubDownload.Run(repository, options with { Progress = progress }));
        }
        catch (OperationCanceledException e)
        {
            throw CancelledWithStateException.OfDownload(new HubCache(BackboneFiles.CacheFolder()).Folder(repository), e);
        }
    }

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        ? address : throw new ArgumentException($"--endpoint is '{text}'; expected an absolute address such as 'https://mirror.example/hub'.");

    private static void Write(IAnsiConsole console, DownloadReport report) => PairTable.Write(console,
    [
        ("Name", report.Repository),
        ("Commit", report.Commit),
        ("Folder", report.Folder),
        ("Graph", $"{report.Graph} ({Sizes.Bytes(report.ByteCount)} with all that it needs)"),
        ("SHA-256", report.Sha256),
        ("Backbone", report.Backbone is BackboneReport backbone ? $"{backbone.Modality}, {backbone.Dimension} numbers, {backbone.Pooling}" : $"no: {report.Problem}"),
        .. report.SavedTo is string saved ? [("Saved", saved)] : (IEnumerable<(string, string)>)[],
    ]);
}
