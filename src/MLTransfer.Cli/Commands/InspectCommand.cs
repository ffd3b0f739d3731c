using System.CommandLine;
using System.Runtime.ExceptionServices;
using MLTransfer.Cli.Inspection;
using MLTransfer.Cli.Rendering;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer inspect`: what is this model.</summary>
internal static class InspectCommand
{
    public const string Name = "inspect";

    public static string[] Examples { get; } =
    [
        "mltransfer inspect models/all-minilm-l6-v2",
        "mltransfer inspect models/all-minilm-l6-v2 --variant model_quantized",
        "mltransfer inspect classifier.onnx --features",
        "mltransfer inspect models/all-minilm-l6-v2 --blocks",
        "mltransfer inspect mobilenet.onnx --feature features",
        "mltransfer inspect detector.onnx --json",
        "mltransfer inspect model.zip",
        "mltransfer inspect default",
    ];

    public static Command Create()
    {
        var model = new Argument<string>("model")
        {
            Description = "A folder, an .onnx file, a name in the folders of MLTRANSFER_MODELS, 'default' for the backbone inside this tool, or a model.zip that ML.NET saved.",
        };
        var variant = new Option<string?>("--variant") { Description = "Which .onnx file of the folder." };
        var feature = new Option<string?>("--feature") { Description = "The value of the graph that is the feature, where several could be: blocks lie in front of it." };
        var features = new Option<bool>("--features") { Description = "List every value of the graph that can be the feature, with its shape. Takes up to seconds." };
        var blocks = new Option<bool>("--blocks") { Description = "Name the weights of each block that fine-tuning can train." };
        var json = new Option<bool>("--json") { Description = "One JSON object for programs." };
        var command = new Command(Name, "Say what a model is: inputs, outputs, features, pooling, preprocessing, tokenizer, blocks that can be trained, operators, size, hash, row independence. Of a model.zip: its steps, columns and classes, after a check of who would load it. Runs nothing.")
        {
            model, variant, feature, features, blocks, json,
        };
        command.SetAction(parsed =>
        {
            if (SavedModelInspector.IsSavedModel(parsed.GetRequiredValue(model)))
            {
                if (((Option[])[variant, feature, features, blocks]).FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is Option other)
                    throw new ArgumentException($"{other.Name} belongs to backbones, but '{parsed.GetRequiredValue(model)}' is a saved model. Leave it out.");
                return InspectSavedModel(parsed, parsed.GetRequiredValue(model), parsed.GetValue(json));
            }
            ModelReport report = ModelInspector.Inspect(parsed.GetRequiredValue(model), parsed.GetValue(variant), parsed.GetValue(feature), parsed.GetValue(features), parsed.GetValue(blocks));
            if (parsed.GetValue(json))
                JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
            else
                ModelReportTable.Write(Tool.Console(parsed), report);
            return ExitCode.Done;
        });
        return command;
    }

    private static int InspectSavedModel(ParseResult parsed, string path, bool isJson)
    {
        (SavedModelReport report, ExceptionDispatchInfo? failure) = SavedModelInspector.Inspect(path);
        if (isJson)
            JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
        else
            SavedModelTable.Write(Tool.Console(parsed), report);
        failure?.Throw();
        return ExitCode.Done;
    }
}
