namespace MLTransfer.Distillation;

/// <summary>What a teacher says of the rows of a view, in their order.</summary>
/// <param name="Values">n × <paramref name="Width"/>.</param>
/// <param name="Width">Numbers of a row.</param>
/// <param name="Labels">Names of the numbers, where the teacher has them.</param>
/// <param name="IsNormalized">Whether the teacher's column says that they are probabilities.</param>
internal sealed record TeacherOutputs(float[] Values, int Width, string[]? Labels, bool IsNormalized)
{
    public int RowCount => Values.Length / Width;

    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Width, Width);
}
