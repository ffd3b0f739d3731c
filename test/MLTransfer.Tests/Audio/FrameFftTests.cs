using System.Numerics;
using MLTransfer.Audio;

namespace MLTransfer.Tests.Audio;

internal sealed class FrameFftTests
{
    // Every radix: 2, 3, 4, 5, general primes, and their mixtures.
    [TestCase(2)]
    [TestCase(4)]
    [TestCase(6)]
    [TestCase(8)]
    [TestCase(10)]
    [TestCase(14)]
    [TestCase(16)]
    [TestCase(62)]
    [TestCase(64)]
    [TestCase(200)]
    [TestCase(256)]
    [TestCase(400)]
    [TestCase(420)]
    [TestCase(512)]
    [TestCase(882)]
    public void Power_IsTheSumOverEverySample(int size)
    {
        int lanes = Vector<double>.Count;
        var random = new Random(size);
        double[][] frames = [.. Enumerable.Range(0, lanes).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5).ToArray())];
        var fft = new FrameFft(size);
        var work = new Vector<double>[fft.WorkLength];
        for (int n = 0; n < size; n++)
            work[(n % 2 == 0 ? 0 : size / 2) + n / 2] = new Vector<double>([.. frames.Select(f => f[n])]);
        var power = new Vector<double>[size / 2 + 1];
        fft.Power(work, power);
        for (int k = 0; k <= size / 2; k++)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                Complex sum = Complex.Zero;
                for (int n = 0; n < size; n++)
                    sum += frames[lane][n] * Complex.FromPolarCoordinates(1, -2 * Math.PI * ((long)k * n % size) / size);
                double expected = sum.Real * sum.Real + sum.Imaginary * sum.Imaginary;
                Assert.That(power[k][lane], Is.EqualTo(expected).Within(1e-12 * size), $"bin {k}, lane {lane}: double precision");
            }
        }
    }

    [TestCase(2, true)]
    [TestCase(400, true)]
    [TestCase(62, true)]
    [TestCase(65_536, true)]
    [TestCase(401, false)]
    [TestCase(0, false)]
    [TestCase(-2, false)]
    [TestCase(74, false)]
    public void IsSupported_IsEvenAndOfSmallPrimes(int size, bool expected) => Assert.That(FrameFft.IsSupported(size), Is.EqualTo(expected));
}
