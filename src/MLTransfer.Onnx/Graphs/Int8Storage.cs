using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Stores weights in 8 bits: matrices of MatMul and Gemm and kernels of Conv with a scale for each output channel, behind DequantizeLinear, which ONNX Runtime computes once when a
/// session opens; tables behind Gather with a scale for each row, of which only the rows that are picked become float. Products stay products in float.
/// </summary>
/// <remarks>
/// Of n numbers with the largest magnitude m: s = m / 127, q = round(x / s), x ≈ q s, off by s / 2 at most. Small tensors stay float, as does what is read in another way besides.
/// </remarks>
internal static class Int8Storage
{
    /// <summary>The first version in which DequantizeLinear has an axis.</summary>
    public const int Version = 13;

    public const string NumbersEnd = "_int8";
    public const string ScalesEnd = "_scales";

    // Below, the scales and the node take more than is saved.
    private const long LeastCount = 512;
    private const long LeastTableWidth = 8;

    // Depthwise kernels of 3 × 3 and the like: a sliver of the size, and no sum over many numbers in which rounding averages out.
    private const long LeastKernel = 32;

    // The axis of a table's rows, told apart from that of channels.
    private const int Table = -1;

    /// <summary>Rewrites the main graph; a model without such weights comes back as it is.</summary>
    /// <param name="model">Written in version 13 of ONNX's operators or a later one.</param>
    public static OnnxModel Pack(OnnxModel model)
    {
        OnnxGraph graph = model.Graph;
        Dictionary<string, int> places = Places(graph);
        OnnxTensor[] packed = [.. graph.Initializers.Where(t => places.ContainsKey(t.Name) && IsWorthIt(t, places[t.Name]))];
        if (packed.Length == 0)
            return model;
        HashSet<string> names = [.. packed.Select(t => t.Name)];
        var taken = new HashSet<string>([.. graph.Initializers.Select(t => t.Name), .. graph.Nodes.SelectMany(n => n.Outputs), .. graph.Inputs.Select(i => i.Name)], StringComparer.Ordinal);
        var stored = packed.ToDictionary(t => t.Name, t => new Stored(Free(taken, t.Name + NumbersEnd), Free(taken, t.Name + ScalesEnd)), StringComparer.Ordinal);
        List<OnnxNode> nodes = [.. packed.Where(t => places[t.Name] != Table).Select(t => Dequantize(t.Name, stored[t.Name], places[t.Name]))];
        foreach (OnnxNode node in graph.Nodes)
        {
            if (node.Inputs.Length > 0 && names.Contains(node.Inputs[0]) && places[node.Inputs[0]] == Table)
                nodes.AddRange(Rows(node, stored[node.Inputs[0]], taken));
            else
                nodes.Add(node);
        }
        return model.WithGraph(graph with
        {
            Nodes = [.. nodes],
            // Old files list their weights among the inputs, too.
            Inputs = [.. graph.Inputs.Where(i => !names.Contains(i.Name))],
            Initializers = [.. graph.Initializers.SelectMany(t => names.Contains(t.Name) ? Quantize(t, stored[t.Name], places[t.Name]) : [t])],
        });
    }

