using System.Globalization;
using MLTransfer.Distillation;

namespace MLTransfer;

/// <summary>
/// One term of what a student minimises, with its weight. Several are added up: L = Σ_terms weight · factor(step) · Σ_i w_i · l(i) / Σ_i w_i over the rows i of a batch, w_i their weights;
/// l(i) is 0 in the term of labels where row i has none.
/// </summary>
/// <remarks>
/// x are the student's logits, t the teacher's (of a teacher that gives probabilities, their logarithms, at least log 1e-7), K the classes. Of several teachers t is the logarithm of their
/// mean probabilities. Terms on features need <see cref="DistilledOptions.FeatureTeacher"/>; the student's features are those of its last hidden layer, or its backbone's.
/// </remarks>
public sealed record DistillationLoss
{
    private DistillationLoss(DistillationTerm term, double weight)
    {
        if (!(weight > 0) || double.IsInfinity(weight))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "The weight of a loss must be above 0 and finite. Leave out a loss that is not wanted.");
        Term = term;
        Weight = weight;
    }

    /// <summary>How much the term counts.</summary>
    public double Weight { get; }

    internal DistillationTerm Term { get; }

    internal double Temperature { get; private init; } = 1;

    internal double Alpha { get; private init; }

    internal double Beta { get; private init; }

    internal double StartFactor { get; private init; } = 1;

    internal double EndFactor { get; private init; } = 1;

    internal bool NeedsLabels => Term == DistillationTerm.Hard;

    internal bool NeedsFeatures => Term >= DistillationTerm.Hint;

    internal bool NeedsScores => Term is DistillationTerm.Hinton or DistillationTerm.Decoupled or DistillationTerm.Estimate;

    /// <summary>The labels, as without a teacher: cross-entropy for classes, the logistic loss for two, the squared error of standardised quantities.</summary>
    /// <param name="weight">How much it counts.</param>
    public static DistillationLoss Hard(double weight = 0.5) => new(DistillationTerm.Hard, weight);

    /// <summary>
    /// The teacher's softened answers: l = T² · Σ_k q_k · (log q_k − log p_k) with q = softmax(t / T) and p = softmax(x / T); of two classes the same with the logistic function. T² is always
    /// applied, so that the gradient keeps its size whatever T is (Hinton, Vinyals and Dean 2015, "Distilling the knowledge in a neural network", section 2).
    /// </summary>
    /// <param name="temperature">T, above 0. Higher tells more of how the teacher ranks wrong answers.</param>
    /// <param name="weight">How much it counts.</param>
    public static DistillationLoss Hinton(double temperature = 2, double weight = 0.5) => new(DistillationTerm.Hinton, weight) { Temperature = CheckTemperature(temperature) };

    /// <summary>
    /// Decoupled distillation: l = T² · (α · TCKD + β · NCKD), the divergence of the target class against all others, and that among the others (Zhao et al. 2022, "Decoupled knowledge
    /// distillation", equation 7). The target class is the label, or the teacher's answer where there is none. Three classes or more.
    /// </summary>
    /// <param name="alpha">α, 0 or above.</param>
    /// <param name="beta">β, 0 or above.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="weight">How much it counts.</param>
    public static DistillationLoss Decoupled(double alpha = 1, double beta = 2, double temperature = 2, double weight = 0.5)
    {
        CheckFactor(alpha, nameof(alpha));
        CheckFactor(beta, nameof(beta));
        if (alpha == 0 && beta == 0)
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "α and β are both 0: nothing would be taught.");
        return new(DistillationTerm.Decoupled, weight) { Alpha = alpha, Beta = beta, Temperature = CheckTemperature(temperature) };
    }

    /// <summary>The teacher's estimate of a quantity: the squared difference to it, in units of the labels' standard deviation (of the teacher's estimates where no term reads labels).</summary>
    /// <param name="weight">How much it counts.</param>
    public static DistillationLoss Estimate(double weight = 0.5) => new(DistillationTerm.Estimate, weight);

    /// <summary>
    /// The teacher's features: the mean over them of the squared difference to the student's, which go through a learned linear map first unless both have one size; the map is thrown away
    /// (Romero et al. 2015, "FitNets: hints for thin deep nets", equation 3, whose sum over features times ½ this mean replaces).
    /// </summary>
    /// <param name="weight">How much it counts.</param>
    public static DistillationLoss Hint(double weight = 0.5) => new(DistillationTerm.Hint, weight);

    /// <summary>One minus the cosine of the teacher's and the student's features, which go through a learned linear map first unless both have one size.</summary>
    /// <param name="weight">How much it counts.</param>
    public static DistillationLoss Cosine(double weight = 0.5) => new(DistillationTerm.Cosine, weight);

    /// <summary>
    /// Distances between the rows of a batch, each side's divided by their mean: Huber's loss of the differences (Park et al. 2019, "Relational knowledge distillation", equation 5). The whole
    /// batch is run at once.
    /// </summary>
    /// <param name="weight">How much it counts; the paper has 25.</param>
    public static DistillationLoss RelationalDistance(double weight = 25) => new(DistillationTerm.RelationalDistance, weight);

    /// <summary>Angles between the rows of a batch, taken by three: Huber's loss of the differences of their cosines (the same paper, equation 8). The whole batch is run at once; costs batch³.</summary>
    /// <param name="weight">How much it counts; the paper has 50.</param>
    public static DistillationLoss RelationalAngle(double weight = 50) => new(DistillationTerm.RelationalAngle, weight);

    /// <summary>
    /// Which rows of a batch resemble a row: l = Σ_{j≠i} q_ij · (log q_ij − log p_ij) with q_i = softmax over j of cos(t_i, t_j) / T of the teacher's features, p_i of the student's (Passalis
    /// and Tefas 2018, "Learning deep representations with probabilistic knowledge transfer"; Fang et al. 2021, "SEED"). The whole batch is run at once.
    /// </summary>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="weight">How much it counts.</param>
    public static DistillationLoss Similarity(double temperature = 0.1, double weight = 0.5) => new(DistillationTerm.Similarity, weight) { Temperature = CheckTemperature(temperature) };

    /// <summary>The same term, its weight running from one multiple to another over the steps of training, in a straight line. Rows held out are judged with the plain weight.</summary>
    /// <param name="startFactor">The multiple at the first step, 0 or above.</param>
    /// <param name="endFactor">The multiple at the last, 0 or above.</param>
    public DistillationLoss WithSchedule(double startFactor, double endFactor)
    {
        CheckFactor(startFactor, nameof(startFactor));
        CheckFactor(endFactor, nameof(endFactor));
        if (startFactor == 0 && endFactor == 0)
            throw new ArgumentOutOfRangeException(nameof(endFactor), endFactor, "Both ends are 0: the loss would never count. Leave it out.");
        return this with { StartFactor = startFactor, EndFactor = endFactor };
    }

    /// <summary>The term in words.</summary>
    public override string ToString()
    {
        string settings = Term switch
        {
            DistillationTerm.Hinton or DistillationTerm.Similarity => $"T = {Number(Temperature)}, ",
            DistillationTerm.Decoupled => $"α = {Number(Alpha)}, β = {Number(Beta)}, T = {Number(Temperature)}, ",
            _ => "",
        };
        string schedule = StartFactor == 1 && EndFactor == 1 ? "" : $", from × {Number(StartFactor)} to × {Number(EndFactor)}";
        return $"{Term} ({settings}weight {Number(Weight)}{schedule})";
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static double CheckTemperature(double temperature) => temperature > 0 && double.IsFinite(temperature)
        ? temperature : throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature must be above 0 and finite; 1 leaves the teacher's answers as they are, higher softens them.");

    private static void CheckFactor(double value, string name)
    {
        if (!(value >= 0) || double.IsInfinity(value))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 or above, and finite.");
    }
}
