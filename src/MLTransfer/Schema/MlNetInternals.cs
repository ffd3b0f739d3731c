using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MLTransfer.Schema;

/// <summary>
/// The members of ML.NET that are closed to other assemblies and that a pipeline step cannot do without: all of them, in this one file.
/// Each has a unit test, so that an upgrade of ML.NET fails there and not at a user's.
/// </summary>
internal static class MlNetInternals
{
    /// <summary>The environment behind a catalog (<c>mlContext.Transforms</c>, <c>….Trainers</c>), through the internal <c>IInternalCatalog</c>.</summary>
    public static IHostEnvironment GetEnvironment(object catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        PropertyInfo? property = catalog.GetType().GetInterfaces().FirstOrDefault(i => i.Name == "IInternalCatalog")?.GetProperty("Environment");
        return property?.GetValue(catalog) as IHostEnvironment ?? throw Missing(catalog.GetType(), "IInternalCatalog.Environment");
    }

    /// <summary>What <c>MLContext.GpuDeviceId</c> and <c>MLContext.FallbackToCpu</c> say, through the internal <c>IHostEnvironmentInternal</c>.</summary>
    public static (int? GpuDeviceId, bool FallbackToCpu) GetDevice(IHostEnvironment env)
    {
        Type? host = env.GetType().GetInterfaces().FirstOrDefault(i => i.Name == "IHostEnvironmentInternal");
        PropertyInfo device = host?.GetProperty("GpuDeviceId") ?? throw Missing(env.GetType(), "IHostEnvironmentInternal.GpuDeviceId");
        PropertyInfo fallback = host.GetProperty("FallbackToCpu") ?? throw Missing(env.GetType(), "IHostEnvironmentInternal.FallbackToCpu");
        return ((int?)device.GetValue(env), (bool)fallback.GetValue(env)!);
    }

    /// <summary>A column of a <see cref="SchemaShape"/>, whose constructor is internal.</summary>
    public static SchemaShape.Column Column(
        string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, SchemaShape? annotations = null) =>
        NewColumn(name, kind, itemType, isKey, annotations);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SchemaShape.Column NewColumn(
        string name, SchemaShape.Column.VectorKind vecKind, DataViewType itemType, bool isKey, SchemaShape? annotations);

    private static MissingMemberException Missing(Type type, string member) => new(
        $"{type.FullName} of {type.Assembly.GetName().Name} {type.Assembly.GetName().Version} has no member '{member}', which MLTransfer needs. " +
        "This version of ML.NET is not supported; use Microsoft.ML 5.0.1 or a newer MLTransfer.");
}
