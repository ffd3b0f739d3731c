using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Onnx.Tests.Gradients;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>How far gradients of whole models lie from PyTorch's in double precision: relative distance over all parameters. PyTorch's own float32 stands beside it.</summary>
internal static class GradientQuality
{
    private static readonly string[] Exports = ["resnet18-folded-17", "vit-17", "bert-17"];

    // As PyTorch's ReLU6 has it: no gradient exactly on a bound.
    private static readonly string[] RealFiles = ["all-minilm-l6-v2", "gte-small", "mobilenetv2-1.0-224-hardtanh", "mobilenetv1-0.25-128-hardtanh", "squeezenet1.0", "resnet50-v1-w8"];

    public static void Run(Figures figures)
    {
        foreach (string name in Exports)
            Compare(figures, name, Path.Combine(GoldenGradients.Folder, GoldenGradients.Read(name).Model));
        foreach (string name in RealFiles)
        {
            string[] model = GoldenGradients.Read(name).Model.Split('/', 2);
            if (Assets.FindModel(model[0]) is string folder)
                Compare(figures, name, Path.Combine(folder, model[1]));
            else
                figures.Skip($"gradient-error-{name}", $"the model {model[0]} is not on this machine");
        }
    }

    private static void Compare(Figures figures, string name, string file)
    {
        var compared = GoldenComparison.Of(name, file, isOpen: true);
        Figures.Say($"{name}: PyTorch's own float32 lies {compared.Golden.Error32:E1} from its float64");
        figures.AddSmall($"gradient-error-{name}", compared.GlobalError);
    }
}
