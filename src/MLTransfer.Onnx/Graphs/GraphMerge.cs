using System.Collections.Immutable;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Puts one model behind another: values of the first feed inputs of the second. Names that both use are changed in the second; weights stay slices of the files they were read
/// from, external data its place.
/// </summary>
internal static class GraphMerge
{
    // From this version on an initializer need not be listed among the inputs.
    private const long FirstWithFreeInitializers = 4;

    /// <summary>
    /// The joined model. Its inputs are the first's that a caller feeds, then those of the second that nothing feeds; its outputs are the second's, then the kept ones of the first. All
    /// of these keep their names: an inner value of the first that has one of them gets another. Metadata is that of both, the second's where both state a key.
    /// </summary>
    /// <param name="first">Runs first. Must not be disposed before the result is written.</param>
    /// <param name="second">Runs behind it. Must not be disposed before the result is written.</param>
    /// <param name="links">Inputs of the second and the values of the first's main graph that feed them.</param>
    /// <param name="kept">Values of the first that are outputs as well.</param>
    /// <exception cref="ArgumentException">A name of a link or of a kept value is unknown, or two inputs or outputs would have one name.</exception>
    /// <exception cref="NotSupportedException">The models are written in different versions of one set of operators.</exception>
    public static OnnxModel Join(OnnxModel first, OnnxModel second, IReadOnlyDictionary<string, string> links, params IReadOnlyCollection<string> kept)
    {
        ImmutableArray<OnnxOpset> opsets = Opsets(first, second);
        HashSet<string> made = [.. Made(first.Graph)];
        foreach ((string input, string value) in links)
        {
            if (second.Graph.Inputs.All(i => i.Name != input))
                throw Throw.NoInputToLink(input, second.Graph.Inputs.Select(i => i.Name));
            if (!made.Contains(value))
                throw Throw.CutAtNothing(value);
        }
        OnnxValue[] entries = [.. InputReach.Entries(first.Graph)];
        OnnxValue[] further = [.. InputReach.Entries(second.Graph).Where(i => !links.ContainsKey(i.Name))];
        HashSet<string> fixedNames = [.. further.Concat(second.Graph.Outputs).Select(v => v.Name)];
        if (entries.Select(e => e.Name).Concat(kept).FirstOrDefault(fixedNames.Contains) is string twice)
            throw Throw.NameTakenTwice(twice);
        if (second.Graph.Outputs.FirstOrDefault(o => links.ContainsKey(o.Name)) is OnnxValue through)
            throw Throw.LinkedInputIsOutput(through.Name);

        HashSet<string> all = [.. NamesOf(first), .. NamesOf(second)];
        var ofFirst = new Renaming(NamesOf(first).Distinct().Where(fixedNames.Contains).ToDictionary(n => n, n => Fresh(n, all)), ImmutableDictionary<(string, string), string>.Empty);
        if (kept.FirstOrDefault(k => !made.Contains(k)) is string unknown)
            throw Throw.CutAtNothing(unknown);
        HashSet<string> takenByFirst = [.. NamesOf(first).Select(ofFirst.Of)];
        var values = NamesOf(second).Distinct().Where(n => !links.ContainsKey(n) && !fixedNames.Contains(n) && takenByFirst.Contains(n)).ToDictionary(n => n, n => Fresh(n, all));
        foreach ((string input, string value) in links)
            values[input] = ofFirst.Of(value);
        var ofSecond = new Renaming(values, Functions(first, second));

        OnnxGraph front = ofFirst.Of(first.Graph);
        OnnxGraph back = ofSecond.Of(second.Graph);
        HashSet<string> linked = [.. links.Keys];
        return first with
        {
            IrVersion = Math.Max(Math.Max(first.IrVersion, second.IrVersion), FirstWithFreeInitializers),
            Opsets = opsets,
            Metadata = [.. first.Metadata.Where(m => second.Metadata.All(s => s.Key != m.Key)), .. second.Metadata],
            Functions = [.. first.Functions, .. second.Functions.Where(f => !IsOfFirst(f)).Select(ofSecond.Of)],
            Graph = front with
            {
                Nodes = [.. front.Nodes, .. WithOwnNames(back.Nodes, front.Nodes)],
                Inputs = [.. entries, .. further],
                Outputs = [.. back.Outputs, .. kept.Select(k => Stated(front, k))],
                Initializers = [.. front.Initializers, .. back.Initializers],
                SparseInitializers = [.. front.SparseInitializers, .. back.SparseInitializers],
                // What was an output is an inner value now.
                ValueInfo = [.. front.ValueInfo, .. front.Outputs.Where(o => !kept.Contains(o.Name) && front.ValueInfo.All(v => v.Name != o.Name)), .. back.ValueInfo],
                OtherFields = [.. front.OtherFields, .. back.OtherFields],
            },
        };

        bool IsOfFirst(OnnxFunction function) => first.Functions.Any(f => IsSame(f, function));
    }

