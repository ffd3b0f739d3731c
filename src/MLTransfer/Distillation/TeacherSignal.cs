using System.Collections.Immutable;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Internal;

namespace MLTransfer.Distillation;

/// <summary>What teachers say of the rows, together and in the student's terms: logits in the order of its classes, one logit, or estimates of a quantity.</summary>
/// <param name="step">Who learns, for messages.</param>
/// <param name="teacher">The teacher or teachers.</param>
/// <param name="data">The training rows.</param>
/// <param name="settings">How teachers are run.</param>
/// <param name="count">Adds up what was done.</param>
internal sealed class TeacherSignal(string step, Teacher teacher, IDataView data, TeacherSettings settings, TeacherCount count)
{
    // Below it a probability says no more than that the teacher is sure; log 1e-7 = −16.
    private const float LeastProbability = 1e-7f;

    // Probabilities as they are saved and rounded.
    private const double SumTolerance = 1e-3;

    // So that teachers that all know nothing still count alike.
    private const double LeastConfidence = 1e-6;

    /// <summary>Logits n × K.</summary>
    /// <param name="classes">The student's classes.</param>
    /// <param name="areNamed">Whether these are names, and not just numbers.</param>
    public float[] Classes(ImmutableArray<string> classes, bool areNamed)
    {
        int width = classes.Length;
        var all = new List<float[]>();
        foreach ((ModelTeacher member, _) in teacher.Members)
        {
            TeacherOutputs outputs = TeacherReader.Read(step, member, data, settings, count);
            if (outputs.Width != width)
                throw Throw.TeacherClassCount(step, member.ColumnName, outputs.Width, width, outputs.Labels, classes);
            float[] values = InOrder(outputs, member, classes, areNamed);
            bool areProbabilities = member.Scores == TeacherScores.Probabilities || (member.Scores == TeacherScores.Auto && (outputs.IsNormalized || AreProbabilities(values, width)));
            if (areProbabilities)
                CheckProbabilities(values, width, member.ColumnName);
            if (teacher.Members.Length == 1)
                return areProbabilities ? Logarithms(values) : values;
            all.Add(areProbabilities ? values : DistilledTargets.Softmax(values, width));
        }
        return Logarithms(Mean(all, width));
    }

    /// <summary>Logits n × 1 of two classes.</summary>
    public float[] Yes()
    {
        var all = new List<float[]>();
        foreach ((ModelTeacher member, _) in teacher.Members)
        {
            ModelTeacher read = member;
            bool areProbabilities = member.Scores == TeacherScores.Probabilities;
            DataViewSchema schema = Throw.AsTeacherError(step, () => member.Model.GetOutputSchema(data.Schema));
            if (member.Scores == TeacherScores.Auto && member.ColumnName == "Score" && schema.GetColumnOrNull("Probability")?.Type == NumberDataViewType.Single)
            {
                read = new ModelTeacher(member.Model, "Probability", TeacherScores.Probabilities, null);
                areProbabilities = true;
            }
            TeacherOutputs outputs = TeacherReader.Read(step, read, data, settings, count);
            if (outputs.Width != 1)
                throw Throw.TeacherClassCount(step, read.ColumnName, outputs.Width, 1, outputs.Labels, []);
            if (areProbabilities && Array.FindIndex(outputs.Values, p => p is < 0 or > 1) is >= 0 and int row)
                throw Throw.TeacherProbability(step, read.ColumnName, row + 1, outputs.Values[row]);
            if (teacher.Members.Length == 1)
                return areProbabilities ? [.. outputs.Values.Select(Logit)] : outputs.Values;
            all.Add([.. outputs.Values.SelectMany(v => Pair(areProbabilities ? v : Heads.Network.Logistic.Of(v)))]);
        }
        float[] mean = Mean(all, 2);
        return [.. Enumerable.Range(0, mean.Length / 2).Select(i => Logit(mean[2 * i + 1]))];

        static float[] Pair(float probability) => [1 - probability, probability];
    }

