using Microsoft.ML;

namespace MLTransfer;

/// <summary>What MLTransfer does that is no step of a pipeline. Made by <c>mlContext.Transfer()</c>.</summary>
public sealed partial class TransferOperations
{
    private readonly MLContext _context;

    internal TransferOperations(MLContext context) => _context = context;

    internal MLContext Context => _context;
}
