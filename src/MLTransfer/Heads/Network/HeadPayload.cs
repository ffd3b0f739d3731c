using System.Text.Json.Nodes;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Persistence;

namespace MLTransfer.Heads.Network;

/// <summary>
/// How a fitted head is saved: its layers as settings, its weights as an ONNX model that any tool can look into. Only the weights are read back from the model; the graph that runs is made
/// from the layers.
/// </summary>
internal static class HeadPayload
{
    private const string Part = "head.onnx";
    private const string Network = "network";
    private const string Output = "output";

    public static void Write(PayloadWriter payload, HeadNetwork network, HeadOutput output)
    {
        HeadArchitecture layers = network.Architecture;
        payload.Settings[Network] = new JsonObject
        {
            ["featureCount"] = network.FeatureCount,
            ["hiddenUnits"] = new JsonArray([.. layers.HiddenUnits.Select(u => (JsonNode)u)]),
            ["activation"] = layers.Activation.ToString(),
            ["normalization"] = layers.Normalization.ToString(),
        };
        payload.Settings[Output] = output.ToJson();
        byte[] model = network.ToModel(isTraining: false).ToBytes();
        payload.WritePart(Part, stream => stream.Write(model));
    }

    public static (HeadNetwork Network, HeadOutput Output) Read(PayloadReader payload)
    {
        PayloadSettings settings = new(payload.Kind, payload.Settings);
        PayloadSettings network = settings.OptionalObject(Network) ?? throw Internal.Throw.SettingMissing(payload.Kind, Network);
        HeadOutput output = HeadOutput.FromJson(settings.OptionalObject(Output) ?? throw Internal.Throw.SettingMissing(payload.Kind, Output));
        var layers = new HeadArchitecture([.. network.Numbers<int>("hiddenUnits")], network.Choice<HeadActivation>("activation"),
            network.Choice<HeadNormalization>("normalization"), FeatureDropout: 0, Dropout: 0);
        using OnnxModel model = OnnxModel.FromBytes(payload.ReadPart(Part), $"{Part} of a saved {payload.Kind}");
        return (HeadNetwork.FromModel(layers, network.Number<int>("featureCount"), output.LogitCount, model), output);
    }
}
