using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.Heads.Network;

namespace MLTransfer;

/// <summary>
/// A multilayer perceptron on a feature column, for classes. Made by <see cref="TransferCatalog.MlpHead(MulticlassClassificationCatalog.MulticlassClassificationTrainers, MlpHeadOptions)"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Machine learning task</term><description>Multiclass classification</description></item>
/// <item><term>Is normalization required?</term><description>No: features are standardised inside, and the scaling is folded into the first layer.</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once, into memory.</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MLTransfer, to train, to load and to score.</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes.</description></item>
/// </list>
/// <para>Formula: with z the scaled features and h₀ = z, each hidden layer gives hₗ = dropout(activation(norm(Wₗ · hₗ₋₁ + bₗ))), the logits are x = W · h + b and p = softmax(x). Minimises the
/// mean of <see cref="MlpHeadOptions.Loss"/>, by default −Σ_k t_k · log p_k, over the rows by gradient steps from random weights.</para>
/// <para>Inputs: features <c>Vector&lt;Single, D&gt;</c>; label a key, or a <c>Vector&lt;Single, K&gt;</c> of class probabilities whose classes are named by its slot names (else by index);
/// optional weight, Single. Rows whose label is missing (a missing key; all probabilities NaN) are skipped and counted in a warning; features that are not finite are an error.</para>
/// <para>Outputs: Score <c>Vector&lt;Single, K&gt;</c>, the probabilities, with the class names as slot names; PredictedLabel, a key, missing where the features are not finite. A label
/// that did not occur in training has no score; the fitted <c>MapValueToKey</c> makes it a missing key, and ML.NET's evaluation leaves such rows out.</para>
/// <para>Use when: there are some hundred labels or more and <see cref="MulticlassLinearHead"/>, which has far fewer ways to go wrong, was measured to be worse.</para>
/// <para>Related: <see cref="MulticlassLinearHead"/>, <see cref="BinaryMlpHead"/>, <see cref="MultilabelMlpHead"/>, <see cref="RegressionMlpHead"/>.</para>
/// <para>Reference: Rumelhart, Hinton and Williams (1986), "Learning representations by back-propagating errors"; Loshchilov and Hutter (2019), "Decoupled weight decay regularization" (the default optimizer).</para>
/// </remarks>
public sealed class MulticlassMlpHead : MlpHeadEstimator
{
    internal MulticlassMlpHead(IHostEnvironment environment, MlpHeadOptions options)
        : base(environment, "MlpHead (multiclass)", options) => options.Targets.CheckForClasses(Step);

    private protected override HeadLabels Labels(DataViewSchema.Column label, TargetOptions options, int lastWidth) => new MulticlassLabels(Step, label, options, lastWidth);

    private protected override SchemaShape Promise(SchemaShape input, string labelColumn) => MulticlassLabels.Promise(Step, input, labelColumn);
}
