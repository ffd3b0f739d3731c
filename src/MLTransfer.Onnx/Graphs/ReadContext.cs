using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// What is counted while a file is read. Each limit lies far above any real network and far below what would hurt: a message of two bytes becomes an
/// object of some hundred, so a small hostile file could otherwise fill the memory. The largest real graph seen, a speech decoder of 2,092 nodes,
/// has 5,700 of them.
/// </summary>
internal sealed class ReadContext(string name, string? folder)
{
    public const int LongestName = 1 << 14;
    public const int LongestText = 1 << 24;
    public const int LargestRank = 64;
    public const int MostNumbers = 1 << 24;

    // The sub-graphs of real networks nest two or three deep; protobuf itself stops at a hundred messages, and each sub-graph takes three.
    private const int DeepestGraph = 24;
    private const int DeepestType = 24;
    private const int MostRecords = 1 << 18;
    private const int MostNames = 1 << 21;

    private int _records;
    private int _names;
    private int _graphDepth;
    private int _typeDepth;

    /// <summary>The file's path or the model's name, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>The folder that external data lies in; null for a model from memory.</summary>
    public string? Folder { get; } = folder;

    /// <summary>Counts a node, tensor, value or attribute.</summary>
    public void CountRecord()
    {
        if (++_records > MostRecords)
            throw Throw.GraphBeyondLimit(Name, "nodes, tensors, values and attributes", _records, MostRecords);
    }

    /// <summary>Counts a node's input or output or any other name in a list.</summary>
    public void CountName()
    {
        if (++_names > MostNames)
            throw Throw.GraphBeyondLimit(Name, "names", _names, MostNames);
    }

    public void EnterGraph()
    {
        if (++_graphDepth > DeepestGraph)
            throw Throw.GraphBeyondLimit(Name, "nested sub-graphs", _graphDepth, DeepestGraph);
    }

    public void LeaveGraph() => _graphDepth--;

    public void EnterType()
    {
        if (++_typeDepth > DeepestType)
            throw Throw.GraphBeyondLimit(Name, "nested types", _typeDepth, DeepestType);
    }

    public void LeaveType() => _typeDepth--;

    /// <summary>
    /// Refuses a second occurrence of a message that may stand once. Protobuf merges the two, so a reader that took the last alone would check
    /// another graph than ONNX Runtime runs.
    /// </summary>
    public void Once(object? first, string what)
    {
        if (first is not null)
            throw Throw.GraphDamaged(Name, $"{what} is there twice");
    }
}
