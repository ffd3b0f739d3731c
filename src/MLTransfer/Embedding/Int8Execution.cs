using System.Diagnostics.CodeAnalysis;

namespace MLTransfer;

/// <summary>
/// How graphs are run that scale their activations over a whole tensor (DynamicQuantizeLinear, the usual "int8" export). In a batch, each row's values would depend on the
/// other rows: with 16 rows of an int8 MiniLM at a time, none of 64 rows had its single-row value, with cosines down to 0.98. Other graphs are not affected by this setting.
/// </summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "Float says what the weights become; no other word does.")]
public enum Int8Execution
{
    /// <summary>One row at a time, without padding: the same values whatever else is scored. The default.</summary>
    Exact,

    /// <summary>The weights are turned into float once, when the step is made: batches freely, takes four times the memory, and differs slightly from int8 arithmetic.</summary>
    Float,

    /// <summary>Batches the int8 graph as it is. Fast, but a row's value depends on its neighbours; a warning says so.</summary>
    Batched,
}
