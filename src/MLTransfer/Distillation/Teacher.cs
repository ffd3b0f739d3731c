using System.Collections.Immutable;
using Microsoft.ML;
using MLTransfer.Distillation;
using MLTransfer.Internal;

namespace MLTransfer;

/// <summary>
/// Whoever a student learns from: any fitted model that adds scores or features to rows, or several of them. Immutable; does not own the models, which must live as long as it is used.
/// </summary>
/// <remarks>
/// The teacher runs once for each distinct row, in batches, while the student is fitted; with <see cref="DistilledOptions.CacheFolder"/> its outputs outlive the process. A fitted student
/// needs neither the teacher nor its columns.
/// </remarks>
public abstract class Teacher
{
    private protected Teacher()
    {
    }

    /// <summary>A fitted model with scores: any chain of ML.NET's and our steps that maps rows one to one.</summary>
    /// <param name="model">The model, fitted.</param>
    /// <param name="scoreColumnName">The column of its scores: <c>Vector&lt;Single, K&gt;</c> for classes, Single for two classes or a quantity.</param>
    /// <param name="scores">What they mean.</param>
    /// <param name="labels">
    /// Names of the classes in the order of the scores. Default: the column's slot names. Where there are none, scores are taken to be in the order of the student's classes.
    /// </param>
    /// <exception cref="ArgumentException">The model does not map rows one to one.</exception>
    public static Teacher FromModel(ITransformer model, string scoreColumnName = "Score", TeacherScores scores = TeacherScores.Auto, IReadOnlyList<string>? labels = null)
    {
        Check(model, scoreColumnName);
        if (!Enum.IsDefined(scores))
            throw new ArgumentOutOfRangeException(nameof(scores), scores, "There is no such meaning of scores.");
        return new ModelTeacher(model, scoreColumnName, scores, labels is null ? null : [.. labels]);
    }

    /// <summary>
    /// An ONNX classifier whose logits are taught: an embedding step whose backbone's feature is the logits (<see cref="Backbone.WithFeature"/>), unpooled and not normalised.
    /// </summary>
    /// <param name="model">The fitted step, or a chain that ends in it.</param>
    /// <param name="logitColumnName">The column of logits, <c>Vector&lt;Single, K&gt;</c>.</param>
    /// <param name="labels">Names of the K classes in the order of the logits; null for the order of the student's classes.</param>
    /// <exception cref="ArgumentException">The model does not map rows one to one.</exception>
    public static Teacher FromClassifier(ITransformer model, string logitColumnName, IReadOnlyList<string>? labels = null) =>
        FromModel(model, logitColumnName, TeacherScores.Logits, labels);

    /// <summary>Features of a fitted model, such as an embedding step: what losses on features take as their target.</summary>
    /// <param name="model">The model, fitted.</param>
    /// <param name="featureColumnName">The features, <c>Vector&lt;Single, D&gt;</c>.</param>
    /// <exception cref="ArgumentException">The model does not map rows one to one.</exception>
    public static Teacher FromFeatures(ITransformer model, string featureColumnName = "Features")
    {
        Check(model, featureColumnName);
        return new ModelTeacher(model, featureColumnName, TeacherScores.Auto, null);
    }

    /// <summary>
    /// Several teachers of one task: Σ_m w_m · p_m / Σ_m w_m, p_m their probabilities, or their estimates of a quantity (Hinton, Vinyals and Dean 2015, "Distilling the knowledge in a neural network").
    /// </summary>
    /// <param name="weighting">How much each counts.</param>
    /// <param name="members">The teachers and their weights, above 0.</param>
    /// <exception cref="ArgumentException">No member, one that is itself several, or a weight that is not above 0.</exception>
    public static Teacher Ensemble(TeacherWeighting weighting, params IReadOnlyList<(Teacher Teacher, double Weight)> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (!Enum.IsDefined(weighting))
            throw new ArgumentOutOfRangeException(nameof(weighting), weighting, "There is no such weighting of teachers.");
        if (members.Count == 0)
            throw new ArgumentException("An ensemble needs at least one teacher.", nameof(members));
        foreach ((Teacher teacher, double weight) in members)
        {
            ArgumentNullException.ThrowIfNull(teacher, nameof(members));
            if (teacher is not ModelTeacher)
                throw new ArgumentException("A member of an ensemble is itself an ensemble. List all teachers side by side.", nameof(members));
            if (!(weight > 0) || double.IsInfinity(weight))
                throw new ArgumentOutOfRangeException(nameof(members), weight, "The weight of a teacher must be above 0 and finite.");
        }
        return new TeacherEnsemble(weighting, [.. members.Select(m => ((ModelTeacher)m.Teacher, m.Weight))]);
    }

    /// <summary>The models and their weights.</summary>
    internal abstract ImmutableArray<(ModelTeacher Teacher, double Weight)> Members { get; }

    internal virtual TeacherWeighting Weighting => TeacherWeighting.Fixed;

    private static void Check(ITransformer model, string column)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(column);
        if (!model.IsRowToRowMapper)
            throw Throw.TeacherNotRowToRow(column);
    }
}
