using System.Reflection;
using Microsoft.ML;
using MLTransfer.Schema;

namespace MLTransfer.Persistence;

/// <summary>
/// Stands for this assembly where ML.NET asks for the loaders it declares. The attribute is made by reflection, so it is there even where a runtime
/// hides the compiled one. Has the assembly's own name, so ML.NET registers one of the two and never both.
/// </summary>
internal sealed class LoaderAssembly : Assembly
{
    private static readonly Assembly Real = typeof(StepLoader).Assembly;

    public override string? FullName => Real.FullName;

    public override AssemblyName GetName() => Real.GetName();

    public override Type[] GetTypes() => [];

    public override object[] GetCustomAttributes(Type attributeType, bool inherit)
    {
        Attribute loader = MlNetInternals.LoadableClass(typeof(ITransformer), typeof(StepLoader), StepLoader.Description, StepLoader.LoaderSignature);
        // The framework casts the result to an array of the type asked for.
        if (!attributeType.IsInstanceOfType(loader))
            return (object[])Array.CreateInstance(attributeType, 0);
        Array attributes = Array.CreateInstance(attributeType, 1);
        attributes.SetValue(loader, 0);
        return (object[])attributes;
    }
}
