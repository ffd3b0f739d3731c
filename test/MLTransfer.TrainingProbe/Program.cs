using System.Globalization;
using System.Runtime.InteropServices;
using MLTransfer.Onnx.Tests.Training;
using MLTransfer.Onnx.Training;

// CHECKPOINT WEIGHTS MILLISECONDS
// Trains with a checkpoint, rests after each step, prints its number, and writes the final weights as little-endian numbers.
if (args.Length != 3)
{
    await Console.Error.WriteLineAsync("usage: TrainingProbe CHECKPOINT WEIGHTS MILLISECONDS");
    return 2;
}

int rest = int.Parse(args[2], CultureInfo.InvariantCulture);
TrainingResult result = ResumableRun.Train(args[0], step =>
{
    Thread.Sleep(rest);
    Console.WriteLine(step.ToString(CultureInfo.InvariantCulture));
});
await File.WriteAllBytesAsync(args[1], MemoryMarshal.AsBytes(result.Parameters.AsSpan()).ToArray());
return 0;
