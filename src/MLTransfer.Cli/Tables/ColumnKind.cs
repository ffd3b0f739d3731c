namespace MLTransfer.Cli.Tables;

/// <summary>What a column of a table holds, and the array that holds it in a <see cref="TableBatch"/>.</summary>
internal enum ColumnKind
{
    /// <summary>Text: <c>string?[]</c>.</summary>
    Text,

    /// <summary>Whole numbers of 64 bits: <c>long?[]</c>.</summary>
    Whole,

    /// <summary>Numbers of double precision: <c>double?[]</c>.</summary>
    Real,

    /// <summary>Numbers of single precision: <c>float?[]</c>.</summary>
    Single,

    /// <summary>True or false: <c>bool?[]</c>.</summary>
    Flag,

    /// <summary>As many numbers of single precision in every row: <c>float[]</c>, row after row.</summary>
    Vector,
}
