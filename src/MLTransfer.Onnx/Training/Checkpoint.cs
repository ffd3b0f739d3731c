using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// The state of a run in a file: magic, version, configuration, position, optimizer, averages, best weights, history, and a SHA-256 of all before it. Little-endian. It is written to
/// "path.new", flushed to the disk and renamed, so a process that dies at any moment leaves the old file or the new one.
/// </summary>
internal static class Checkpoint
{
    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "MLTRUN\r\n"u8;

    /// <summary>Writes the state.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one is still there.</exception>
    public static void Save(string path, string configuration, TrainingState state)
    {
        string temporary = path + ".new";
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16))
        {
            using (BinaryWriter writer = new(file, Encoding.UTF8, leaveOpen: true))
                Write(writer, configuration, state);
            byte[] hash = HashOf(file, file.Length);
            file.Write(hash);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads a state into one that was just made for the same configuration.</summary>
    /// <returns>False where there is no such file.</returns>
    /// <exception cref="InvalidDataException">The file is no checkpoint, damaged, cut short, of another version, or of another run.</exception>
    public static bool TryLoad(string path, string configuration, TrainingState state)
    {
        if (!File.Exists(path))
            return false;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        Verify(file, path);
        file.Position = Magic.Length + sizeof(int);
        using BinaryReader reader = new(file);
        string found = reader.ReadString();
        if (found != configuration)
            throw Throw.CheckpointOfAnotherRun(path, [.. RunConfiguration.Differences(found, configuration)]);
        Read(reader, state);
        return true;
    }

    private static void Verify(FileStream file, string path)
    {
        Span<byte> head = stackalloc byte[Magic.Length + sizeof(int)];
        int count = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (count < Magic.Length || !head[..Magic.Length].SequenceEqual(Magic))
            throw Throw.NoCheckpoint(path);
        long covered = file.Length - SHA256.HashSizeInBytes;
        if (count < head.Length || covered < head.Length)
            throw Throw.CheckpointDamaged(path);
        int version = BitConverter.ToInt32(head[Magic.Length..]);
        if (version != Version)
            throw Throw.CheckpointVersion(path, version, Version);

        byte[] found = HashOf(file, covered);
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        file.ReadExactly(expected);
        if (!expected.SequenceEqual(found))
            throw Throw.CheckpointDamaged(path);
    }

    /// <summary>SHA-256 of the first bytes; leaves the position behind them.</summary>
    private static byte[] HashOf(FileStream file, long length)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        file.Position = 0;
        byte[] buffer = new byte[1 << 16];
        for (long left = length; left > 0;)
        {
            int part = (int)Math.Min(left, buffer.Length);
            file.ReadExactly(buffer, 0, part);
            hash.AppendData(buffer, 0, part);
            left -= part;
        }
        return hash.GetHashAndReset();
    }

    private static void Write(BinaryWriter writer, string configuration, TrainingState state)
    {
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(configuration);
        writer.Write(state.Epoch);
        writer.Write(state.StepInEpoch);
        writer.Write(state.Step);
        writer.Write(state.EpochLoss);
        writer.Write(state.EpochWeight);
        writer.Write(state.EpochSeconds);
        writer.Write(state.BestEpoch);
        writer.Write(state.BestScore);
        writer.Write(state.ReferenceScore);
        writer.Write(state.EpochsWithoutImprovement);
        writer.Write(state.HasStoppedEarly);
        writer.Write(state.History.Count);
        foreach (EpochRecord epoch in state.History)
        {
            writer.Write(epoch.Epoch);
            writer.Write(epoch.TrainingLoss);
            Write(writer, epoch.HeldOutLoss);
            Write(writer, epoch.Metric);
            writer.Write(epoch.LearningRate);
            writer.Write(epoch.RowsPerSecond);
        }
        foreach (long count in state.Updater.StepCounts)
            writer.Write(count);
        Write(writer, state.Parameters);
        foreach (float[] moment in state.Updater.Moments)
            Write(writer, moment);
        if (state.Average is not null)
            Write(writer, state.Average.Values);
        writer.Write(state.Best is not null);
        if (state.Best is not null)
            Write(writer, state.Best);
    }

    private static void Read(BinaryReader reader, TrainingState state)
    {
        state.Epoch = reader.ReadInt32();
        state.StepInEpoch = reader.ReadInt32();
        state.Step = reader.ReadInt64();
        state.EpochLoss = reader.ReadDouble();
        state.EpochWeight = reader.ReadDouble();
        state.EpochSeconds = reader.ReadDouble();
        state.BestEpoch = reader.ReadInt32();
        state.BestScore = reader.ReadDouble();
        state.ReferenceScore = reader.ReadDouble();
        state.EpochsWithoutImprovement = reader.ReadInt32();
        state.HasStoppedEarly = reader.ReadBoolean();
        int epochs = reader.ReadInt32();
        for (int i = 0; i < epochs; i++)
            state.History.Add(new EpochRecord(reader.ReadInt32(), reader.ReadDouble(), Optional(reader), Optional(reader), reader.ReadDouble(), reader.ReadDouble()));
        for (int i = 0; i < state.Updater.StepCounts.Length; i++)
            state.Updater.StepCounts[i] = reader.ReadInt64();
        Read(reader, state.Parameters);
        foreach (float[] moment in state.Updater.Moments)
            Read(reader, moment);
        if (state.Average is not null)
            Read(reader, state.Average.Values);
        if (reader.ReadBoolean())
        {
            state.Best = GC.AllocateArray<float>(state.Parameters.Length, pinned: true);
            Read(reader, state.Best);
        }
    }

    private static void Write(BinaryWriter writer, double? value)
    {
        writer.Write(value.HasValue);
        writer.Write(value.GetValueOrDefault());
    }

    private static double? Optional(BinaryReader reader)
    {
        bool has = reader.ReadBoolean();
        double value = reader.ReadDouble();
        return has ? value : null;
    }

    private static void Write(BinaryWriter writer, float[] values) => writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));

    private static void Read(BinaryReader reader, float[] values) => reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
}
