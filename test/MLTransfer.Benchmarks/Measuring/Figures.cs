using System.Globalization;

namespace MLTransfer.Benchmarks.Measuring;

/// <summary>Collects figures: a table for people while they come in, one line for each at the end.</summary>
internal sealed class Figures
{
    private readonly List<string> _lines = [];

    /// <summary>A remark for people.</summary>
    public static void Say(string text) => Console.WriteLine(text);

    /// <summary>Adds a figure: the median, minimum and maximum of its values.</summary>
    public void Add(string name, IReadOnlyCollection<double> values)
    {
        MetricSummary summary = MetricSummary.Of(values);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-32} {summary.Median,10:0.###} ({summary.Minimum:0.###} to {summary.Maximum:0.###})"));
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"result {name} {summary.Median:0.#####} {summary.Minimum:0.#####} {summary.Maximum:0.#####}"));
    }

    /// <summary>Adds one figure that is far below 1, such as an error.</summary>
    public void AddSmall(string name, double value)
    {
        string text = value.ToString("E2", CultureInfo.InvariantCulture);
        Console.WriteLine($"{name,-32} {text,10}");
        _lines.Add($"result {name} {text} {text} {text}");
    }

    /// <summary>Notes that a figure could not be measured here.</summary>
    public void Skip(string name, string reason)
    {
        Console.WriteLine($"{name,-32} skipped: {reason}");
        _lines.Add($"skipped {name} {reason}");
    }

    public void Write(TextWriter output)
    {
        output.WriteLine();
        foreach (string line in _lines)
            output.WriteLine(line);
    }
}
