namespace MLTransfer.Cli.Diagnosis;

/// <summary>What `doctor` found.</summary>
/// <param name="ToolVersion">Version of this tool.</param>
/// <param name="DotNet">The .NET runtime.</param>
/// <param name="System">Operating system and processor architecture.</param>
/// <param name="CoreCount">Logical processors that this process may use.</param>
/// <param name="MemoryBytes">Memory that this process may use, as .NET sees it.</param>
/// <param name="ContainerMemoryBytes">The limit of the control group (container, job) that this process runs in; null where there is none.</param>
/// <param name="Runtime">The native ONNX Runtime.</param>
/// <param name="Targets">Each compute target whose provider is compiled in, and those asked for.</param>
/// <param name="Product">A run of the backbone inside this tool, through a pipeline of ML.NET.</param>
/// <param name="CacheFolder">Where downloads go.</param>
/// <param name="ModelFolders">Where names of backbones are looked up, in order.</param>
/// <param name="TemporaryFolder">Where ML.NET unpacks models while it loads them.</param>
internal sealed record MachineReport(
    string ToolVersion, string DotNet, string System, int CoreCount, long MemoryBytes, long? ContainerMemoryBytes, NativeReport Runtime, IReadOnlyList<TargetReport> Targets,
    ProductReport Product, FolderReport CacheFolder, IReadOnlyList<FolderReport> ModelFolders, FolderReport TemporaryFolder);

/// <summary>The native ONNX Runtime.</summary>
/// <param name="Version">Its version; null where it was not found.</param>
/// <param name="Path">Its file, where the system tells.</param>
/// <param name="Providers">What is compiled into it.</param>
/// <param name="ProviderLibraries">The libraries of providers beside it, which a package for accelerators brings.</param>
/// <param name="Problem">Why it cannot be used.</param>
internal sealed record NativeReport(string? Version, string? Path, IReadOnlyList<string> Providers, IReadOnlyList<string> ProviderLibraries, string? Problem);

/// <summary>A compute target and its proof: no problem where the run gave the right numbers, else what ONNX Runtime says, such as which library of CUDA it did not find.</summary>
internal sealed record TargetReport(string Target, bool Works, string? Problem, double RunMilliseconds);

/// <summary>Two sentences through the whole product.</summary>
/// <param name="Works">Whether their cosine came out as it must.</param>
/// <param name="Problem">What went wrong.</param>
/// <param name="Cosine">The cosine found; null where it did not come to that.</param>
/// <param name="ExpectedCosine">The cosine that every machine gives.</param>
/// <param name="Milliseconds">What it took, the start of the pipeline included.</param>
internal sealed record ProductReport(bool Works, string? Problem, double? Cosine, double ExpectedCosine, double Milliseconds);

/// <summary>A folder.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Exists">Whether it is there.</param>
/// <param name="IsWritable">Whether files can be made in it, or it itself where it is not there; null where that does not matter.</param>
/// <param name="FreeBytes">Room on its disk for this user; null where the system does not tell.</param>
/// <param name="Problem">What stands in the way of its use.</param>
/// <param name="Backbones">The backbones in it.</param>
internal sealed record FolderReport(string Path, bool Exists, bool? IsWritable, long? FreeBytes, string? Problem, IReadOnlyList<string> Backbones);
