using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Tests.Support;

/// <summary>Values of columns for assertions.</summary>
internal static class Columns
{
    public static float[][] Vectors(IDataView data, string column) => [.. data.GetColumn<VBuffer<float>>(column).Select(v => v.DenseValues().ToArray())];

    public static void AssertEqual(float[][] actual, float[][] expected, float tolerance, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.That(actual[row], Has.Length.EqualTo(expected[row].Length), $"{what}, row {row}");
            for (int i = 0; i < expected[row].Length; i++)
                Assert.That(actual[row][i], Is.EqualTo(expected[row][i]).Within(tolerance), $"{what}, row {row}, number {i}");
        }
    }
}
