using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Training.Curves;

/// <summary>A real model, made ready for training as fine-tuning does it and divided where a golden curve begins to train: what its frozen part makes of the rows is computed once.</summary>
internal sealed class FrozenPart : IDisposable
{
    private readonly OnnxModel _file;
    private readonly string _name;
    private readonly string _folder;

    /// <param name="golden">The model and what is trained of it.</param>
    /// <param name="append">Appends the head behind the model and gives back the name of its logits.</param>
    public FrozenPart(GoldenCurve golden, Func<GraphBuilder, string> append)
    {
        _name = golden.Model[..golden.Model.IndexOf('/')];
        string file = Path.Combine(RealAssets.Model(_name), golden.Model[(_name.Length + 1)..]);
        _folder = Path.GetDirectoryName(file)!;
        _file = ModelSource.FromFile(file).Read();
        OnnxModel model = OpenAxes.Name(WeightUnfolding.Unfold(OpsetUpgrade.Raise(_file, _name, _folder)));
        GraphBuilder builder = GraphBuilder.On(model);
        string logits = append(builder);
        string[] trained = [.. golden.Trained, .. builder.Build().Graph.Initializers.Select(t => t.Name).Where(n => n.StartsWith(CurveTraining.Head, StringComparison.Ordinal))];
        OnnxModel whole = builder.Build();
        Split = PrefixSplit.Of(whole, [logits], trained, ProbedShapes.Of(whole, _name, _folder));
        Parameters = trained;
    }

    public PrefixSplit Split { get; }

    public string[] Parameters { get; }

    /// <summary>The one value that is handed over, for each row without its padding.</summary>
    /// <param name="sources">The model's inputs.</param>
    /// <param name="rowCount">Rows.</param>
    /// <param name="rowsPerRun">Rows in a run.</param>
    /// <param name="lengthOf">Each row's part of a padded axis; null where there is none.</param>
    public IRowStore Run(IRowSource[] sources, int rowCount, int rowsPerRun, Func<int, int>? lengthOf = null)
    {
        using var session = OnnxSession.Create(ModelSource.FromMemory(Split.Prefix!.ToBytes(), _name, _folder), new SessionSettings(), warn: null);
        var store = new SpillStore(new MemoryBudget(1L << 30), "frozen part");
        store.Reserve(rowCount);
        IRowSource[] used = [.. sources.Where(s => session.Inputs.Any(i => i.Name == s.InputName))];
        RowTensor[] tensors = [.. used.Select(s => s.CreateTensor())];
        foreach (int[] rows in Enumerable.Range(0, rowCount).Chunk(rowsPerRun))
        {
            int longest = lengthOf is null ? 1 : rows.Max(lengthOf);
            OrtValue[] inputs = [.. tensors.Select(t => t.Fill(rows, longest, default(StepInfo)))];
            using IDisposableReadOnlyCollection<OrtValue> made = session.RunAllocating([.. used.Select(s => s.InputName)], inputs, [Split.Border[0].Name], rows.Length);
            ReadOnlySpan<float> values = made[0].GetTensorDataAsSpan<float>();
            int size = values.Length / rows.Length;
            for (int i = 0; i < rows.Length; i++)
                store.Set(rows[i], values.Slice(i * size, lengthOf is null ? size : size / longest * lengthOf(rows[i])));
        }
        foreach (RowTensor tensor in tensors)
            tensor.Dispose();
        return store;
    }

    public void Dispose() => _file.Dispose();
}
