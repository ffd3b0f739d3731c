using System.Reflection;

namespace MLTransfer.Internal;

/// <summary>The version of this library, as its package has it.</summary>
internal static class LibraryVersion
{
    public static string Text { get; } =
        typeof(LibraryVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
