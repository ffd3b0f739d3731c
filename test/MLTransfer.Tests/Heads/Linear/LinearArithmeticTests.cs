using MLTransfer.Heads.Linear;

namespace MLTransfer.Tests.Heads.Linear;

internal sealed class LinearArithmeticTests
{
    private static readonly Workers One = new(1);

    [TestCase(1, 1, 1)]
    [TestCase(3, 0, 5)]
    [TestCase(9, 7, 17)]
    [TestCase(67, 33, 131)]
    public unsafe void Multiply_ByAMatrixAndByATranspose_EqualsTheSums(int rows, int terms, int columns)
    {
        AlignedMatrix a = Fill(rows, terms, 1), b = Fill(terms, columns, 2), product = new(rows, columns), transposed = Fill(terms, rows, 0);
        for (int m = 0; m < rows; m++)
        {
            for (int p = 0; p < terms; p++)
                transposed.Row(p)[m] = a.Row(m)[p];
        }
        AlignedMatrix fromTransposed = new(rows, columns);
        int vectors = product.PaddedColumns / AlignedMatrix.Width;
        MatrixProduct.Multiply(a.Pointer, a.Stride, 1, rows, terms, b.Pointer, b.Stride, vectors, product.Pointer, product.Stride);
        MatrixProduct.Multiply(transposed.Pointer, 1, transposed.Stride, rows, terms, b.Pointer, b.Stride, vectors, fromTransposed.Pointer, fromTransposed.Stride);
        for (int m = 0; m < rows; m++)
        {
            for (int n = 0; n < columns; n++)
            {
                double expected = 0;
                for (int p = 0; p < terms; p++)
                    expected += (double)a.Row(m)[p] * b.Row(p)[n];
                // At most 33 float products of numbers below 1.
                Assert.That(product.Row(m)[n], Is.EqualTo(expected).Within(1e-5));
                Assert.That(fromTransposed.Row(m)[n], Is.EqualTo(product.Row(m)[n]), "The same order of additions.");
            }
        }
    }

