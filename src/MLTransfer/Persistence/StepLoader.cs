using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLTransfer.Persistence;

/// <summary>
/// The one loader that ML.NET knows of us, for every kind of step: the kind stands in the step's manifest. Names and signatures here are in saved
/// files and are never changed.
/// </summary>
internal static class StepLoader
{
    public const string LoaderSignature = "MLTransferStep";
    public const string ModelSignature = "MLTRSTEP";
    public const string AssemblyName = "MLTransfer";
    public const string Description = "A step of MLTransfer";

    /// <summary>Of ML.NET's header alone, which never changes: the versions that count are in the manifest.</summary>
    public const uint HeaderVersion = 0x00010001;

    /// <summary>
    /// Called by ML.NET through reflection, which is why its errors arrive inside a <see cref="System.Reflection.TargetInvocationException"/> for
    /// each level of the pipeline. ML.NET demands the declared type as the return type; <paramref name="context"/> is its internal
    /// <c>ModelLoadContext</c>.
    /// </summary>
    public static ITransformer Create(IHostEnvironment environment, object context)
    {
        ModelPayloadReader payload = new(context);
        return StepKinds.Find(payload.Kind, payload.StepAssembly, payload.FormatVersion, payload.Directory)(environment, payload);
    }
}
