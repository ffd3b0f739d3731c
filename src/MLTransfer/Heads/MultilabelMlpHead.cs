using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.Heads.Network;

namespace MLTransfer;

/// <summary>
/// A multilayer perceptron on a feature column, for labels of which a row may have any number. Made by <see cref="TransferCatalog.MultilabelMlpHead(MulticlassClassificationCatalog.MulticlassClassificationTrainers, MlpHeadOptions)"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Machine learning task</term><description>Multi-label classification: K yes/no questions at once</description></item>
/// <item><term>Is normalization required?</term><description>No: features are standardised inside, and the scaling is folded into the first layer.</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once, into memory.</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MLTransfer, to train, to load and to score.</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes.</description></item>
/// </list>
/// <para>Formula: with z the scaled features and h₀ = z, each hidden layer gives hₗ = dropout(activation(norm(Wₗ · hₗ₋₁ + bₗ))), the logits are x = W · h + b and p_k = 1 / (1 + exp(−x_k)).
/// Minimises the mean of <see cref="MlpHeadOptions.Loss"/>, by default 1/K · Σ_k (−t_k · log p_k − (1 − t_k) · log(1 − p_k)), over the rows by gradient steps from random weights. Label k is
/// said to hold where p_k ≥ θ_k. θ_k maximises F1 on rows that were not trained on (see <see cref="MlpHeadOptions.ThresholdFoldCount"/>); as if ten more rows had the label, the counts of
/// all labels together take part, because few rows say little about a threshold.</para>
/// <para>Inputs: features <c>Vector&lt;Single, D&gt;</c>; label <c>Vector&lt;Boolean, K&gt;</c> or <c>Vector&lt;Single, K&gt;</c> of 0 and 1 (or probabilities), named by its slot names (else by index):
/// what <c>MapKeyToVector(…, outputCountVector: true)</c> makes of a list of keys; optional weight, Single. A row with NaN in its label is skipped and counted in a warning.</para>
/// <para>Outputs: Score <c>Vector&lt;Single, K&gt;</c>, the probability of each label, and PredictedLabel <c>Vector&lt;Boolean, K&gt;</c>, both with the label names as slot names.</para>
/// <para>Use when: several labels may hold for one row. ML.NET has no catalog for this task; the trainer stands among the multiclass ones, which also give a score for each of K names. <see cref="TransferOperations.EvaluateMultilabel"/> measures it.</para>
/// <para>Related: <see cref="MulticlassMlpHead"/> where exactly one label holds.</para>
/// <para>Reference: Rumelhart, Hinton and Williams (1986), "Learning representations by back-propagating errors"; Fan and Lin (2007), "A study on threshold selection for multi-label classification".</para>
/// </remarks>
public sealed class MultilabelMlpHead : MlpHeadEstimator
{
    internal MultilabelMlpHead(IHostEnvironment environment, MlpHeadOptions options)
        : base(environment, "MultilabelMlpHead", options) => options.Targets.CheckForClasses(Step);

    private protected override HeadLabels Labels(DataViewSchema.Column label, TargetOptions options, int lastWidth) => new MultilabelLabels(Step, label, options);

    private protected override SchemaShape Promise(SchemaShape input, string labelColumn) => MultilabelLabels.Promise(Step, input, labelColumn);
}
