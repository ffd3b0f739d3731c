using System.Text.Json;
using System.Text.Json.Serialization;
using MLTransfer.Evaluation.Reports;

namespace MLTransfer.Cli.Rendering;

/// <summary>Writes the measures of <see cref="ComparisonMetrics"/> without classes, confusion and bins, which grow with the square of the classes and have a report of their own.</summary>
internal sealed class MetricsJsonConverter : JsonConverter<ComparisonMetrics>
{
    public override ComparisonMetrics Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Reports are only written.");

    public override void Write(Utf8JsonWriter writer, ComparisonMetrics value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.Measures(value);
        writer.WriteEndObject();
    }
}