    /// <summary>Where the scales of each tensor lie that all its readers read in one known way.</summary>
    private static Dictionary<string, int> Places(OnnxGraph graph)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        HashSet<string> others = [.. graph.Outputs.Select(o => o.Name)];
        Dictionary<string, OnnxTensor> tensors = new(StringComparer.Ordinal);
        foreach (OnnxTensor tensor in graph.Initializers.Where(t => t.ElementType == OnnxElementType.Float))
            tensors.TryAdd(tensor.Name, tensor);
        foreach (OnnxNode node in graph.Nodes)
        {
            // What sub-graphs read is looked up by name; it stays.
            others.UnionWith(NodeReads.Of(node).Skip(node.Inputs.Count(i => i.Length > 0)));
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                string name = node.Inputs[i];
                if (!tensors.TryGetValue(name, out OnnxTensor? tensor))
                    continue;
                if (Place(node, i, tensor) is not int place || (places.TryGetValue(name, out int other) && other != place))
                    others.Add(name);
                else
                    places[name] = place;
            }
        }
        foreach (string name in others)
            places.Remove(name);
        return places;
    }

    private static int? Place(OnnxNode node, int input, OnnxTensor tensor) => (node.IsStandard, node.OpType, input, tensor.Dimensions.Length) switch
    {
        (true, "Gather", 0, 2) when node.Int("axis", 0) == 0 => Table,
        (true, "MatMul", 1, 2) => 1,
        (true, "Gemm", 1, 2) => node.Int("transB", 0) != 0 ? 0 : 1,
        (true, "Conv", 1, >= 3) when tensor.ElementCount / Math.Max(1, tensor.Dimensions[0]) >= LeastKernel => 0,
        _ => null,
    };

    private static bool IsWorthIt(OnnxTensor tensor, int place) => tensor.ElementCount >= LeastCount && (place != Table || tensor.Dimensions[1] >= LeastTableWidth)
        && TensorPrimitives.IsFiniteAll<float>(tensor.ToFloats());

    private static OnnxNode Dequantize(string name, Stored stored, int axis) => new()
    {
        OpType = "DequantizeLinear",
        Name = name,
        Inputs = [stored.Numbers, stored.Scales],
        Outputs = [name],
        Attributes = [OnnxAttribute.Of("axis", (long)axis)],
    };

    /// <summary>The rows that are picked, and the scale of each.</summary>
    private static OnnxNode[] Rows(OnnxNode gather, Stored stored, HashSet<string> taken)
    {
        string made = gather.Outputs[0], numbers = Free(taken, made + NumbersEnd), wide = Free(taken, made + "_unscaled"), scales = Free(taken, made + ScalesEnd);
        return
        [
            gather with { Name = numbers, Inputs = [stored.Numbers, gather.Inputs[1]], Outputs = [numbers] },
            new OnnxNode { OpType = "Cast", Name = wide, Inputs = [numbers], Outputs = [wide], Attributes = [OnnxAttribute.Of("to", (long)OnnxElementType.Float)] },
            gather with { Name = scales, Inputs = [stored.Scales, gather.Inputs[1]], Outputs = [scales] },
            new OnnxNode { OpType = "Mul", Name = gather.Name, Inputs = [wide, scales], Outputs = [made] },
        ];
    }

    private static OnnxTensor[] Quantize(OnnxTensor tensor, Stored stored, int place)
    {
        float[] values = tensor.ToFloats();
        ImmutableArray<long> shape = tensor.Dimensions;
        int axis = place == Table ? 0 : place;
        long count = shape[axis], run = shape[(axis + 1)..].Aggregate(1L, (a, b) => a * b);
        float[] scales = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            ref float scale = ref scales[i / run % count];
            scale = Math.Max(scale, Math.Abs(values[i]));
        }
        for (int c = 0; c < scales.Length; c++)
            scales[c] = scales[c] > 0 ? scales[c] / sbyte.MaxValue : 1;
        sbyte[] numbers = new sbyte[values.Length];
        for (int i = 0; i < values.Length; i++)
            numbers[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / scales[i / run % count]), -sbyte.MaxValue, sbyte.MaxValue);
        return
        [
            OnnxTensor.Of<sbyte>(stored.Numbers, OnnxElementType.Int8, numbers, shape.AsSpan()),
            OnnxTensor.Of(stored.Scales, scales, place == Table ? [count, 1] : [count]),
        ];
    }

    private static string Free(HashSet<string> taken, string name)
    {
        string free = name;
        for (int number = 2; !taken.Add(free); number++)
            free = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}_{number}");
        return free;
    }

    private sealed record Stored(string Numbers, string Scales);
}
