using MLTransfer.Distillation;

namespace MLTransfer.Tests.Distillation;

internal sealed class RotationTests
{
    [Test]
    public void Between_TurnedVectors_FindsTheTurn()
    {
        // A turn by 30 degrees in the first two numbers, and a mirrored third.
        double c = Math.Cos(Math.PI / 6), s = Math.Sin(Math.PI / 6);
        float[][] from = Vectors(20, 3);
        float[][] to = [.. from.Select(v => new[] { (float)(c * v[0] - s * v[1]), (float)(s * v[0] + c * v[1]), -v[2] })];
        var rotation = Rotation.Between(from, to);
        float[][] turned = Apply(rotation, from);
        for (int i = 0; i < from.Length; i++)
            Assert.That(turned[i], Is.EqualTo(to[i]).Within(1e-5));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(4)]
    public void Between_VectorsOfFewDirections_KeepsLengthsAndAngles(int rank)
    {
        float[][] all = Vectors(30, 6);
        float[][] from = [.. all.Select(v => v.Select((x, i) => i < rank ? x : 0).ToArray())];
        var rotation = Rotation.Between(from, Vectors(30, 6, seed: 2));
        float[][] turned = Apply(rotation, all);
        for (int i = 1; i < all.Length; i++)
        {
            Assert.That(Dot(turned[i], turned[i]), Is.EqualTo(Dot(all[i], all[i])).Within(1e-4));
            Assert.That(Dot(turned[i], turned[0]), Is.EqualTo(Dot(all[i], all[0])).Within(1e-4));
        }
    }

    [Test]
    public void Between_NoTurnFits_IsBetterThanOtherTurns()
    {
        float[][] from = Vectors(40, 4), to = Vectors(40, 4, seed: 3);
        double best = Distance(Apply(Rotation.Between(from, to), from), to);
        for (int seed = 4; seed < 24; seed++)
            Assert.That(Distance(Apply(Rotation.Between(from, Vectors(40, 4, seed)), from), to), Is.GreaterThan(best));
    }

    private static float[][] Vectors(int count, int size, int seed = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextSingle() * 2 - 1).ToArray())];
    }

    private static float[][] Apply(Rotation rotation, float[][] vectors) => [.. vectors.Select(v =>
    {
        float[] turned = [.. v];
        rotation.Apply(turned);
        return turned;
    })];

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    private static double Distance(float[][] a, float[][] b) => a.Zip(b, (x, y) => x.Zip(y, (p, q) => (double)(p - q) * (p - q)).Sum()).Sum();
}
