using System.Collections.Immutable;
using MLTransfer.FineTuning;
using MLTransfer.Internal;

namespace MLTransfer.Distillation;

/// <summary>Refuses combinations of losses, teachers and students that make no sense, before anything runs.</summary>
internal static class LossCheck
{
    public static void Check(string step, FineTuneTask task, DistilledOptions options, ImmutableArray<DistillationLoss> losses)
    {
        bool isQuantity = task == FineTuneTask.Regression;
        foreach (DistillationLoss loss in losses)
        {
            if (loss.Term is DistillationTerm.Hinton or DistillationTerm.Decoupled && isQuantity)
                throw Throw.LossOfOtherTask(step, loss, "classes", nameof(DistillationLoss.Estimate));
            if (loss.Term == DistillationTerm.Estimate && !isQuantity)
                throw Throw.LossOfOtherTask(step, loss, "a quantity", nameof(DistillationLoss.Hinton));
            if (loss.Term == DistillationTerm.Decoupled && task == FineTuneTask.Binary)
                throw Throw.DecoupledNeedsClasses(step, 2);
        }
        bool scores = losses.Any(l => l.NeedsScores), features = losses.Any(l => l.NeedsFeatures);
        if (!scores && !losses.Any(l => l.NeedsLabels))
            throw Throw.NothingTeachesScores(step, losses);
        Match(step, nameof(DistilledOptions.Teacher), options.Teacher is not null, scores, "scores (Hinton, Decoupled, Estimate)");
        Match(step, nameof(DistilledOptions.FeatureTeacher), options.FeatureTeacher is not null, features, "features (Hint, Cosine, RelationalDistance, RelationalAngle, Similarity)");
        if (features && options.Student.HeadOptions is { HiddenUnits.Count: 0 })
            throw Throw.FeaturesOfLinearStudent(step);
        if (options.FeatureTeacher is Teacher several && (several.Weighting != TeacherWeighting.Fixed || several.Members.Any(m => m.Weight != several.Members[0].Weight)))
            throw Throw.WeightedFeatures(step);
        if (isQuantity && options.Teacher?.Weighting == TeacherWeighting.Confidence)
            throw Throw.ConfidenceOfEstimates(step);
    }

    private static void Match(string step, string option, bool isGiven, bool isRead, string losses)
    {
        if (isGiven != isRead)
            throw Throw.TeacherAndLosses(step, option, isGiven, losses);
    }
}
