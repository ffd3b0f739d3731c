using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Sessions;

/// <summary>The sizes of symbolic axes, learned from inputs by name and applied to outputs. Belongs to one run at a time; not thread-safe.</summary>
internal sealed class SymbolTable
{
    private readonly Dictionary<string, long> _sizes = new(StringComparer.Ordinal);

    public void Clear() => _sizes.Clear();

    /// <summary>Learns the symbols of an input from the shape that is fed to it.</summary>
    /// <exception cref="ArgumentException">The shape has another rank, another size on a fixed axis, or another size for a symbol that is known already.</exception>
    public void Bind(TensorPort port, ReadOnlySpan<long> shape)
    {
        if (shape.Length != port.Dimensions.Length)
            throw Throw.ShapeMismatch(port, shape);
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (port.Dimensions[axis] >= 0)
            {
                if (port.Dimensions[axis] != shape[axis])
                    throw Throw.ShapeMismatch(port, shape);
            }
            else if (port.Symbols[axis] is { Length: > 0 } symbol && !_sizes.TryAdd(symbol, shape[axis]) && _sizes[symbol] != shape[axis])
            {
                throw Throw.SymbolMismatch(port, shape, symbol, _sizes[symbol]);
            }
        }
    }

    /// <summary>The shape of an output, or null where an axis has no name or a name that no input has.</summary>
    public long[]? Resolve(TensorPort port)
    {
        var shape = new long[port.Dimensions.Length];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (port.Dimensions[axis] >= 0)
                shape[axis] = port.Dimensions[axis];
            else if (!_sizes.TryGetValue(port.Symbols[axis], out shape[axis]))
                return null;
        }
        return shape;
    }
}
