using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MLTransfer.Export;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Persistence;
using MLTransfer.Schema;

namespace MLTransfer.Heads.Network;

/// <summary>What the logits of a fitted head mean: the columns that are made of them, for one task each. Immutable.</summary>
internal abstract record HeadOutput
{
    private const string TaskSetting = "task";

    /// <summary>K, the logits of a row.</summary>
    public abstract int LogitCount { get; }

    /// <summary>The columns, with the types and annotations that ML.NET's own scorer of the task gives.</summary>
    public abstract ImmutableArray<StepColumn> Columns { get; }

    /// <summary>Names of the classes or labels in the order of the logits; empty where there are none.</summary>
    public abstract ImmutableArray<string> Labels { get; }

    /// <summary>What an exported graph says of its outputs.</summary>
    public abstract HeadTask ExportTask { get; }

    /// <summary>Appends what <see cref="Columns"/> are made of to a graph that has the logits, as outputs of the names and types that <see cref="OnnxHead"/> lists for the task.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="logits">The logits [batch, K].</param>
    /// <param name="batch">The batch axis.</param>
    public abstract void Append(OpsetGraph graph, string logits, OnnxDimension batch);

    /// <summary>Its name in saved files.</summary>
    protected abstract string Task { get; }

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    public static HeadOutput FromJson(PayloadSettings settings)
    {
        string task = settings.Text(TaskSetting);
        return task switch
        {
            MulticlassOutput.Name => MulticlassOutput.Read(settings),
            BinaryOutput.Name => new BinaryOutput(),
            MultilabelOutput.Name => MultilabelOutput.Read(settings),
            RegressionOutput.Name => new RegressionOutput(),
            _ => throw Internal.Throw.SettingWrong(settings.Kind, TaskSetting,
                $"one of {MulticlassOutput.Name}, {BinaryOutput.Name}, {MultilabelOutput.Name}, {RegressionOutput.Name}", $"'{task}'"),
        };
    }

    public JsonObject ToJson()
    {
        var settings = new JsonObject { [TaskSetting] = Task };
        Write(settings);
        return settings;
    }

    protected virtual void Write(JsonObject settings)
    {
    }
}
