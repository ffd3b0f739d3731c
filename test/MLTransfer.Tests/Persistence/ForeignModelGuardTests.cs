using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLTransfer.Persistence;

namespace MLTransfer.Tests.Persistence;

public class ForeignModelGuardTests
{
    private const string Origin = "stranger.zip";

    [Test]
    public void Check_ModelOfMLNetAndMLTransfer_IsAcceptedAndRewound()
    {
        using MemoryStream model = new(SavedModel.Save(new FakeStep(3, paddingLength: 1_000_000)));
        Assert.That(() => ForeignModelGuard.Check(model, Origin), Throws.Nothing);
        Assert.That(model.Position, Is.Zero);
    }

    [Test]
    public void LoaderAssemblies_Model_ListsThemAsSpelled()
    {
        IReadOnlyList<string> assemblies = ForeignModelGuard.LoaderAssemblies(new MemoryStream(SavedModel.Save(new FakeStep(3))), Origin);
        Assert.That(assemblies, Has.Count.EqualTo(2).And.Some.EqualTo("MLTransfer").And.Some.StartsWith("Microsoft.ML.Data, Version="));
    }

    [TestCase("Evil")]
    [TestCase("MLTransferEvil")]
    [TestCase("Microsoft.MLEvil")]
    [TestCase("microsoft.ml.data")]
    [TestCase("Evil, Version=1.0.0.0")]
    [TestCase("\"Microsoft.ML.Data\"")]
    [TestCase("Microsoft.ML.Data\\,Evil")]
    [TestCase("Microsoft.ML.Data, Other=1")]
    [TestCase("Microsoft.ML.Data\n")]
    [TestCase("Microsoft.ML.Data/../Evil")]
    public void Check_ForeignLoaderAssembly_IsRefusedByName(string assembly)
    {
        byte[] archive = Archive(("TransformerChain/Model.key", ModelHeaderScannerTests.Header(assembly, "Loader")));
        Assert.That(() => ForeignModelGuard.Check(new MemoryStream(archive), Origin),
            Throws.InstanceOf<NotSupportedException>()
                .With.Message.Contains(assembly).And.Message.Contains("TransformerChain/Model.key").And.Message.Contains(Origin));
    }

    [TestCase("MLTransfer")]
    [TestCase("MLTransfer.Images, Version=9.9.9.9")]
    [TestCase("Microsoft.ML.Data, Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51")]
    public void Check_OwnAndMLNetsAssemblies_AreAccepted(string assembly)
    {
        byte[] archive = Archive(("TransformerChain/Model.key", ModelHeaderScannerTests.Header(assembly, "Loader")));
        Assert.That(() => ForeignModelGuard.Check(new MemoryStream(archive), Origin), Throws.Nothing);
    }

    [Test]
    public void Check_ForeignHeaderDeepInAnyEntry_IsRefused()
    {
        byte[] hidden = [.. new byte[300_000], .. ModelHeaderScannerTests.Header("Evil", "Loader")];
        byte[] harmless = ModelHeaderScannerTests.Header("Microsoft.ML.Data", "Loader");
        byte[] archive = Archive(("TransformerChain/Model.key", harmless), ("a/picture.png", hidden));
        Assert.That(() => ForeignModelGuard.Check(new MemoryStream(archive), Origin),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("a/picture.png"));
    }

    [Test]
    public void Check_CustomMapping_IsRefused()
    {
        // Its header names Microsoft.ML.Transforms; the assembly whose code runs stands among the model's strings.
        MLContext ml = new(seed: 0);
        IDataView rows = SavedModel.Rows(ml);
        ITransformer mapping = ml.Transforms.CustomMapping(new Doubling().GetMapping(), "Doubling").Fit(rows);
        using MemoryStream model = new();
        ml.Model.Save(mapping, rows.Schema, model);
        Assert.That(() => ForeignModelGuard.Check(model, Origin), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("custom mapping"));
    }

    [Test]
    public void Check_NotAZip_SaysSo() => Assert.That(() => ForeignModelGuard.Check(new MemoryStream("<html>404</html>"u8.ToArray()), Origin),
        Throws.InstanceOf<InvalidDataException>().With.Message.Contains(Origin).And.Message.Contains("zip archive"));

    [Test]
    public void Check_ZipCutShort_SaysSo()
    {
        byte[] model = SavedModel.Save(new FakeStep(3));
        Assert.That(() => ForeignModelGuard.Check(new MemoryStream(model[..(model.Length / 2)]), Origin),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains(Origin));
    }

    [Test]
    public void Check_ZipOfSomethingElse_SaysSo()
    {
        byte[] archive = Archive(("word/document.xml", "<w:document/>"u8.ToArray()));
        Assert.That(() => ForeignModelGuard.Check(new MemoryStream(archive), Origin),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("no entry of it is a model"));
    }

    [Test]
    public void Check_BombByRatio_IsRefusedBeforeUnpacking()
    {
        byte[] archive = Archive(("bomb", new byte[70 << 20]));
        Assert.That(() => ForeignModelGuard.Check(new MemoryStream(archive), Origin),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'bomb'").And.Message.Contains($"{70 << 20}"));
    }

    [Test]
    public void Check_MoreBytesOrEntriesThanTheLimits_IsRefused()
    {
        byte[] archive = Archive(("a", new byte[600]), ("b", new byte[600]), ("c", new byte[1]));
        Assert.That(() => ForeignModelGuard.Check(new MemoryStream(archive), Origin, new ArchiveLimits { TotalLength = 1000 }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("at most 1000"));
        Assert.That(() => ForeignModelGuard.Check(new MemoryStream(archive), Origin, new ArchiveLimits { EntryCount = 2 }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("3 entries"));
    }

    [Test]
    public void Check_EntryShorterThanTheArchiveStates_IsRefused()
    {
        byte[] archive = Archive(("entry", new byte[100_000]));
        // The uncompressed length in the central directory, behind its signature "PK\1\2".
        int directory = archive.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.GetBytes(200_000).CopyTo(archive, directory + 24);
        Assert.That(() => ForeignModelGuard.Check(new MemoryStream(archive), Origin),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'entry'"));
    }

    [Test]
    public void Check_Path_NamesTheFile()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.zip");
        File.WriteAllText(path, "no archive");
        try
        {
            Assert.That(() => ForeignModelGuard.Check(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Archive(params (string Name, byte[] Bytes)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    [CustomMappingFactoryAttribute("Doubling")]
    private sealed class Doubling : CustomMappingFactory<SavedModel.Row, SavedModel.Row>
    {
        public override Action<SavedModel.Row, SavedModel.Row> GetMapping() => (input, output) => output.X = 2 * input.X;
    }
}
