using System.Globalization;
using MLTransfer.Internal;

namespace MLTransfer.Distillation.Students;

/// <summary>Checks of options that are sizes.</summary>
internal static class OptionRange
{
    public static int Within(int value, int least, int most, string option) => value >= least && value <= most
        ? value : throw Throw.StudentOption(option, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least:N0} to {most:N0}"));
}
