namespace MLTransfer.Onnx.Graphs;

/// <summary>Where a name stands in a model, for <see cref="GraphCut"/>.</summary>
internal enum ValuePlace
{
    /// <summary>Nothing has this name.</summary>
    Nowhere,

    /// <summary>A node of the main graph makes it from the inputs: only here can a model be cut.</summary>
    Node,

    /// <summary>It is an input of the main graph.</summary>
    Input,

    /// <summary>It is an initializer, or made from constants alone.</summary>
    Constant,

    /// <summary>It lies in a sub-graph (a branch of If, the body of Loop or Scan) or in a function, where it exists once for each round or call.</summary>
    Inside,
}
