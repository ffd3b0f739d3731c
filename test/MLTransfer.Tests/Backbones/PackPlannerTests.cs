using MLTransfer.Backbones;

namespace MLTransfer.Tests.Backbones;

internal sealed class PackPlannerTests
{
    [TestCase(new int[0], 10, 100, false, new int[0], TestName = "Plan_NoRows_MakesNoPack")]
    [TestCase(new[] { 2, 3, 3, 5 }, 9, 100, false, new[] { 3, 4 }, TestName = "Plan_PaddedToTheLongest_StaysWithinTheBudget")]
    [TestCase(new[] { 1, 50, 60 }, 10, 100, false, new[] { 1, 2, 3 }, TestName = "Plan_RowLongerThanTheBudget_RunsAlone")]
    [TestCase(new[] { 1, 1, 1, 1, 1 }, 100, 2, false, new[] { 2, 4, 5 }, TestName = "Plan_RowLimit_CutsFullPacks")]
    [TestCase(new[] { 2, 2, 3, 3, 3 }, 100, 100, true, new[] { 2, 5 }, TestName = "Plan_EqualLengthsOnly_CutsWhereTheLengthChanges")]
    [TestCase(new[] { int.MaxValue, int.MaxValue }, int.MaxValue, 100, false, new[] { 1, 2 }, TestName = "Plan_HugeLengths_DoNotOverflow")]
    public void Plan(int[] lengths, int budget, int rowLimit, bool equalLengthsOnly, int[] expected)
    {
        List<int> ends = [7];
        PackPlanner.Plan(lengths, budget, rowLimit, equalLengthsOnly, ends);
        Assert.That(ends, Is.EqualTo(expected));
    }
}
