using MLTransfer.Heads.Network;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;

namespace MLTransfer.Distillation;

/// <summary>
/// What losses on features read of a student: its features as they are, and its features as the teacher's size has them. Appended behind the logits, so that one prediction holds all:
/// [logits | projected | features].
/// </summary>
internal sealed class FeatureMatch
{
    /// <summary>What the names of the projection's weights begin with.</summary>
    public const string Prefix = "mltransfer_hint_";

    private readonly bool _usesProjected;
    private readonly bool _usesFeatures;

    /// <param name="studentWidth">S, numbers of the student's feature.</param>
    /// <param name="teacherWidth">F, numbers of the teacher's.</param>
    /// <param name="losses">The terms.</param>
    /// <param name="seed">Decides the projection's start weights.</param>
    public FeatureMatch(int studentWidth, int teacherWidth, IEnumerable<DistillationLoss> losses, int seed)
    {
        DistillationTerm[] terms = [.. losses.Select(l => l.Term)];
        StudentWidth = studentWidth;
        TeacherWidth = teacherWidth;
        _usesProjected = terms.Any(IsOfProjected);
        _usesFeatures = terms.Any(t => t >= DistillationTerm.Hint && !IsOfProjected(t));
        if (_usesProjected && studentWidth != teacherWidth)
            Projection = HeadNetwork.Create(HeadArchitecture.Linear, studentWidth, teacherWidth, seed + 1);
    }

    public int StudentWidth { get; }

    public int TeacherWidth { get; }

    /// <summary>The learned map from S to F, thrown away after training; null where none is needed.</summary>
    public HeadNetwork? Projection { get; }

    /// <summary>Numbers of the prediction behind the logits.</summary>
    public int Width => (_usesProjected ? TeacherWidth : 0) + (_usesFeatures ? StudentWidth : 0);

    /// <summary>Where a term's numbers begin behind the logits, and how many they are.</summary>
    public (int Start, int Width) Place(DistillationTerm term) => IsOfProjected(term) ? (0, TeacherWidth) : (_usesProjected ? TeacherWidth : 0, StudentWidth);

    /// <summary>Appends the whole prediction.</summary>
    /// <param name="graph">Has logits and features.</param>
    /// <param name="logits">[rows, K]; null for none.</param>
    /// <param name="features">[rows, S].</param>
    /// <param name="rows">The axis of rows.</param>
    public string Append(GraphBuilder graph, string? logits, string features, OnnxDimension rows)
    {
        List<string> parts = logits is null ? [] : [logits];
        if (_usesProjected)
            parts.Add(Projection is null ? features : Projection.Append(graph, features, rows, Prefix, isTraining: false));
        if (_usesFeatures)
            parts.Add(features);
        return parts.Count == 1 ? parts[0] : graph.Node("Concat", [.. parts], graph.Free("mltransfer_prediction"), OnnxAttribute.Of("axis", 1L));
    }

    /// <summary>The projection's weights as the loop trains them.</summary>
    public IEnumerable<TrainedTensor> Trained() => Projection?.Trained(Prefix) ?? [];

    private static bool IsOfProjected(DistillationTerm term) => term is DistillationTerm.Hint or DistillationTerm.Cosine;
}
