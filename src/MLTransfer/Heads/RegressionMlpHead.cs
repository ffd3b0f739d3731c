using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.Heads.Network;

namespace MLTransfer;

/// <summary>
/// A multilayer perceptron on a feature column, for a quantity. Made by <see cref="TransferCatalog.MlpHead(RegressionCatalog.RegressionTrainers, MlpHeadOptions)"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Machine learning task</term><description>Regression</description></item>
/// <item><term>Is normalization required?</term><description>No: features are standardised inside, and the scaling is folded into the first layer.</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once, into memory.</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MLTransfer, to train, to load and to score.</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes.</description></item>
/// </list>
/// <para>Formula: with z the scaled features and h₀ = z, each hidden layer gives hₗ = dropout(activation(norm(Wₗ · hₗ₋₁ + bₗ))), the estimate is x = w · h + b. Minimises the mean of
/// <see cref="MlpHeadOptions.Loss"/>, by default (x − t)², over the rows by gradient steps from random weights; t is the label with its mean and standard deviation brought to 0 and 1, which
/// is undone in the last layer.</para>
/// <para>Inputs: features <c>Vector&lt;Single, D&gt;</c>; label Single (NaN: missing, the row is skipped and counted in a warning); optional weight, Single.</para>
/// <para>Outputs: Score, the estimate of the label.</para>
/// <para>Use when: the label is a quantity, there are some hundred rows or more, and <see cref="RegressionLinearHead"/> was measured to be worse.</para>
/// <para>Related: <see cref="RegressionLinearHead"/>, <see cref="MulticlassMlpHead"/>.</para>
/// <para>Reference: Rumelhart, Hinton and Williams (1986), "Learning representations by back-propagating errors"; Loshchilov and Hutter (2019), "Decoupled weight decay regularization" (the default optimizer).</para>
/// </remarks>
public sealed class RegressionMlpHead : MlpHeadEstimator
{
    internal RegressionMlpHead(IHostEnvironment environment, MlpHeadOptions options)
        : base(environment, "MlpHead (regression)", options) => options.Targets.CheckForRegression(Step);

    private protected override HeadLabels Labels(DataViewSchema.Column label, TargetOptions options, int lastWidth) => new RegressionLabels(Step, label, options);

    private protected override SchemaShape Promise(SchemaShape input, string labelColumn) => RegressionLabels.Promise(Step, input, labelColumn);
}