    [Test]
    public void AlignedMatrix_LargerThanAnArray_IsRefusedBeforeAnythingIsAllocated()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => new AlignedMatrix(int.MaxValue, 2), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("2147483647 rows of 2 numbers"));
        // The error itself and the assertion.
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(40)]
    [TestCase(101)]
    public void Decompose_GivesOrthonormalVectorsThatRebuildTheMatrix(int n)
    {
        Random random = new(n);
        double[] matrix = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
                matrix[i * n + j] = matrix[j * n + i] = random.NextDouble() - 0.5;
        }
        double[] values = new double[n];
        double[] vectors = SymmetricEigen.Decompose([.. matrix], n, values);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double rebuilt = 0, product = 0;
                for (int k = 0; k < n; k++)
                {
                    rebuilt += values[k] * vectors[k * n + i] * vectors[k * n + j];
                    product += vectors[i * n + k] * vectors[j * n + k];
                }
                // Double precision and a hundred rotations.
                Assert.That(rebuilt, Is.EqualTo(matrix[i * n + j]).Within(1e-12));
                Assert.That(product, Is.EqualTo(i == j ? 1 : 0).Within(1e-12));
            }
        }
    }

    [TestCase(60, 8)]
    [TestCase(400, 90)]
    [TestCase(700, 300)]
    public void Decompose_OfTheGramMatrixOfRowsThatRepeat_EndsWithAsManyValuesAsThereAreDifferentRows(int n, int different)
    {
        // Bags of few words, centred, as hashed n-grams of short texts give: most eigenvalues are 0, and many of the others are equal.
        Random random = new(n);
        double[][] bags = [.. Enumerable.Range(0, different).Select(_ => new double[1000])];
        foreach (double[] bag in bags)
        {
            for (int word = 0; word < 5; word++)
                bag[random.Next(1000)] = 16 / Math.Sqrt(5);
        }
        double[][] rows = [.. Enumerable.Range(0, n).Select(i => bags[i % different])];
        double[] gram = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                gram[i * n + j] = System.Numerics.Tensors.TensorPrimitives.Dot<double>(rows[i], rows[j]) / n;
        }
        double[] values = new double[n];
        SymmetricEigen.Decompose([.. gram], n, values);
        Assert.That(values.Count(v => Math.Abs(v) > 1e-10 * values.Max()), Is.EqualTo(different));
        Assert.That(values.Sum(), Is.EqualTo(Enumerable.Range(0, n).Sum(i => gram[i * n + i])).Within(1e-9), "the trace");
    }

    [Test]
    public void Decompose_OfZerosAndOfOneRepeatedValue_Ends()
    {
        double[] values = new double[4];
        SymmetricEigen.Decompose(new double[16], 4, values);
        Assert.That(values, Is.All.Zero);
        double[] identity = new double[16];
        for (int i = 0; i < 4; i++)
            identity[5 * i] = 2;
        SymmetricEigen.Decompose(identity, 4, values);
        Assert.That(values, Is.All.EqualTo(2));
    }

    private static IEnumerable<TestCaseData> Losses
    {
        get
        {
            yield return new TestCaseData(new SoftmaxLoss([0, 1, 2, 2, 1, 0, 4], 5)).SetArgDisplayNames("classes");
            yield return new TestCaseData(new SoftmaxLoss([.. Enumerable.Range(0, 7).SelectMany(i => new[] { 0.1f * i, 0.3f, 0.7f - 0.1f * i })], 7, 3)).SetArgDisplayNames("probabilities");
            yield return new TestCaseData(new LogisticLoss([0, 1, 0.3f, 1, 1, 0, 0.9f])).SetArgDisplayNames("logistic");
            yield return new TestCaseData(new SquaredLoss([0.5f, -1, 3, 0, 2, 1, -2])).SetArgDisplayNames("squared");
        }
    }

    [TestCaseSource(nameof(Losses))]
    public void Evaluate_Gradient_IsThatOfFiniteDifferences(object given)
    {
        LinearLoss loss = (LinearLoss)given;
        LinearObjective objective = new(Fill(7, 6, 3), loss, One);
        double[] weights = [0.3, 0.1, 0.05, 0.2, 0.15, 0.15, 0.05];
        weights.CopyTo(objective.Weights, 0);
        Random random = new(5);
        double[] point = [.. Enumerable.Range(0, objective.ParameterCount).Select(_ => random.NextDouble() - 0.5)];
        double[] gradient = new double[point.Length], ignored = new double[point.Length];
        objective.Evaluate(point, 0.1, gradient);
        double[] curvature = new double[point.Length];
        objective.SecondDerivatives(curvature);
        double[] upper = new double[point.Length], lower = new double[point.Length];
        const double Step = 1e-2;
        for (int i = 0; i < point.Length; i++)
        {
            double[] up = [.. point], down = [.. point];
            up[i] += Step;
            down[i] -= Step;
            double difference = (objective.Evaluate(up, 0.1, upper) - objective.Evaluate(down, 0.1, lower)) / (2 * Step);
            // Scores are floats (6e-8 of a loss near 1 over a step of 1e-2 is 1e-5); the third derivative adds at most Step² / 6.
            Assert.That(gradient[i], Is.EqualTo(difference).Within(1e-4), $"parameter {i}");
            double penalty = i < objective.OutputCount * objective.AxisCount ? 0.1 : 0;
            Assert.That(curvature[i], Is.EqualTo((upper[i] - lower[i]) / (2 * Step) - penalty).Within(1e-4), $"second derivative {i}");
        }
    }

    [Test]
    public void Differentiate_OneRowByHand()
    {
        float[] scores = [0, MathF.Log(3)], curvatures = new float[2];
        Assert.That(new SoftmaxLoss([1], 2).Differentiate(0, scores, curvatures), Is.EqualTo(Math.Log(4.0 / 3)).Within(1e-6));
        Assert.That(scores, Is.EqualTo(new[] { 0.25f, -0.25f }).Within(1e-6));
        Assert.That(curvatures, Is.EqualTo(new[] { 0.1875f, 0.1875f }).Within(1e-6));
        float[] score = [-MathF.Log(3)];
        Assert.That(new LogisticLoss([1]).Differentiate(0, score, curvatures), Is.EqualTo(Math.Log(4)).Within(1e-6));
        Assert.That(score[0], Is.EqualTo(-0.75f).Within(1e-6));
    }

    [Test]
    public void Minimize_ScoresBeyondFloatExponents_StaysFinite()
    {
        float[] scores = [1000, -1000], curvatures = new float[2];
        Assert.That(new SoftmaxLoss([1], 2).Differentiate(0, scores, curvatures), Is.EqualTo(2000).Within(1e-3));
        float[] score = [-1000];
        Assert.That(new LogisticLoss([1]).Differentiate(0, score, curvatures), Is.EqualTo(1000).Within(1e-3));
    }

    [TestCase(40, 12, 1)]
    [TestCase(12, 40, 1)]
    [TestCase(1, 3, 1)]
    [TestCase(300, 70, 3)]
    public void Create_OnAnyNumberOfThreads_GivesTheSameBytes_AndScoresOfRawFeatures(int rows, int features, int threads)
    {
        AlignedMatrix raw = Fill(rows, features, 11);
        double[] weights = [.. Enumerable.Repeat(1.0 / rows, rows)];
        FeatureBasis basis = FeatureBasis.Create(Fill(rows, features, 11), weights, FeatureScaling.Standardize, new Workers(threads));
        FeatureBasis other = FeatureBasis.Create(Fill(rows, features, 11), weights, FeatureScaling.Standardize, new Workers(threads + 3));
        Assert.That(basis.AxisCount, Is.LessThanOrEqualTo(Math.Min(rows, features)));
        double[] along = [.. Enumerable.Range(0, basis.AxisCount).Select(j => j % 3 - 1.0)];
        (float[] w, float b) = basis.ToRaw(along, 0.5);
        for (int i = 0; i < rows; i++)
        {
            Assert.That(basis.Rows.Row(i).SequenceEqual(other.Rows.Row(i)), Is.True);
            double inAxes = 0.5, inRaw = b;
            for (int j = 0; j < along.Length; j++)
                inAxes += along[j] * basis.Rows.Row(i)[j];
            for (int d = 0; d < features; d++)
                inRaw += (double)w[d] * raw.Row(i)[d];
            // Float features of deviation 1 in up to 70 axes.
            Assert.That(inRaw, Is.EqualTo(inAxes).Within(1e-4));
        }
    }

    [TestCase(FeatureScaling.Auto)]
    [TestCase(FeatureScaling.Common)]
    public void Create_SparseRows_KeepTheirProportions_WithVariancesThatSumTo256(FeatureScaling scaling)
    {
        // A word in every second row, and one in a single row: standardising would make the rare one weigh √15 times as much.
        AlignedMatrix features = new(16, 12);
        for (int i = 0; i < 16; i += 2)
            features.Row(i)[3] = 1;
        features.Row(5)[7] = 1;
        double[] weights = [.. Enumerable.Repeat(1 / 16.0, 16)];
        FeatureBasis basis = FeatureBasis.Create(features, weights, scaling, new Workers(2));
        Assert.That(basis.Variances.Sum(), Is.EqualTo(256).Within(1e-3));
        Assert.That(Distance(basis, 0, 1), Is.EqualTo(Distance(basis, 5, 1)).Within(1e-4), "both differ by one word");
    }

    [TestCase(FeatureScaling.Auto)]
    [TestCase(FeatureScaling.Standardize)]
    public void Create_DenseRows_AreStandardised(FeatureScaling scaling)
    {
        AlignedMatrix features = Fill(60, 5, 3);
        for (int i = 0; i < 60; i++)
            features.Row(i)[2] *= 100;
        FeatureBasis basis = FeatureBasis.Create(features, [.. Enumerable.Repeat(1 / 60.0, 60)], scaling, new Workers(2));
        Assert.That(basis.Variances.Sum(), Is.EqualTo(5).Within(1e-4), "five features of variance 1");
    }

    [Test]
    public void Deal_KeepsStrataEven_AndTheOnlyRowOfAStratumInTraining()
    {
        int[] strata = [0, 0, 0, 0, 1, 1, 1, 1, 2];
        int[] folds = StratifiedFolds.Deal(strata, 2, seed: 3);
        Assert.That(folds[8], Is.EqualTo(-1));
        Assert.That(folds[..4].Count(f => f == 0), Is.EqualTo(2));
        Assert.That(folds[4..8].Count(f => f == 0), Is.EqualTo(2));
        Assert.That(StratifiedFolds.Deal(strata, 2, seed: 3), Is.EqualTo(folds));
    }

    private static double Distance(FeatureBasis basis, int a, int b) =>
        Math.Sqrt(Enumerable.Range(0, basis.AxisCount).Sum(j => Math.Pow(basis.Rows.Row(a)[j] - basis.Rows.Row(b)[j], 2)));

    private static AlignedMatrix Fill(int rows, int columns, int seed)
    {
        Random random = new(seed);
        AlignedMatrix matrix = new(rows, columns);
        for (int i = 0; i < rows; i++)
        {
            foreach (ref float value in matrix.Row(i))
                value = random.NextSingle() - 0.3f;
        }
        return matrix;
    }
}
