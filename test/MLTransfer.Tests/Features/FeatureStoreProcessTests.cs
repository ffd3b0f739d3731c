using System.Diagnostics;
using System.Globalization;
using MLTransfer.Features;

namespace MLTransfer.Tests.Features;

/// <summary>Several processes on one folder, killed ones, and a folder that is really full.</summary>
internal sealed class FeatureStoreProcessTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-store-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Append_ByTwoProcessesAtATime_IsAllThere()
    {
        using FeatureStore reader = FeatureStore.Open(_folder, StoredRows.Fingerprint);
        // 500 rows of each are the other's too.
        Task<List<string>> one = StoreProbe.RunAsync(["write", _folder, "0", "2000", "10"]);
        Task<List<string>> other = StoreProbe.RunAsync(["write", _folder, "1500", "2000", "10"]);
        Task both = Task.WhenAll(one, other);
        while (!both.IsCompleted)
        {
            reader.Refresh();
            Assert.That(StoredRows.Present(reader, 3500), Has.Count.EqualTo(reader.Count), "rows that are being written are whole or not there");
            await Task.WhenAny(both, Task.Delay(20));
        }
        await both;
        reader.Refresh();
        Assert.That(StoredRows.Present(reader, 3500), Has.Count.EqualTo(3500));
        Assert.That(reader.DamagedCount, Is.Zero);
        Assert.That(Directory.GetFiles(reader.Folder), Has.Length.EqualTo(2));
    }

    [Test]
    public async Task Append_ProcessKilledWhileItWrites_KeepsAllThatWasFlushed()
    {
        int flushed = 0;
        for (int run = 0; run < 3; run++)
        {
            int target = flushed + 300 + 70 * run;
            List<string> lines = await StoreProbe.RunAsync(["write", _folder, "0", "10000000", "7"], line => Number(line) >= target);
            using FeatureStore store = FeatureStore.Open(_folder, StoredRows.Fingerprint);
            flushed = Number(lines[^1]);
            List<int> present = StoredRows.Present(store, flushed);
            Assert.That(present, Has.Count.EqualTo(flushed), "all that was flushed is there and right");
            Assert.That(store.Count, Is.GreaterThanOrEqualTo(flushed));
        }
    }

    [Test]
    public async Task Append_FolderReallyFull_KeepsWholeRowsAndGoesOnWhenThereIsSpace()
    {
        // A file system of 256 KiB, in a name space of its own: it takes no rights where the system allows such name spaces to everybody.
        string[] inNamespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"];
        string mount = $"mount -t tmpfs -o size=256k tmpfs '{_folder}'";
        if (!OperatingSystem.IsLinux() || !Runs([.. inNamespace, mount]))
            Assert.Ignore("This system does not let the tests mount a small file system; Flush_DiskFullAnywhereInARecord covers it without.");
        string ballast = Path.Combine(_folder, "ballast");
        string program = string.Join(' ', StoreProbe.Command("fill", _folder, ballast).Select(a => $"'{a}'"));
        List<string> lines = await StoreProbe.RunCommandAsync([.. inNamespace, $"{mount} && head -c 80000 /dev/zero > '{ballast}' && exec {program}"]);
        Assert.That(lines, Has.Count.EqualTo(3));
        Assert.That(lines[0], Does.Contain(_folder).And.Contain("bytes of features could not be written").And.Contain("Free space there").And.Contain("No space left"));
        int[] full = Numbers(lines[1]), after = Numbers(lines[2]);
        Assert.That(full[0], Is.GreaterThan(5), "rows before it was full");
        Assert.That(full, Is.EqualTo([full[0], full[0], 0]), "each of them is there, and nothing half-written");
        Assert.That(after, Is.EqualTo([full[0] + 2, full[0] + 2, 0]), "the row that did not fit, and a further one");
    }

    private static bool Runs(string[] command)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int[] Numbers(string line) => [.. line.Split(' ').Select(Number)];
}
