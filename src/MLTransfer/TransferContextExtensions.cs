using Microsoft.ML;

namespace MLTransfer;

/// <summary>MLTransfer on ML.NET's context.</summary>
public static class TransferContextExtensions
{
    /// <summary>The operations that are no step of a pipeline, such as <see cref="TransferOperations.CompareWithAndWithout(IDataView, IEstimator{ITransformer}, CompareOptions)"/>.</summary>
    /// <param name="context">The context whose seed, devices and log they use.</param>
    public static TransferOperations Transfer(this MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new TransferOperations(context);
    }
}
