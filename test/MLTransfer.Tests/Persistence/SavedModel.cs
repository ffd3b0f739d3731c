using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Persistence;

namespace MLTransfer.Tests.Persistence;

/// <summary>Models saved by ML.NET, taken apart and put together with one entry changed.</summary>
internal static class SavedModel
{
    public static byte[] Save(FakeStep step)
    {
        MLContext ml = new(seed: 0);
        IDataView rows = Rows(ml);
        using MemoryStream stream = new();
        ml.Model.Save(new TransformerChain<ITransformer>(ml.Transforms.CopyColumns("Copy", "X").Fit(rows), step), rows.Schema, stream);
        return stream.ToArray();
    }

    public static IDataView Rows(MLContext ml) => ml.Data.LoadFromEnumerable(new[] { new Row { X = 1 }, new Row { X = 2.5f } });

    public static ITransformer Load(byte[] model, MLContext? ml = null) => (ml ?? new MLContext(seed: 0)).Model.Load(new MemoryStream(model), out _);

    public static Dictionary<string, byte[]> Entries(byte[] model)
    {
        using ZipArchive archive = new(new MemoryStream(model));
        return archive.Entries.ToDictionary(e => e.FullName, Bytes);
    }

    /// <summary>The model with the entries of a file name replaced; null leaves the entry out.</summary>
    public static byte[] Edit(byte[] model, string fileName, Func<byte[], byte[]?> edit)
    {
        using MemoryStream edited = new();
        using (ZipArchive archive = new(edited, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in Entries(model))
            {
                if ((name.Split('/', '\\')[^1] == fileName ? edit(bytes) : bytes) is not byte[] kept)
                    continue;
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(kept);
            }
        }
        return edited.ToArray();
    }

    /// <summary>The model with a text of its manifest replaced.</summary>
    public static byte[] EditManifest(byte[] model, string old, string replacement) => Edit(model, PayloadManifest.FileName, bytes =>
    {
        string text = System.Text.Encoding.UTF8.GetString(bytes);
        Assert.That(text, Does.Contain(old));
        return System.Text.Encoding.UTF8.GetBytes(text.Replace(old, replacement, StringComparison.Ordinal));
    });

    /// <summary>
    /// The model with the assembly's name taken out of our step's header, so that ML.NET does not know where to look for its loader.
    /// </summary>
    public static byte[] WithoutLoaderAssembly(byte[] model) => Edit(model, "Model.key", bytes =>
    {
        long position = BitConverter.ToInt64(bytes, 0x90);
        int length = BitConverter.ToInt32(bytes, 0x98);
        if (System.Text.Encoding.Unicode.GetString(bytes, (int)position, length) != StepLoader.AssemblyName)
            return bytes;
        byte[] shorter = [.. bytes[..(int)position], .. bytes[((int)position + length)..]];
        BitConverter.GetBytes(0L).CopyTo(shorter, 0x90);
        BitConverter.GetBytes(0).CopyTo(shorter, 0x98);
        BitConverter.GetBytes(position).CopyTo(shorter, 0x80);
        BitConverter.GetBytes(position + sizeof(long)).CopyTo(shorter, 0x88);
        return shorter;
    });

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public sealed class Row
    {
        public float X { get; set; }
    }
}
