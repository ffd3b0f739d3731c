using System.Collections.Immutable;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLTransfer.Distillation.Students;
using MLTransfer.Embedding;
using MLTransfer.FineTuning;
using MLTransfer.Heads;
using MLTransfer.Internal;
using MLTransfer.Onnx.Training;

namespace MLTransfer.Distillation;

/// <summary>
/// Teaches a backbone the features of another, without any task. Where the teacher has more numbers than the student, they are projected on their own principal axes, which keeps lengths and
/// angles as far as so few numbers can, and rotated to where the student agrees with them best before it learns; where it has fewer, zeros follow.
/// </summary>
/// <param name="name">Who learns, for messages.</param>
/// <param name="environment">Where it runs.</param>
/// <param name="form">How the student reads rows.</param>
/// <param name="options">How it learns.</param>
internal sealed class BackboneDistiller(string name, IHostEnvironment environment, EmbeddingForm form, DistillBackboneOptions options)
{
    // Enough to estimate the axes of some hundred numbers.
    private const int RowsForAxes = 20_000;

    /// <param name="teacher">Whose features are taught.</param>
    /// <param name="student">The backbone that learns.</param>
    /// <param name="rows">What both read.</param>
    public DistilledBackbone Run(Teacher teacher, Backbone student, IDataView rows)
    {
        ImmutableArray<DistillationLoss> losses = options.Losses.IsEmpty
            ? [DistillationLoss.Cosine(1), DistillationLoss.Similarity(0.1, 1)] : options.Losses;
        if (losses.FirstOrDefault(l => !l.NeedsFeatures) is DistillationLoss other)
            throw Throw.LossWithoutHead(name, other);
        if (options.FineTuning.WeightColumnName is string weight)
            HeadSchema.WeightColumn(name, rows.Schema, weight);
        IHost host = environment.Register(name);
        using IChannel channel = host.Start("Distill");
        int seed = options.FineTuning.Training.Seed ?? host.Rand.Next();
        EmbeddingStep step = form.MakeStep(host, student);
        using var trainer = new BackboneTrainer(name, step, options.FineTuning, channel, seed, form.MakeViews(host, student));
        var count = new TeacherCount();
        var settings = new TeacherSettings(options.CacheFolder, options.TeacherBatchSize, options.TeacherProgress, options.FineTuning.Training.CancellationToken);
        (float[] features, int width) = new TeacherSignal(name, teacher, rows, settings, count).Features();
        if (features.Length == 0)
            throw Throw.NoTrainingRows(name, "", 0);
        channel.Info(MessageSensitivity.None, "{0}", $"{name}: the teacher ran {count.RunRows} rows; {count.CachedRows} were known.");
        var lesson = new FeatureLesson(name, Fit(features, width, trainer.FeatureCount, () => Start(host, student, step.OutputColumns[0].Name, rows, features.Length / width), channel), trainer.FeatureCount, losses, seed);
        FineTuned result = trainer.Train(rows, lesson);
        int rowCount = features.Length / width;
        EpochRecord? kept = result.Training.History.Count == 0 ? null : result.Training.History[result.Training.BestEpoch ?? result.Training.History.Count - 1];
        return new DistilledBackbone(result.Backbone, new DistillationReport(count.RunRows, count.CachedRows, rowCount, 0, result.Training.History.Count, result.Training.BestEpoch,
            result.Training.StepCount, kept?.HeldOutLoss, kept?.Metric));
    }

    /// <summary>The teacher's features in as many numbers as the student has.</summary>
    private float[] Fit(float[] features, int width, int wanted, Func<float[][]> start, IChannel channel)
    {
        if (width == wanted)
            return features;
        int count = features.Length / width;
        float[] fitted = new float[checked(count * wanted)];
        if (width < wanted)
        {
            for (int i = 0; i < count; i++)
                features.AsSpan(i * width, width).CopyTo(fitted.AsSpan(i * wanted));
            return fitted;
        }
        int every = Every(count);
        options.FineTuning.Training.CancellationToken.ThrowIfCancellationRequested();
        PrincipalAxes axes = PrincipalAxes.Find([.. Enumerable.Range(0, (count + every - 1) / every).Select(i => features.AsSpan(i * every * width, width).ToArray())], wanted, isCentred: false);
        channel.Info(MessageSensitivity.None, "{0}", $"{name}: {wanted} principal axes hold {axes.Explained:P1} of the teacher's {width} features.");
        Parallel.For(0, count, i =>
        {
            double[] projected = axes.Project(features.AsSpan(i * width, width));
            TensorPrimitives.ConvertTruncating<double, float>(projected, fitted.AsSpan(i * wanted, wanted));
        });
        // Which way the axes point is arbitrary; a student that knows something already has its own.
        var rotation = Rotation.Between([.. Enumerable.Range(0, (count + every - 1) / every).Select(i => fitted.AsSpan(i * every * wanted, wanted).ToArray())], start());
        Parallel.For(0, count, i => rotation.Apply(fitted.AsSpan(i * wanted, wanted)));
        return fitted;
    }

    /// <summary>The student's features before it learns, of every so manieth row.</summary>
    private float[][] Start(IHost host, Backbone student, string column, IDataView rows, int count)
    {
        using EmbeddingTransformer model = form.MakeTransformer(host, student);
        IDataView view = model.Transform(rows);
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[column]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(view.Schema[column]);
        VBuffer<float> vector = default;
        int every = Every(count);
        var start = new List<float[]>((count + every - 1) / every);
        for (int row = 0; row < count; row++)
        {
            if (!cursor.MoveNext())
                throw Throw.TeacherRowsChanged(name, count, row);
            options.FineTuning.Training.CancellationToken.ThrowIfCancellationRequested();
            if (row % every != 0)
                continue;
            getter(ref vector);
            start.Add([.. vector.DenseValues()]);
        }
        return [.. start];
    }

    private static int Every(int count) => (count + RowsForAxes - 1) / RowsForAxes;
}
