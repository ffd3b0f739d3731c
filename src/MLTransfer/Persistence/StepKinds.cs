using System.Collections.Concurrent;
using System.Reflection;
using MLTransfer.Audio;
using MLTransfer.Internal;
using MLTransfer.Tensors;
using MLTransfer.Text;

namespace MLTransfer.Persistence;

/// <summary>Which kind of saved step is read by what. Thread-safe.</summary>
internal static class StepKinds
{
    // Assemblies of ours that have steps of their own. A file may name one of these and no other, so that it cannot choose which code is loaded.
    private static readonly string[] StepAssemblies = ["MLTransfer.Images"];

    private static readonly ConcurrentDictionary<string, Registration> Kinds = new(BuiltIn(), StringComparer.Ordinal);

    /// <summary>Makes a kind known.</summary>
    /// <param name="kind">The name in saved files.</param>
    /// <param name="read">Makes the step from its payload.</param>
    /// <param name="newestFormat">The highest <see cref="IPersistedStep.FormatVersion"/> that <paramref name="read"/> understands; it understands all
    /// below too.</param>
    public static void Register(string kind, StepReader read, int newestFormat = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(read);
        Registration added = new(read, newestFormat);
        if (Kinds.GetOrAdd(kind, added) is Registration known && known != added)
            throw Throw.KindTwice(kind, known.Read.Method.DeclaringType, read.Method.DeclaringType);
    }

    /// <summary>The reader of a kind, from <paramref name="assembly"/> where that is not loaded yet.</summary>
    public static StepReader Find(string kind, string assembly, int formatVersion, string directory)
    {
        if (!Kinds.TryGetValue(kind, out Registration? found))
        {
            if (StepAssemblies.Contains(assembly, StringComparer.Ordinal))
                RegisterFrom(Load(assembly, kind, directory));
            else if (assembly != StepLoader.AssemblyName)
                throw Throw.StepAssemblyForeign(directory, kind, assembly, StepAssemblies);
            if (!Kinds.TryGetValue(kind, out found))
                throw Throw.KindUnknown(directory, kind, assembly, Version(assembly), Kinds.Keys.Order(StringComparer.Ordinal));
        }
        return formatVersion <= found.NewestFormat ? found.Read : throw Throw.StepFormat(directory, kind, formatVersion, found.NewestFormat);
    }

    /// <summary>Registers the kinds that an assembly declares by its <see cref="StepAssemblyAttribute"/>.</summary>
    public static void RegisterFrom(Assembly assembly)
    {
        foreach (StepAssemblyAttribute steps in assembly.GetCustomAttributes<StepAssemblyAttribute>())
            steps.Register();
    }

    // The kinds of this assembly, one line each. The names are for ever.
    private static KeyValuePair<string, Registration>[] BuiltIn() =>
    [
        new(TextStep.Name, new Registration(TextEmbeddingTransformer.Read, 1)),
        new(MlpHeadTransformer.Kind, new Registration((_, payload) => MlpHeadTransformer.Read(payload), 1)),
        new(TensorStep.Name, new Registration(TensorEmbeddingTransformer.Read, 1)),
        new(AudioStep.Name, new Registration(AudioEmbeddingTransformer.Read, 1)),
    ];

    private static Assembly Load(string assembly, string kind, string directory)
    {
        try
        {
            return Assembly.Load(new AssemblyName(assembly));
        }
        catch (FileNotFoundException e)
        {
            throw Throw.StepAssemblyMissing(directory, kind, assembly, e);
        }
    }

    private static Version? Version(string assembly) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName()).FirstOrDefault(name => name.Name == assembly)?.Version;

    private sealed record Registration(StepReader Read, int NewestFormat);
}
