using MLTransfer.Tests.Persistence;

/// <summary>
/// Runs before a child process's own code when DOTNET_STARTUP_HOOKS names this assembly: makes the test step known there, as a built-in step is known
/// everywhere. The runtime looks for this name outside any namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => FakeStep.Register();
}