    /// <summary>Nodes under names that none of the others has: ONNX Runtime refuses two of one name.</summary>
    private static IEnumerable<OnnxNode> WithOwnNames(IEnumerable<OnnxNode> nodes, IEnumerable<OnnxNode> others)
    {
        HashSet<string> taken = [.. others.Select(n => n.Name)];
        HashSet<string> all = [.. taken, .. nodes.Select(n => n.Name)];
        return nodes.Select(n => n.Name.Length > 0 && taken.Contains(n.Name) ? n with { Name = Fresh(n.Name, all) } : n);
    }

    private static OnnxValue Stated(OnnxGraph graph, string name) => graph.Outputs.Concat(graph.ValueInfo).Concat(graph.Inputs).FirstOrDefault(v => v.Name == name)
        ?? new OnnxValue { Name = name, IsRankKnown = false };

    private static ImmutableArray<OnnxOpset> Opsets(OnnxModel first, OnnxModel second)
    {
        var further = ImmutableArray.CreateBuilder<OnnxOpset>();
        foreach (OnnxOpset opset in second.Opsets)
        {
            OnnxOpset? same = first.Opsets.FirstOrDefault(o => Domain(o) == Domain(opset));
            if (same is null)
                further.Add(opset);
            else if (same.Version != opset.Version)
                throw Throw.OpsetsDiffer(same, opset);
        }
        return [.. first.Opsets, .. further];
    }

    private static string Domain(OnnxOpset opset) => opset.Domain == "ai.onnx" ? "" : opset.Domain;

    /// <summary>New names for functions of the second that are called as other ones of the first.</summary>
    private static Dictionary<(string, string), string> Functions(OnnxModel first, OnnxModel second)
    {
        HashSet<(string Domain, string Name)> taken = [.. first.Functions.Concat(second.Functions).Select(f => (f.Domain, f.Name))];
        var names = new Dictionary<(string, string), string>();
        foreach (OnnxFunction function in second.Functions)
        {
            OnnxFunction? same = first.Functions.FirstOrDefault(f => f.Domain == function.Domain && f.Name == function.Name);
            if (same is null || IsSame(same, function))
                continue;
            int number = 1;
            while (!taken.Add((function.Domain, $"{function.Name}_{number}")))
                number++;
            names.Add((function.Domain, function.Name), $"{function.Name}_{number}");
        }
        return names;
    }

    private static bool IsSame(OnnxFunction a, OnnxFunction b) => a.Domain == b.Domain && a.Name == b.Name && Bytes(a).AsSpan().SequenceEqual(Bytes(b));

    private static byte[] Bytes(OnnxFunction function)
    {
        using var stream = new MemoryStream();
        WireWriter.Write(function, stream);
        return stream.ToArray();
    }

    private static string Fresh(string name, HashSet<string> all)
    {
        int number = 1;
        while (!all.Add($"{name}_{number}"))
            number++;
        return $"{name}_{number}";
    }

    /// <summary>Every name that stands for a value anywhere in the main graph and its sub-graphs.</summary>
    private static IEnumerable<string> NamesOf(OnnxModel model) => NamesOf(model.Graph).Where(n => n.Length > 0);

    private static IEnumerable<string> NamesOf(OnnxGraph graph) => Made(graph).Concat(graph.Nodes.SelectMany(n => n.Attributes).SelectMany(a => a.SubGraphs).SelectMany(NamesOf));

    private static IEnumerable<string> Made(OnnxGraph graph) => graph.Inputs.Select(i => i.Name).Concat(graph.Initializers.Select(t => t.Name))
        .Concat(graph.SparseInitializers.Select(s => s.Values?.Name ?? "")).Concat(graph.Nodes.SelectMany(n => n.Outputs));
}
