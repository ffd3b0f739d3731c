namespace System.Runtime.CompilerServices;

/// <summary>
/// Known to the runtime by its name, not declared by it: access checks against the named assembly are not made for the assembly that carries it.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
