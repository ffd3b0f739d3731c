using MLTransfer.Persistence;

[assembly: MLTransfer.Tests.Persistence.TestSteps]

namespace MLTransfer.Tests.Persistence;

public class StepKindsTests
{
    [Test]
    public void Register_SameReaderTwice_IsHarmless()
    {
        StepKinds.Register("Twice", FakeStep.Read);
        Assert.That(() => StepKinds.Register("Twice", FakeStep.Read), Throws.Nothing);
    }

    [Test]
    public void Register_KindOfAnother_IsRefused()
    {
        StepKinds.Register("Taken", FakeStep.Read);
        Assert.That(() => StepKinds.Register("Taken", (_, _) => new FakeStep(0)),
            Throws.InvalidOperationException.With.Message.Contains("'Taken'").And.Message.Contains(nameof(FakeStep)));
    }

    [Test]
    public void Find_KnownKind_NeedsNoAssembly()
    {
        StepKinds.Register("Known", FakeStep.Read, newestFormat: 3);
        Assert.That(StepKinds.Find("Known", "SomewhereElse", 3, "Step"), Is.EqualTo((StepReader)FakeStep.Read));
    }

    [Test]
    public void RegisterFrom_AssemblyThatDeclaresSteps_MakesThemKnown()
    {
        StepKinds.RegisterFrom(typeof(StepKindsTests).Assembly);
        Assert.That(StepKinds.Find(TestStepsAttribute.Kind, "MLTransfer.Tests", 1, "Step"), Is.EqualTo((StepReader)FakeStep.Read));
    }
}

/// <summary>Declares the steps of the test assembly as MLTransfer.Images declares its own.</summary>
internal sealed class TestStepsAttribute : StepAssemblyAttribute
{
    public const string Kind = "DeclaredByAttribute";

    public override void Register() => StepKinds.Register(Kind, FakeStep.Read);
}
