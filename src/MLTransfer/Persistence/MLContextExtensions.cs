using Microsoft.ML;
using MLTransfer.Persistence;

namespace MLTransfer;

/// <summary>What MLTransfer adds to an <see cref="MLContext"/> itself.</summary>
public static class MLContextExtensions
{
    /// <summary>
    /// Tells ML.NET how models with MLTransfer's steps are loaded. A plain <c>mlContext.Model.Load</c> finds that out by itself from the model; call this first where the
    /// assembly cannot be found by its name, as in a plug-in or a merged program. Calling it again is harmless.
    /// </summary>
    /// <returns>The same <paramref name="mlContext"/>.</returns>
    public static MLContext UseMLTransfer(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        mlContext.ComponentCatalog.RegisterAssembly(new LoaderAssembly());
        return mlContext;
    }
}
