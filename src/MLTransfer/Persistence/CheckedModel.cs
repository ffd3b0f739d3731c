using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.ML;

namespace MLTransfer.Persistence;

/// <summary>How our own tools load a model.zip that may come from anybody.</summary>
internal static class CheckedModel
{
    /// <summary>
    /// Checks the file with <see cref="ForeignModelGuard"/>, loads it from the very stream that was checked, and throws a loader's own error where
    /// ML.NET would wrap it in one <see cref="TargetInvocationException"/> for each level of the pipeline.
    /// </summary>
    public static ITransformer Load(MLContext mlContext, string path, out DataViewSchema inputSchema)
    {
        using FileStream model = File.OpenRead(path);
        ForeignModelGuard.Check(model, path);
        return LoadFrom(mlContext, model, out inputSchema);
    }

    /// <summary>Loads from a stream that <see cref="ForeignModelGuard"/> has checked and that nobody can have changed since.</summary>
    public static ITransformer LoadFrom(MLContext mlContext, Stream model, out DataViewSchema inputSchema)
    {
        try
        {
            return mlContext.UseMLTransfer().Model.Load(model, out inputSchema);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(Unwrap(e));
            throw;
        }
    }

    /// <summary>The error inside any number of wrappings by reflection.</summary>
    public static Exception Unwrap(Exception error)
    {
        while (error is TargetInvocationException { InnerException: Exception inner })
            error = inner;
        return error;
    }
}
