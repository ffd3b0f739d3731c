namespace MLTransfer;

/// <summary>What a distillation did.</summary>
/// <param name="TeacherRowsRun">Distinct rows that teachers ran; 0 where all were in the cache.</param>
/// <param name="TeacherRowsCached">Distinct rows whose outputs were found in the cache on disk.</param>
/// <param name="RowCount">Training rows.</param>
/// <param name="LabelledRowCount">Those with a label.</param>
/// <param name="EpochCount">Whole epochs that were made.</param>
/// <param name="BestEpoch">The index of the epoch whose weights were kept; null where no held-out rows decided.</param>
/// <param name="StepCount">Updates of the weights.</param>
/// <param name="HeldOutLoss">The loss of the rows held out, of the weights that were kept; null where none were.</param>
/// <param name="HeldOutAgreement">
/// On the rows held out: the share of rows on which student and teacher give the same answer; of a quantity R² to the teacher's estimate; of features the mean cosine to the teacher's. Null
/// where no rows were held out.
/// </param>
public sealed record DistillationReport(
    long TeacherRowsRun, long TeacherRowsCached, int RowCount, int LabelledRowCount, int EpochCount, int? BestEpoch, long StepCount, double? HeldOutLoss, double? HeldOutAgreement);
