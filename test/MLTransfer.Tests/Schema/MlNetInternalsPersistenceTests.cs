using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Persistence;
using MLTransfer.Schema;

namespace MLTransfer.Tests.Schema;

/// <summary>The closed members that saving and loading need, each by itself: an ML.NET that lacks one fails here.</summary>
public class MlNetInternalsPersistenceTests
{
    private const string Signature = "MlNetInternalsTest";

    [Test]
    public void SaveAndLoad_EveryMember_DoesItsPart()
    {
        MLContext ml = new(seed: 0);
        ml.ComponentCatalog.RegisterAssembly(new TestLoaderAssembly());
        using MemoryStream stream = new();
        ml.Model.Save(new Step(), null, stream);
        Step loaded = (Step)ml.Model.Load(stream, out _);
        Assert.Multiple(() =>
        {
            // SetVersionInfo led to the loader, SaveBinaryStream and TryLoadBinaryStream carried the entry, GetDirectory told where.
            Assert.That(loaded.Entry, Is.EqualTo(new byte[] { 1, 2, 3 }));
            Assert.That(loaded.HasOther, Is.False);
            Assert.That(loaded.Directory, Is.EqualTo("TransformerChain"));
        });
        IReadOnlyList<string> assemblies = ForeignModelGuard.LoaderAssemblies(new MemoryStream(stream.ToArray()), "model");
        Assert.That(assemblies, Is.EqualTo(new[] { "MLTransfer.Tests" }));
    }

    [Test]
    public void TryLoadBinaryStream_ReaderThrows_ThrowsThatVeryException()
    {
        MLContext ml = new(seed: 0);
        ml.ComponentCatalog.RegisterAssembly(new TestLoaderAssembly());
        using MemoryStream stream = new();
        ml.Model.Save(new Step { ThrowOnLoad = true }, null, stream);
        TargetInvocationException error = Assert.Throws<TargetInvocationException>(() => ml.Model.Load(stream, out _))!;
        Assert.That(error.InnerException, Is.TypeOf<NotImplementedException>());
    }

    [Test]
    public void LoadableClass_IsMLNetsAttribute()
    {
        Attribute attribute = MlNetInternals.LoadableClass(typeof(ITransformer), typeof(Step), "A description", Signature);
        Assert.That(attribute.GetType().FullName, Is.EqualTo("Microsoft.ML.LoadableClassAttribute"));
        Assert.That(attribute.GetType().GetProperty("LoadNames")!.GetValue(attribute), Is.EqualTo(new[] { Signature }));
    }

    [Test]
    public void TryLoadBinaryStreamAndGetDirectory_ObjectIsNoLoadContext_NameTheMissingMember()
    {
        Assert.That(() => MlNetInternals.TryLoadBinaryStream("text", "entry", _ => { }),
            Throws.InstanceOf<MissingMemberException>().With.Message.Contains("TryLoadBinaryStream"));
        Assert.That(() => MlNetInternals.GetDirectory("text"), Throws.InstanceOf<MissingMemberException>().With.Message.Contains("Directory"));
    }

    private sealed class Step : ITransformer, ICanSaveModel
    {
        public bool ThrowOnLoad { get; init; }

        public byte[] Entry { get; private set; } = [];

        public bool HasOther { get; private set; }

        public string Directory { get; private set; } = "";

        public bool IsRowToRowMapper => false;

        public static Step Create(object context)
        {
            Step step = new();
            bool isThere = MlNetInternals.TryLoadBinaryStream(context, "entry.bin", reader =>
            {
                step.Entry = reader.ReadBytes(3);
                if (reader.ReadBoolean())
                    throw new NotImplementedException();
            });
            Assert.That(isThere, Is.True);
            step.HasOther = MlNetInternals.TryLoadBinaryStream(context, "other.bin", _ => { });
            step.Directory = MlNetInternals.GetDirectory(context);
            return step;
        }

        public void Save(ModelSaveContext ctx)
        {
            MlNetInternals.SetVersionInfo(ctx, "TESTSTEP", 0x00010001, "MLTransfer.Tests", Signature);
            MlNetInternals.SaveBinaryStream(ctx, "entry.bin", writer =>
            {
                writer.Write([1, 2, 3]);
                writer.Write(ThrowOnLoad);
            });
        }

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IDataView Transform(IDataView input) => input;
    }

    /// <summary>Stands for the test assembly with a loader of its own, as <c>LoaderAssembly</c> does for the library.</summary>
    private sealed class TestLoaderAssembly : Assembly
    {
        private static readonly Assembly Real = typeof(Step).Assembly;

        public override string? FullName => Real.FullName;

        public override AssemblyName GetName() => Real.GetName();

        public override Type[] GetTypes() => [];

        public override object[] GetCustomAttributes(Type attributeType, bool inherit)
        {
            Array attributes = Array.CreateInstance(attributeType, 1);
            attributes.SetValue(MlNetInternals.LoadableClass(typeof(Step), typeof(Step), "Test step", Signature), 0);
            return (object[])attributes;
        }
    }
}
