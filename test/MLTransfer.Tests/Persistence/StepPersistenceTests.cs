using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Persistence;

namespace MLTransfer.Tests.Persistence;

public class StepPersistenceTests
{
    [OneTimeSetUp]
    public void RegisterKind() => FakeStep.Register();

    [Test]
    public void Load_SavedStep_ScoresAsBefore()
    {
        MLContext ml = new(seed: 0);
        ITransformer loaded = SavedModel.Load(SavedModel.Save(new FakeStep(3)));
        Assert.That(loaded.Transform(SavedModel.Rows(ml)).GetColumn<float>(FakeStep.OutputColumn), Is.EqualTo(new[] { 3f, 7.5f }));
    }

    [Test]
    public void Load_SavedStep_GivesTheStepItselfInItsPlace()
    {
        TransformerChain<ITransformer> chain = (TransformerChain<ITransformer>)SavedModel.Load(SavedModel.Save(new FakeStep(3, formatVersion: 2)));
        Assert.That(chain.ElementAt(1), Is.InstanceOf<FakeStep>().With.Property(nameof(FakeStep.Factor)).EqualTo(3f)
            .And.Property(nameof(FakeStep.FormatVersion)).EqualTo(2));
    }

    [Test]
    public void Load_StepThatIsTheWholeModel_Works()
    {
        MLContext ml = new(seed: 0);
        using MemoryStream stream = new();
        ml.Model.Save(new FakeStep(2), SavedModel.Rows(ml).Schema, stream);
        IDataView scored = ml.Model.Load(stream, out _).Transform(SavedModel.Rows(ml));
        Assert.That(scored.GetColumn<float>(FakeStep.OutputColumn), Is.EqualTo(new[] { 2f, 5f }));
    }