    /// <summary>Estimates n × 1.</summary>
    public float[] Estimates()
    {
        if (teacher.Weighting == TeacherWeighting.Confidence)
            throw Throw.ConfidenceOfEstimates(step);
        double total = teacher.Members.Sum(m => m.Weight);
        float[]? sum = null;
        foreach ((ModelTeacher member, double weight) in teacher.Members)
        {
            TeacherOutputs outputs = TeacherReader.Read(step, member, data, settings, count);
            if (outputs.Width != 1)
                throw Throw.TeacherClassCount(step, member.ColumnName, outputs.Width, 1, outputs.Labels, []);
            sum ??= new float[outputs.Values.Length];
            for (int i = 0; i < sum.Length; i++)
                sum[i] += (float)(weight / total * outputs.Values[i]);
        }
        return sum!;
    }

    /// <summary>Features n × F; of several teachers side by side.</summary>
    public (float[] Values, int Width) Features()
    {
        TeacherOutputs[] all = [.. teacher.Members.Select(m => TeacherReader.Read(step, m.Teacher, data, settings, count))];
        if (all.Length == 1)
            return (all[0].Values, all[0].Width);
        int width = all.Sum(o => o.Width);
        float[] values = new float[checked(all[0].RowCount * width)];
        for (int row = 0, at = 0; row < all[0].RowCount; row++)
        {
            foreach (TeacherOutputs outputs in all)
            {
                outputs.Row(row).CopyTo(values.AsSpan(at));
                at += outputs.Width;
            }
        }
        return (values, width);
    }

    private float[] InOrder(TeacherOutputs outputs, ModelTeacher member, ImmutableArray<string> classes, bool areNamed)
    {
        if (member.Labels is not null && !areNamed)
            throw Throw.TeacherNamesUnread(step, member.ColumnName);
        string[]? names = member.Labels is ImmutableArray<string> given ? [.. given] : outputs.Labels;
        if (names is null || !areNamed)
            return outputs.Values;
        int[] order = [.. classes.Select(c => Array.IndexOf(names, c))];
        if (names.Length != classes.Length || Array.IndexOf(order, -1) >= 0 || order.Distinct().Count() != order.Length)
            throw Throw.TeacherClasses(step, member.ColumnName, [.. names.Except(classes)], [.. classes.Except(names)]);
        if (order.Select((place, i) => place == i).All(same => same))
            return outputs.Values;
        float[] values = new float[outputs.Values.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = outputs.Values[i - i % order.Length + order[i % order.Length]];
        return values;
    }

    /// <summary>Σ w · p / Σ w in each row.</summary>
    private float[] Mean(List<float[]> all, int width)
    {
        float[] mean = new float[all[0].Length];
        double[] weights = new double[all.Count];
        for (int i = 0; i < mean.Length; i += width)
        {
            for (int m = 0; m < weights.Length; m++)
            {
                weights[m] = teacher.Members[m].Weight;
                if (teacher.Weighting == TeacherWeighting.Confidence)
                    weights[m] *= Confidence(all[m].AsSpan(i, width)) + LeastConfidence;
            }
            double total = weights.Sum();
            for (int m = 0; m < weights.Length; m++)
                TensorPrimitives.MultiplyAdd(all[m].AsSpan(i, width), (float)(weights[m] / total), mean.AsSpan(i, width), mean.AsSpan(i, width));
        }
        return mean;
    }

    /// <summary>1 − H(p) / log K.</summary>
    private static double Confidence(ReadOnlySpan<float> probabilities)
    {
        double entropy = 0;
        foreach (float p in probabilities)
            entropy -= p > 0 ? p * Math.Log(p) : 0;
        return Math.Max(0, 1 - entropy / Math.Log(probabilities.Length));
    }

    private static bool AreProbabilities(float[] values, int width)
    {
        for (int i = 0; i < values.Length; i += width)
        {
            double sum = 0;
            foreach (float value in values.AsSpan(i, width))
            {
                if (value is < 0 or > 1)
                    return false;
                sum += value;
            }
            if (Math.Abs(sum - 1) > SumTolerance)
                return false;
        }
        return true;
    }

    private void CheckProbabilities(float[] values, int width, string column)
    {
        if (Array.FindIndex(values, p => p is < 0 or > 1) is >= 0 and int place)
            throw Throw.TeacherProbability(step, column, place / width + 1, values[place]);
    }

    private static float[] Logarithms(float[] probabilities) => [.. probabilities.Select(p => MathF.Log(Math.Max(p, LeastProbability)))];

    private static float Logit(float probability)
    {
        float p = Math.Clamp(probability, LeastProbability, 1 - LeastProbability);
        return MathF.Log(p / (1 - p));
    }
}
