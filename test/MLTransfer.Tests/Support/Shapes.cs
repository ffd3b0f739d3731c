using System.Reflection;
using Microsoft.ML;

namespace MLTransfer.Tests.Support;

/// <summary>What a pipeline knows of data before it sees a row, as ML.NET makes it from a schema (its method is internal).</summary>
internal static class Shapes
{
    private static readonly MethodInfo CreateMethod = typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic)!;

    public static SchemaShape Of(DataViewSchema schema) => (SchemaShape)CreateMethod.Invoke(null, [schema])!;

    /// <summary>A shape as comparable lines: name, kind, type, key, annotations.</summary>
    public static string[] Describe(SchemaShape shape) =>
        [.. shape.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => $"{c.Name}: {c.Kind} {c.ItemType} key={c.IsKey} [{string.Join(", ", Describe(c.Annotations))}]")];
}
