namespace MLTransfer.Cli.Diagnosis;

/// <summary>What was asked for is right, but this machine cannot do it as it is.</summary>
internal sealed class MachineUnfitException(string message) : Exception(message);
