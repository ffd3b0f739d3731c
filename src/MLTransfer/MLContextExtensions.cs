using Microsoft.ML;
using MLTransfer.Persistence;

namespace MLTransfer;

/// <summary>What MLTransfer adds to an <see cref="MLContext"/> itself.</summary>
public static class MLContextExtensions
{
    /// <summary>
    /// Tells ML.NET how models with MLTransfer's steps are loaded. A plain <c>mlContext.Model.Load</c> finds that out by itself from the model; call
    /// this first where it says that it could not load the model, on a runtime that hides ML.NET's attribute for loaders. Harmless elsewhere, and
    /// when called again. The assembly MLTransfer must be there to be loaded by its name in either case.
    /// </summary>
    /// <returns>The same <paramref name="mlContext"/>.</returns>
    public static MLContext UseMLTransfer(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        mlContext.ComponentCatalog.RegisterAssembly(new LoaderAssembly());
        return mlContext;
    }

    /// <summary>The operations that are no step of a pipeline, such as <see cref="TransferOperations.CompareWithAndWithout(IDataView, IEstimator{ITransformer}, CompareOptions)"/>.</summary>
    /// <param name="mlContext">The context whose seed, devices and log they use.</param>
    public static TransferOperations Transfer(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return new TransferOperations(mlContext);
    }
}
