using System.Diagnostics;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Onnx.Tests.Training.Graphs;

[NonParallelizable]
internal sealed class SpillStoreTests
{
    private const int RowCount = 500;

    // All on disk, half of it, all in memory.
    [TestCase(0L, true, false)]
    [TestCase(RowCount * 50L * 2, true, true)]
    [TestCase(1L << 30, false, true)]
    public void CopyTo_RowsOfManyThreads_GivesBackWhatWasSet(long memory, bool spills, bool keeps)
    {
        using var store = new SpillStore(new MemoryBudget(memory), "test");
        store.Reserve(RowCount);
        Parallel.For(0, RowCount, row => store.Set(row, Row(row)));
        Parallel.For(0, RowCount, row =>
        {
            float[] found = new float[store.CountOf(row)];
            store.CopyTo(row, found);
            Assert.That(found, Is.EqualTo(Row(row)));
        });
        long all = Enumerable.Range(0, RowCount).Sum(r => 4L * Row(r).Length);
        Assert.That(store.SpilledBytes, keeps ? Is.LessThan(all) : Is.EqualTo(all));
        Assert.That(store.SpilledBytes, spills ? Is.Positive : Is.Zero);
    }

    [Test]
    public void Reserve_Later_KeepsWhatIsThere()
    {
        using var store = new SpillStore(new MemoryBudget(300), "test");
        for (int row = 0; row < 40; row++)
        {
            store.Reserve(row + 1);
            store.Set(row, Row(row));
        }
        float[] found = new float[store.CountOf(3)];
        store.CopyTo(3, found);
        Assert.That(found, Is.EqualTo(Row(3)));
    }

    [Test]
    public void Budget_OfTwoStores_IsShared()
    {
        var budget = new MemoryBudget(100);
        using var first = new SpillStore(budget, "first");
        using var second = new SpillStore(budget, "second");
        first.Reserve(1);
        second.Reserve(1);
        first.Set(0, new float[20]);
        second.Set(0, new float[20]);
        Assert.That((first.SpilledBytes, second.SpilledBytes), Is.EqualTo((0L, 80L)));
    }

    [Test]
    public void Dispose_RemovesTheFile()
    {
        string folder = NewFolder();
        InFolder(folder, () =>
        {
            var store = new SpillStore(new MemoryBudget(0), "test");
            store.Reserve(1);
            store.Set(0, [1, 2, 3]);
            Assert.That(Directory.GetFiles(folder), Has.Length.EqualTo(1));
            store.Dispose();
            Assert.That(Directory.GetFiles(folder), Is.Empty);
        });
        Directory.Delete(folder);
    }

    [Test]
    public void Set_NoTemporaryFolder_SaysWhatToDo()
    {
        string folder = NewFolder();
        Directory.Delete(folder);
        InFolder(folder, () =>
        {
            using var store = new SpillStore(new MemoryBudget(0), "the frozen part's output 'h'");
            store.Reserve(1);
            Assert.That(() => store.Set(0, [1, 2, 3]), Throws.InstanceOf<IOException>().With.Message.Contains("'h'").And.Message.Contains(folder).And.Message.Contains("TMPDIR"));
        });
    }

    [Test]
    public void Set_DiskFull_SaysHowFarItCame()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("A file system of a few pages is mounted here, as Linux does it.");
        string folder = NewFolder();
        if (Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder) != 0)
        {
            Directory.Delete(folder);
            Assert.Ignore("Mounting a file system needs rights that this process has not.");
        }
        try
        {
            InFolder(folder, () =>
            {
                using var store = new SpillStore(new MemoryBudget(0), "rows");
                store.Reserve(100);
                Assert.That(() =>
                {
                    for (int row = 0; row < 100; row++)
                        store.Set(row, new float[1024]);
                }, Throws.InstanceOf<IOException>().With.Message.Contains("could not take the rest after").And.Message.Contains("space"));
            });
        }
        finally
        {
            Run("umount", folder);
            Directory.Delete(folder);
        }
    }

    [Test]
    public void CopyTo_FileCutShort_SaysSo()
    {
        string folder = NewFolder();
        InFolder(folder, () =>
        {
            using var store = new SpillStore(new MemoryBudget(0), "rows");
            store.Reserve(1);
            store.Set(0, [1, 2, 3]);
            if (OperatingSystem.IsWindows())
                return;
            // As a shell would, past the lock that .NET keeps.
            Run("truncate", "-s", "4", Directory.GetFiles(folder)[0]);
            Assert.That(() => store.CopyTo(0, new float[3]), Throws.InstanceOf<IOException>().With.Message.Contains("cut short"));
        });
        Directory.Delete(folder);
    }

    private static float[] Row(int row) => [.. Enumerable.Range(0, 20 + row % 61).Select(i => (float)(row * 1000 + i))];

    private static string NewFolder() => Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, $"spill-{Guid.NewGuid():N}")).FullName;

    private static void InFolder(string folder, Action action)
    {
        string variable = OperatingSystem.IsWindows() ? "TMP" : "TMPDIR";
        string? before = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, folder);
        try
        {
            action();
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
