using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.Heads.Network;

namespace MLTransfer;

/// <summary>
/// A multilayer perceptron on a feature column, for yes or no. Made by <see cref="TransferCatalog.MlpHead(BinaryClassificationCatalog.BinaryClassificationTrainers, MlpHeadOptions)"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Machine learning task</term><description>Binary classification</description></item>
/// <item><term>Is normalization required?</term><description>No: features are standardised inside, and the scaling is folded into the first layer.</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once, into memory.</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MLTransfer, to train, to load and to score.</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes.</description></item>
/// </list>
/// <para>Formula: with z the scaled features and h₀ = z, each hidden layer gives hₗ = dropout(activation(norm(Wₗ · hₗ₋₁ + bₗ))), the logit is x = w · h + b and p = 1 / (1 + exp(−x)). Minimises
/// the mean of <see cref="MlpHeadOptions.Loss"/>, by default −t · log p − (1 − t) · log(1 − p), over the rows by gradient steps from random weights.</para>
/// <para>Inputs: features <c>Vector&lt;Single, D&gt;</c>; label Boolean, or Single: the probability of true (NaN: missing, the row is skipped and counted in a warning); optional weight, Single.</para>
/// <para>Outputs: Score, the logit; Probability = 1 / (1 + exp(−Score)); PredictedLabel, Boolean, true where Score is above 0.</para>
/// <para>Use when: the label is yes or no, there are some hundred rows or more, and <see cref="BinaryLinearHead"/> was measured to be worse.</para>
/// <para>Related: <see cref="BinaryLinearHead"/>, <see cref="MulticlassMlpHead"/>.</para>
/// <para>Reference: Rumelhart, Hinton and Williams (1986), "Learning representations by back-propagating errors"; Loshchilov and Hutter (2019), "Decoupled weight decay regularization" (the default optimizer).</para>
/// </remarks>
public sealed class BinaryMlpHead : MlpHeadEstimator
{
    internal BinaryMlpHead(IHostEnvironment environment, MlpHeadOptions options)
        : base(environment, "MlpHead (binary)", options) => options.Targets.CheckForClasses(Step);

    private protected override HeadLabels Labels(DataViewSchema.Column label, TargetOptions options, int lastWidth) => new BinaryLabels(Step, label, options);

    private protected override SchemaShape Promise(SchemaShape input, string labelColumn) => BinaryLabels.Promise(Step, input, labelColumn);
}
