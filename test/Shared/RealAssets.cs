namespace MLTransfer.Testing;

/// <summary>Real models and data for tests: the folder, or the test is skipped with the reason.</summary>
internal static class RealAssets
{
    public static string Model(string name) => Found(Assets.FindModel(name),
        $"The model '{name}' is not on this machine: name the folder that holds it in MLTRANSFER_MODELS.");

    public static string Data(string set) => Found(Assets.FindData(set),
        $"The data set '{set}' is not on this machine: name the folder that holds it in MLTRANSFER_DATA.");

    private static string Found(string? folder, string reason)
    {
        if (folder is null)
            Assert.Ignore(reason);
        return folder!;
    }
}
