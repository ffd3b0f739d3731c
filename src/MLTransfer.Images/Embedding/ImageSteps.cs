using MLTransfer.Images;
using MLTransfer.Persistence;

[assembly: ImageSteps]

namespace MLTransfer.Images;

/// <summary>The steps of this assembly, for the loader. The names are for ever.</summary>
internal sealed class ImageStepsAttribute : StepAssemblyAttribute
{
    public override void Register() => StepKinds.Register(ImageStep.Name, ImageEmbeddingTransformer.Read);
}
