using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MLTransfer.Evaluation.Reports;

/// <summary>What the JSON of all reports has in common. A number that is not known is null; a matrix has a line for each label.</summary>
internal static class ReportJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object, ending in a line feed.</summary>
    public static string Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }
        // Line ends inside a text are escaped, so these are the writer's own, which follow the system.
        return Encoding.UTF8.GetString(buffer.WrittenSpan).Replace("\r\n", "\n", StringComparison.Ordinal) + "\n";
    }

    public static void Object(this Utf8JsonWriter writer, string name, Action content)
    {
        writer.WriteStartObject(name);
        content();
        writer.WriteEndObject();
    }

    public static void Objects<T>(this Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> content)
    {
        writer.WriteStartArray(name);
        foreach (T item in items)
        {
            writer.WriteStartObject();
            content(item);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    public static void Text(this Utf8JsonWriter writer, string name, string? value) => writer.WriteString(name, value is null ? null : ReportText.WholeCharacters(value));

    public static void Number(this Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumber(name, value);
        else
            writer.WriteNull(name);
    }

    public static void Numbers(this Utf8JsonWriter writer, string name, IEnumerable<int> values)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(Row(values.Select(v => (long)v)));
    }

    public static void Summary(this Utf8JsonWriter writer, string name, MetricSummary summary) => writer.Object(name, () =>
    {
        writer.Number("minimum", summary.Minimum);
        writer.Number("median", summary.Median);
        writer.Number("maximum", summary.Maximum);
    });

    /// <summary>All measures of one run.</summary>
    public static void Measures(this Utf8JsonWriter writer, ComparisonMetrics metrics)
    {
        foreach (Measure measure in Measure.All)
            writer.Number(measure.Key, measure.Of(metrics));
    }

    /// <summary>Classes, confusion and reliability.</summary>
    public static void Details(this Utf8JsonWriter writer, IReadOnlyList<ClassMetrics> classes, ConfusionMatrix confusion, IReadOnlyList<ReliabilityBin> reliability)
    {
        writer.Objects("classes", classes, c =>
        {
            writer.Text("name", c.Name);
            writer.WriteNumber("support", c.Support);
            writer.Number("precision", c.Precision);
            writer.Number("recall", c.Recall);
            writer.Number("f1", c.F1);
        });
        writer.WriteStartArray("confusion");
        for (int label = 0; label < confusion.ClassCount; label++)
            writer.WriteRawValue(Row(Enumerable.Range(0, confusion.ClassCount).Select(k => confusion[label, k])));
        writer.WriteEndArray();
        writer.Objects("reliability", reliability, b =>
        {
            writer.Number("lowerBound", b.LowerBound);
            writer.Number("upperBound", b.UpperBound);
            writer.WriteNumber("rowCount", b.RowCount);
            writer.Number("meanConfidence", b.MeanConfidence);
            writer.Number("accuracy", b.Accuracy);
        });
    }

    // An indented writer would give each number a line.
    private static string Row(IEnumerable<long> values) => $"[{string.Join(", ", values.Select(v => v.ToString(CultureInfo.InvariantCulture)))}]";
}
