using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLTransfer.Backbones;

/// <summary>Channel values as a list of numbers.</summary>
internal sealed class ChannelValuesConverter : JsonConverter<ChannelValues>
{
    public override ChannelValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ChannelValues.Create(JsonSerializer.Deserialize<double[]>(ref reader, options));

    public override void Write(Utf8JsonWriter writer, ChannelValues value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (double number in value)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
