using Microsoft.ML;
using MLTransfer.Schema;

namespace MLTransfer.Persistence;

/// <summary>What a transformer's <c>ICanSaveModel.Save</c> calls.</summary>
internal static class StepPersistence
{
    public static void Save(ModelSaveContext context, IPersistedStep step)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(step);
        MlNetInternals.SetVersionInfo(
            context, StepLoader.ModelSignature, StepLoader.HeaderVersion, StepLoader.AssemblyName, StepLoader.LoaderSignature);
        ModelPayloadWriter payload = new(context);
        step.Write(payload);
        payload.WriteManifest(step);
    }
}
