using Microsoft.ML.Runtime;

namespace MLTransfer.Internal;

/// <summary>Messages of a step on <c>MLContext.Log</c>, under the step's name.</summary>
internal static class StepLog
{
    // The message may hold braces (names of columns, of tensors), so it is an argument and never the format.
    private const string AsIs = "{0}";

    public static void Info(IHostEnvironment env, string step, string message)
    {
        using IChannel channel = env.Start(step);
        channel.Info(MessageSensitivity.None, AsIs, message);
    }

    public static void Warning(IHostEnvironment env, string step, string message)
    {
        using IChannel channel = env.Start(step);
        channel.Warning(MessageSensitivity.None, AsIs, message);
    }
}
