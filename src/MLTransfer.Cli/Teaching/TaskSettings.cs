using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Teaching;

/// <summary>What the command line asks for of a student of a task.</summary>
/// <param name="Head">The student's head.</param>
/// <param name="Temperature">T.</param>
/// <param name="HardWeight">How much labels count; 0 for not at all.</param>
/// <param name="SoftWeight">How much the teacher counts.</param>
internal sealed record TaskSettings(HeadKind Head, double Temperature, double HardWeight, double SoftWeight);
