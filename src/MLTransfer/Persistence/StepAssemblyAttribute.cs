namespace MLTransfer.Persistence;

/// <summary>
/// Stands on an assembly of ours other than MLTransfer that has steps of its own: the loader asks it to register their kinds when a saved step names
/// the assembly.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal abstract class StepAssemblyAttribute : Attribute
{
    /// <summary>Calls <see cref="StepKinds.Register"/> for each kind. May be called more than once.</summary>
    public abstract void Register();
}
