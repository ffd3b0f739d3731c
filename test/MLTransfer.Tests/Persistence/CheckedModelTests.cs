using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Persistence;

namespace MLTransfer.Tests.Persistence;

public class CheckedModelTests
{
    private string _path = "";

    [OneTimeSetUp]
    public void RegisterKind() => FakeStep.Register();

    [SetUp]
    public void ChoosePath() => _path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.zip");

    [TearDown]
    public void RemoveFile() => File.Delete(_path);

    [Test]
    public void Load_ModelOfOurs_Scores()
    {
        MLContext ml = new(seed: 0);
        File.WriteAllBytes(_path, SavedModel.Save(new FakeStep(3)));
        ITransformer model = CheckedModel.Load(ml, _path, out DataViewSchema schema);
        Assert.That(schema.Select(c => c.Name), Is.EqualTo(new[] { "X" }));
        Assert.That(model.Transform(SavedModel.Rows(ml)).GetColumn<float>(FakeStep.OutputColumn), Is.EqualTo(new[] { 3f, 7.5f }));
    }

    [Test]
    public void Load_StepThatFails_ThrowsTheStepsOwnError()
    {
        File.WriteAllBytes(_path, SavedModel.Edit(SavedModel.Save(new FakeStep(3)), FakeStep.WeightsPart, _ => null));
        Assert.That(() => CheckedModel.Load(new MLContext(seed: 0), _path, out _),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("weights.bin"));
    }

    [Test]
    public void Load_ForeignModel_IsRefusedUnloaded()
    {
        byte[] model = SavedModel.Edit(SavedModel.Save(new FakeStep(3)), "Model.key", _ => ModelHeaderScannerTests.Header("Evil", "Loader"));
        File.WriteAllBytes(_path, model);
        Assert.That(() => CheckedModel.Load(new MLContext(seed: 0), _path, out _),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'Evil'"));
    }

    [Test]
    public void Unwrap_WrappedByReflectionAlone_IsUnwrapped()
    {
        InvalidDataException error = new("changed", new IOException("inner"));
        Assert.That(CheckedModel.Unwrap(new TargetInvocationException(new TargetInvocationException(error))), Is.SameAs(error));
        Assert.That(CheckedModel.Unwrap(error), Is.SameAs(error));
    }
}
