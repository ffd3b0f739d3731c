using Microsoft.ML;

namespace MLTransfer.Tests.Persistence;

public class MLContextExtensionsTests
{
    [OneTimeSetUp]
    public void RegisterKind() => FakeStep.Register();

    [Test]
    public void UseMLTransfer_ModelThatNamesNoAssembly_Loads()
    {
        byte[] model = SavedModel.WithoutLoaderAssembly(SavedModel.Save(new FakeStep(3)));
        // ML.NET alone does not find the loader: the test shows that the call did it.
        Assert.That(() => SavedModel.Load(model), Throws.Exception);
        Assert.That(SavedModel.Load(model, new MLContext(seed: 0).UseMLTransfer()), Is.Not.Null);
    }

    [Test]
    public void UseMLTransfer_CalledTwiceAndBesideAPlainLoad_IsHarmless()
    {
        MLContext ml = new(seed: 0);
        byte[] model = SavedModel.Save(new FakeStep(3));
        Assert.That(SavedModel.Load(model, ml.UseMLTransfer().UseMLTransfer()), Is.Not.Null);

        MLContext loadedBefore = new(seed: 0);
        SavedModel.Load(model, loadedBefore);
        Assert.That(SavedModel.Load(model, loadedBefore.UseMLTransfer()), Is.Not.Null);
    }

    [Test]
    public void UseMLTransfer_ReturnsTheContext()
    {
        MLContext ml = new(seed: 0);
        Assert.That(ml.UseMLTransfer(), Is.SameAs(ml));
    }

    [Test]
    public void UseMLTransfer_Null_NamesTheParameter() =>
        Assert.That(() => MLContextExtensions.UseMLTransfer(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("mlContext"));
}
