using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MLTransfer.Cli.Commands;

/// <summary>Options that are numbers and check themselves.</summary>
internal static class NumberOption
{
    /// <summary>A whole number.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What help says.</param>
    /// <param name="least">The smallest that is allowed.</param>
    public static Option<int?> Whole(string name, string description, int least = 1)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "COUNT" };
        option.Validators.Add(result =>
        {
            // What is no number at all is the parser's own error.
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int count) && count < least)
                result.AddError($"{name} is at least {least}.");
        });
        return option;
    }

    /// <summary>A number with a point, which may be left out.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="helpName">What help calls the number.</param>
    /// <param name="description">What help says.</param>
    /// <param name="expected">What is expected, for messages.</param>
    /// <param name="fits">Whether a number is allowed.</param>
    public static Option<double?> Real(string name, string helpName, string description, string expected, Func<double, bool> fits) =>
        new(name) { Description = description, HelpName = helpName, CustomParser = result => Read(result, name, expected, fits) };

    /// <summary>Reads a number. The parser's own reading follows the machine's language, where 0.2 may be 2.</summary>
    public static double? Read(ArgumentResult result, string name, string expected, Func<double, bool> fits)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && fits(value))
            return value;
        result.AddError($"{name} is {expected}, not '{text}'.");
        return null;
    }
}
