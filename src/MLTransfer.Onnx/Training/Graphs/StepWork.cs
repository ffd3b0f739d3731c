using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>What a training step costs, from the sizes of its layers: enough to decide whether it is worth dividing.</summary>
internal static class StepWork
{
    // A layer's gradients, with respect to its input and to its weights, cost what the layer costs, each.
    private const double WithBackward = 3;

    /// <summary>Multiplications and additions for one row of length 1.</summary>
    public static double PerUnit(OnnxGraph graph, ProbedShapes shapes)
    {
        double work = 0;
        foreach (OnnxNode node in graph.Nodes.Where(HeavyFlow.IsLayer))
        {
            if (shapes[node.Outputs[0]] is not ProbedValue made || shapes[node.Input(1)] is not ProbedValue weights || shapes[node.Input(0)] is not ProbedValue read)
                continue;
            double products = made.Axes.Aggregate(1d, (count, a) => count * a.First);
            work += 2 * products * (node.OpType is "Conv" ? weights.Axes.Skip(1).Aggregate(1d, (count, a) => count * a.First) : read.Axes[^1].First);
        }
        // The first input tells how many rows and units were in the probing run.
        ProbedValue entry = shapes[InputReach.Entries(graph).First().Name]!;
        double units = entry.Axes.Where(a => !a.IsFixed).Aggregate(1d, (count, a) => count * a.First);
        return WithBackward * work / units;
    }
}
