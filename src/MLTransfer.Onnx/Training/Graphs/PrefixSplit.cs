using System.Collections.Immutable;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// A model in two: the frozen prefix, which no trained parameter reaches and which therefore gives a row the same values in every epoch, and the trained part, which reads them.
/// What is made of inputs without weights (masks, positions, shapes) is made anew in the trained part.
/// </summary>
/// <param name="Prefix">The frozen part with <see cref="Border"/> as its outputs; null where everything is trained.</param>
/// <param name="Trained">The rest, with the border among its inputs. Its open axes all have names.</param>
/// <param name="Border">The values handed over, each with the rows on its first axis.</param>
/// <param name="Entries">The inputs of the whole model.</param>
/// <param name="Sizes">Sizes at which the trained part can be probed.</param>
internal sealed record PrefixSplit(OnnxModel? Prefix, OnnxModel Trained, ImmutableArray<OnnxValue> Border, ImmutableArray<OnnxValue> Entries, ProbeSizes Sizes)
{
    /// <summary>Splits a model.</summary>
    /// <param name="model">The model; its open axes have names (<see cref="OpenAxes"/>).</param>
    /// <param name="outputs">The outputs of the trained part.</param>
    /// <param name="parameters">What is trained.</param>
    /// <param name="shapes">Types and shapes of the whole model.</param>
    public static PrefixSplit Of(OnnxModel model, IReadOnlyCollection<string> outputs, IReadOnlyCollection<string> parameters, ProbedShapes shapes)
    {
        OnnxGraph graph = model.Graph;
        var search = new Search(graph, shapes, parameters);
        foreach (string output in outputs)
            search.Visit(output);
        OnnxNode[] nodes = [.. graph.Nodes.Where(search.Nodes.Contains)];
        HashSet<string> read = [.. nodes.SelectMany(NodeReads.Of), .. outputs];
        OnnxValue[] entries = [.. InputReach.Entries(graph)];
        ImmutableArray<OnnxValue> border = [.. search.Border.Select(v => Describe(v, shapes))];
        OnnxModel trained = model.WithGraph(graph with
        {
            Nodes = [.. nodes],
            Inputs = [.. entries.Where(i => read.Contains(i.Name)), .. border],
            Initializers = [.. graph.Initializers.Where(t => read.Contains(t.Name))],
            Outputs = [.. outputs.Select(o => Describe(o, shapes))],
            ValueInfo = [],
        });
        Dictionary<string, (long, long)> sizes = new(shapes.Sizes.ByName, StringComparer.Ordinal);
        foreach (OnnxValue value in border)
        {
            for (int axis = 0; axis < value.Dimensions.Length; axis++)
            {
                if (value.Dimensions[axis].Symbol is string symbol)
                    sizes[symbol] = (shapes[value.Name]!.Axes[axis].First, shapes[value.Name]!.Axes[axis].Second);
            }
        }
        return new PrefixSplit(border.IsEmpty ? null : GraphCut.At(model, [.. border.Select(b => b.Name)]), trained, border, [.. entries], ProbeSizes.Named(sizes));
    }

    /// <summary>A value as an input: an axis that is as large as a named axis of the model's inputs bears its name.</summary>
    private static OnnxValue Describe(string name, ProbedShapes shapes)
    {
        ProbedValue facts = shapes[name]!;
        return new OnnxValue
        {
            Name = name,
            ElementType = facts.Type,
            Dimensions = [.. facts.Axes.Select(axis => axis.IsFixed ? axis.First : (OnnxDimension)NameOf(axis, shapes.Sizes.ByName))],
        };
    }

    private static string NameOf(ProbedAxis axis, IReadOnlyDictionary<string, (long First, long Second)> names) =>
        names.FirstOrDefault(n => n.Value == (axis.First, axis.Second)).Key ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"axis_{axis.First}_{axis.Second}");

    private sealed class Search(OnnxGraph graph, ProbedShapes shapes, IReadOnlyCollection<string> parameters)
    {
        private readonly NodeIndex _index = new(graph);
        private readonly HeavyFlow _heavy = new(graph);
        private readonly HashSet<string> _trained = Reached(graph, parameters);
        private readonly HashSet<string> _seen = [];
        private readonly ProbedAxis? _rows = shapes[InputReach.Entries(graph).First().Name] is { Axes: [var rows, ..] } ? rows : null;

        // By reference: two nodes may be equal records.
        public HashSet<OnnxNode> Nodes { get; } = new(ReferenceEqualityComparer.Instance);

        public List<string> Border { get; } = [];

        public void Visit(string value)
        {
            var open = new Stack<string>([value]);
            while (open.TryPop(out string? name))
            {
                if (!_seen.Add(name) || _index.Producer(name) is not OnnxNode node)
                    continue;
                if (!_trained.Contains(name) && _heavy.Contains(name) && CanBeStored(name))
                {
                    Border.Add(name);
                    continue;
                }
                if (!Nodes.Add(node))
                    continue;
                foreach (string input in NodeReads.Of(node))
                    open.Push(input);
            }
        }

        /// <summary>Whether the value has the rows first and at most one other open axis, so that each row has its own part of it.</summary>
        private bool CanBeStored(string name) => _rows is { IsFixed: false } rows && shapes[name] is { Rank: > 0 } facts && facts.Type.IsReal()
            && facts.Axes[0] == rows && facts.Axes.Skip(1).Count(a => !a.IsFixed) <= 1;

        private static HashSet<string> Reached(OnnxGraph graph, IReadOnlyCollection<string> parameters)
        {
            HashSet<string> reached = [.. parameters];
            foreach (OnnxNode node in graph.Nodes)
            {
                if (NodeReads.Of(node).Any(reached.Contains))
                    reached.UnionWith(node.Outputs);
            }
            return reached;
        }
    }
}
