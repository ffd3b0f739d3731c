namespace MLTransfer.Export;

/// <summary>What a head predicts.</summary>
internal enum HeadTask
{
    Multiclass,
    Binary,
    Multilabel,
    Regression,
}
