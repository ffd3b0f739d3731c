namespace MLTransfer.Cli.Diagnosis;

/// <summary>What `doctor` found.</summary>
/// <param name="ToolVersion">Version of this tool.</param>
/// <param name="DotNet">The .NET runtime.</param>
/// <param name="System">Operating system and processor architecture.</param>
/// <param name="CoreCount">Logical processors that this process may use.</param>
/// <param name="MemoryBytes">Memory that this process may use.</param>
/// <param name="Runtime">The native ONNX Runtime.</param>
/// <param name="Targets">Each compute target whose provider is compiled in.</param>
/// <param name="CacheFolder">Where downloads go.</param>
/// <param name="ModelFolders">Where names of backbones are looked up, in order.</param>
internal sealed record MachineReport(
    string ToolVersion, string DotNet, string System, int CoreCount, long MemoryBytes, NativeReport Runtime, IReadOnlyList<TargetReport> Targets,
    FolderReport CacheFolder, IReadOnlyList<FolderReport> ModelFolders);

/// <summary>The native ONNX Runtime.</summary>
internal sealed record NativeReport(string Version, string? Path, IReadOnlyList<string> Providers);

/// <summary>A compute target and its proof: null where the run gave the right numbers, else what went wrong.</summary>
internal sealed record TargetReport(string Target, bool Works, string? Problem, double RunMilliseconds);

/// <summary>A folder, whether it is there, and the backbones in it.</summary>
internal sealed record FolderReport(string Path, bool Exists, IReadOnlyList<string> Backbones);
