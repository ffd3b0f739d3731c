using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using MLTransfer.Persistence;

namespace MLTransfer.Tests.Persistence;

public class LoaderDeclarationTests
{
    private static readonly Assembly Library = typeof(StepLoader).Assembly;

    [Test]
    public void Assembly_DeclaresExactlyOneLoader()
    {
        Attribute declared = Library.GetCustomAttributes().Single(a => a.GetType().Name == "LoadableClassAttribute");
        Assert.Multiple(() =>
        {
            Assert.That(Property(declared, "LoadNames"), Is.EqualTo(new[] { "MLTransferStep" }));
            Assert.That(Property(declared, "LoaderType"), Is.EqualTo(typeof(StepLoader)));
            Assert.That(Property(declared, "InstanceType"), Is.EqualTo(typeof(ITransformer)));
        });
    }

    [Test]
    public void Assembly_IgnoresAccessChecksToMicrosoftMLCoreAlone() =>
        Assert.That(Library.GetCustomAttributes<IgnoresAccessChecksToAttribute>().Select(a => a.AssemblyName),
            Is.EqualTo(new[] { "Microsoft.ML.Core" }));

    [Test]
    public void SavedNames_AreTheOnesOfTheFirstRelease()
    {
        // Every saved model holds these: a change here makes them all unreadable.
        string[] names =
            [StepLoader.LoaderSignature, StepLoader.ModelSignature, StepLoader.AssemblyName, Library.GetName().Name!, PayloadManifest.FileName];
        Assert.That(names, Is.EqualTo(new[] { "MLTransferStep", "MLTRSTEP", "MLTransfer", "MLTransfer", "step.json" }));
    }

    [Test]
    public void EveryType_Loads() => Assert.That(Library.GetTypes, Throws.Nothing,
        "ML.NET asks for all types when it registers the assembly; one that fails breaks every load.");

    private static object? Property(Attribute attribute, string name) => attribute.GetType().GetProperty(name)!.GetValue(attribute);
}
