using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Tables;

public sealed class MediaInputTests : TableFolder
{
    [Test]
    public void Find_FolderOfPictures_IsTheirPathsInOrdinalOrder()
    {
        Write("in/b.png", "1");
        Write("in/a/z.JPG", "22");
        Write("in/a-1.webp", "333");
        Write("in/.hidden.png", "");
        Write("in/read.me", "");
        var input = TableInput.Find([PathOf("in") + "/"]);
        InputScan scan = input.Scan(null, default);

        Assert.That(input.Media, Is.EqualTo(BackboneModality.Image));
        Assert.That(input.Columns, Is.EqualTo(new[] { new TableColumn("path", ColumnKind.Text) }));
        Assert.That(Rows(input, batchSize: 2), Is.EqualTo(new[] { "in/a-1.webp", "in/a/z.JPG", "in/b.png" }.Select(p => $"{Folder.Replace('\\', '/')}/{p}")));
        Assert.That(scan.Files, Has.Count.EqualTo(1));
        Assert.That((scan.Files[0].Name, scan.RowCount, scan.Files[0].ByteCount), Is.EqualTo(("in", 3L, 6L)));
        Assert.That(Rows(input, firstRow: 2), Has.Count.EqualTo(1));
    }

    [Test]
    public void Scan_NamesAndLengths_MakeTheHash()
    {
        Write("in/a.wav", "1");
        string first = TableInput.Find([PathOf("in")]).Scan(null, default).Sha256;
        Write("in/a.wav", "2");
        string same = TableInput.Find([PathOf("in")]).Scan(null, default).Sha256;
        Write("in/a.wav", "22");
        string longer = TableInput.Find([PathOf("in")]).Scan(null, default).Sha256;
        File.Move(PathOf("in/a.wav"), PathOf("in/b.wav"));
        string renamed = TableInput.Find([PathOf("in")]).Scan(null, default).Sha256;

        Assert.That(TableInput.Find([PathOf("in")]).Media, Is.EqualTo(BackboneModality.Audio));
        Assert.That(same, Is.EqualTo(first));
        Assert.That(new[] { first, longer, renamed }, Is.Unique);
    }

    [Test]
    public void Find_FilesByName_AreRowsAsTheyWereNamed()
    {
        Write("x/1.png", "1");
        string[] paths = [Write("b.png", "1"), Write("a.png", "1")];
        var input = TableInput.Find([.. paths, PathOf("x")]);

        Assert.That(Rows(input), Is.EqualTo(new[] { "b.png", "a.png", "x/1.png" }.Select(p => $"{Folder}/{p}".Replace('\\', '/'))));
        Assert.That(input.Scan(null, default).Files.Select(f => f.Name), Is.EqualTo(new[] { "b.png", "a.png", "x" }));
    }

    [Test]
    public void Find_PicturesAndSounds_AreRefused()
    {
        Write("in/a.png", "1");
        Write("in/b.wav", "1");

        Assert.That(() => TableInput.Find([PathOf("in")]), Throws.ArgumentException.With.Message.Contains("1 pictures (as 'a.png'), 1 sounds (as 'b.wav')"));
        Assert.That(() => TableInput.Find([PathOf("in/a.png"), PathOf("in/b.wav")]), Throws.ArgumentException.With.Message.Contains("one kind"));
    }

    [Test]
    public void Find_Links_AreNotFollowedOutOfTheFolder()
    {
        Write("in/a.png", "1");
        Write("out/b.png", "1");
        Directory.CreateSymbolicLink(PathOf("in/folder"), PathOf("out"));
        Directory.CreateSymbolicLink(PathOf("in/loop"), PathOf("in"));
        File.CreateSymbolicLink(PathOf("in/c.png"), "a.png");
        Assert.That(Rows(TableInput.Find([PathOf("in")])).Select(Path.GetFileName), Is.EqualTo(new[] { "a.png", "c.png" }));

        File.CreateSymbolicLink(PathOf("in/d.png"), PathOf("out/b.png"));
        Assert.That(() => TableInput.Find([PathOf("in")]), Throws.ArgumentException.With.Message.Contains("d.png' is a link to"));
    }

    [Test]
    public void Open_FolderThatGrew_IsRefused()
    {
        Write("in/a.png", "1");
        InputScan scan = TableInput.Find([PathOf("in")]).Scan(null, default);
        Write("in/b.png", "1");

        Assert.That(() => TableInput.Find([PathOf("in")]).Open(["path"], 0, scan).Read(5), Throws.TypeOf<InvalidDataException>().With.Message.Contains("2 files now and held 1"));
    }
}