    [Test]
    public void Save_SameStep_GivesTheSameBytes()
    {
        Dictionary<string, byte[]> first = SavedModel.Entries(SavedModel.Save(new FakeStep(3, paddingLength: 5000)));
        Dictionary<string, byte[]> second = SavedModel.Entries(SavedModel.Save(new FakeStep(3, paddingLength: 5000)));
        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void Save_Header_NamesTheAssemblySimplyAndOnce()
    {
        // A full name would carry a version, and a model would not load with an older package.
        IReadOnlyList<string> assemblies = ForeignModelGuard.LoaderAssemblies(new MemoryStream(SavedModel.Save(new FakeStep(3))), "model");
        Assert.That(assemblies.Where(a => a.StartsWith("MLTransfer", StringComparison.Ordinal)), Is.EqualTo(new[] { "MLTransfer" }));
    }

    [Test]
    public void Save_Manifest_IsReadableByAnyZipTool()
    {
        Dictionary<string, byte[]> entries = SavedModel.Entries(SavedModel.Save(new FakeStep(3)));
        string manifest = System.Text.Encoding.UTF8.GetString(entries.Single(e => e.Key.EndsWith("step.json", StringComparison.Ordinal)).Value);
        Assert.That(manifest, Is.EqualTo(
            """{"manifestVersion":1,"kind":"FakeStep","formatVersion":1""" +
            ""","assembly":"MLTransfer.Tests","settings":{"input":"X","paddingLength":0},"parts":[""" +
            """{"name":"weights.bin","length":4,"sha256":"ea2845900b5856c9bf354b1aa9761b5aa6888e5ed61738fe9579ca42bc0f6054"},""" +
            """{"name":"padding.bin","length":0,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]}"""));
    }

    [Test]
    public void Load_LongPart_ComesBackWhole([Values(1, 65_536, 3_000_001)] int length) =>
        Assert.That(SavedModel.Load(SavedModel.Save(new FakeStep(3, paddingLength: length))), Is.Not.Null);

    [TestCase(FakeStep.WeightsPart)]
    [TestCase(FakeStep.PaddingPart)]
    public void Load_PartCutShort_NamesPartAndLengths(string part)
    {
        byte[] model = SavedModel.Edit(SavedModel.Save(new FakeStep(3, paddingLength: 4)), part, bytes => bytes[..^1]);
        Assert.That(() => SavedModel.Load(model), Fails<InvalidDataException>($"'{part}'", "TransformerChain", "should have 4 bytes", "has 3"));
    }

    [TestCase(FakeStep.WeightsPart)]
    [TestCase(FakeStep.PaddingPart)]
    public void Load_PartChanged_NamesPartAndHash(string part)
    {
        byte[] model = SavedModel.Edit(SavedModel.Save(new FakeStep(3, paddingLength: 4)), part, bytes => [1, .. bytes[1..]]);
        Assert.That(() => SavedModel.Load(model), Fails<InvalidDataException>($"'{part}'", "SHA-256"));
    }

    [Test]
    public void Load_PartLeftOut_NamesPart()
    {
        byte[] model = SavedModel.Edit(SavedModel.Save(new FakeStep(3)), FakeStep.WeightsPart, _ => null);
        Assert.That(() => SavedModel.Load(model), Fails<InvalidDataException>("'weights.bin'", "is not in the file"));
    }

    [Test]
    public void Load_PartNotInManifest_NamesItAndListsTheParts()
    {
        byte[] model = SavedModel.EditManifest(SavedModel.Save(new FakeStep(3)), "weights.bin", "others.bin");
        Assert.That(() => SavedModel.Load(model), Fails<InvalidDataException>("has no part 'weights.bin'", "others.bin, padding.bin"));
    }

    [Test]
    public void Load_ManifestLeftOut_SaysSo()
    {
        byte[] model = SavedModel.Edit(SavedModel.Save(new FakeStep(3)), PayloadManifest.FileName, _ => null);
        Assert.That(() => SavedModel.Load(model), Fails<InvalidDataException>("has no 'step.json'"));
    }

    [Test]
    public void Load_ManifestCutShort_SaysSo()
    {
        byte[] model = SavedModel.Edit(SavedModel.Save(new FakeStep(3)), PayloadManifest.FileName, bytes => bytes[..20]);
        Assert.That(() => SavedModel.Load(model), Fails<InvalidDataException>("'step.json'", "not valid JSON"));
    }

    [TestCase("\"kind\":\"FakeStep\"", "\"kind\":7", "'kind'")]
    [TestCase("\"kind\":\"FakeStep\"", "\"kind\":\"\"", "'kind'")]
    [TestCase("\"formatVersion\":1", "\"formatVersion\":0", "'formatVersion'")]
    [TestCase("\"formatVersion\":1,", "", "'formatVersion'")]
    [TestCase("\"settings\":{", "\"others\":{", "'settings'")]
    [TestCase("\"length\":4", "\"length\":-4", "'parts'")]
    [TestCase("weights.bin", "../weights.bin", "'parts'")]
    [TestCase("weights.bin", "padding.bin", "'parts'")]
    [TestCase("ea284590", "ea28459G", "'parts'")]
    public void Load_ManifestMemberWrong_NamesTheMember(string old, string replacement, string named)
    {
        byte[] model = SavedModel.EditManifest(SavedModel.Save(new FakeStep(3)), old, replacement);
        Assert.That(() => SavedModel.Load(model), Fails<InvalidDataException>("'step.json'", named));
    }

    [TestCase("\"kind\":\"FakeStep\"", "\"kind\":\"FakeStep\",\"kind\":\"Other\"")]
    [TestCase("\"input\":\"X\"", "\"input\":\"X\",\"input\":\"Y\"")]
    public void Load_ManifestNameTwice_SaysSo(string old, string replacement)
    {
        byte[] model = SavedModel.EditManifest(SavedModel.Save(new FakeStep(3)), old, replacement);
        Assert.That(() => SavedModel.Load(model), Fails<InvalidDataException>("'step.json'", "not valid JSON"));
    }

    [Test]
    public void Load_NewerManifest_AsksForAnUpdate()
    {
        byte[] model = SavedModel.EditManifest(SavedModel.Save(new FakeStep(3)), "\"manifestVersion\":1", "\"manifestVersion\":2");
        Assert.That(() => SavedModel.Load(model), Fails<NotSupportedException>("manifest version 2", "Update MLTransfer"));
    }

    [Test]
    public void Load_NewerStepFormat_AsksForAnUpdate()
    {
        byte[] model = SavedModel.Save(new FakeStep(3, formatVersion: FakeStep.NewestFormat + 1));
        Assert.That(() => SavedModel.Load(model), Fails<NotSupportedException>("FakeStep", "format version 3", "up to 2", "Update MLTransfer"));
    }

    [Test]
    public void Load_KindUnknownHere_ListsTheKnownOnes()
    {
        byte[] model = SavedModel.EditManifest(SavedModel.Save(new FakeStep(3, kind: "FromTheFuture")), "MLTransfer.Tests", "MLTransfer");
        Assert.That(() => SavedModel.Load(model), Fails<NotSupportedException>("kind 'FromTheFuture'", "FakeStep", "Update MLTransfer"));
    }

    [Test]
    public void Load_KindOfAForeignAssembly_IsRefused()
    {
        byte[] model = SavedModel.EditManifest(SavedModel.Save(new FakeStep(3, kind: "Foreign")), "MLTransfer.Tests", "System.Private.Xml");
        Assert.That(() => SavedModel.Load(model), Fails<NotSupportedException>("'System.Private.Xml'", "not loaded for a model"));
    }

    [TestCase("")]
    [TestCase("a/b")]
    [TestCase("..")]
    [TestCase(".hidden")]
    [TestCase("a..b")]
    [TestCase("naïve")]
    [TestCase("Model.key")]
    [TestCase("STEP.json")]
    [TestCase("WEIGHTS.bin")]
    public void WritePart_NameUnusable_IsRefusedByName(string name)
    {
        MLContext ml = new(seed: 0);
        using MemoryStream stream = new();
        Assert.That(() => ml.Model.Save(new TwoParts(FakeStep.WeightsPart, name), null, stream),
            Throws.ArgumentException.With.Message.Contains($"'{name}'"));
    }

    // ML.NET calls the loader through reflection, which wraps what it throws once for each level of the pipeline.
    private static NUnit.Framework.Constraints.Constraint Fails<TException>(params string[] words)
        where TException : Exception => Throws.InstanceOf<TargetInvocationException>()
        .And.Matches<Exception>(e => CheckedModel.Unwrap(e) is TException error && Array.TrueForAll(words, error.Message.Contains));

    private sealed class TwoParts(string first, string second) : ITransformer, ICanSaveModel, IPersistedStep
    {
        public string Kind => "TwoParts";

        public bool IsRowToRowMapper => false;

        public void Write(PayloadWriter payload)
        {
            payload.WritePart(first, _ => { });
            payload.WritePart(second, _ => { });
        }

        public void Save(ModelSaveContext ctx) => StepPersistence.Save(ctx, this);

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IDataView Transform(IDataView input) => input;
    }
}
