using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Embedding;

namespace MLTransfer.Media;

/// <summary>What the steps over images and sounds have in common: one column of paths, bytes or the modality's own values.</summary>
internal abstract class MediaStep(EmbeddingPlan plan, MediaEmbeddingOptions options) : EmbeddingStep(plan)
{
    public MediaEmbeddingOptions MediaOptions { get; } = options;

    public override IReadOnlyList<string> InputColumns { get; } = [options.InputColumnName];

    public sealed override bool LeavesRowsOut => MediaOptions.OnError == RowErrorPolicy.SkipRow;

    /// <summary>Everything between a row's content and the graph's inputs, for the key of cached features.</summary>
    public abstract string Preprocessing { get; }

    /// <summary>The source of a column that holds neither paths nor bytes.</summary>
    public abstract MediaSource CreateSource(DataViewRow row, DataViewSchema.Column column);

    protected override bool Fits(string column, DataViewType itemType, SchemaShape.Column.VectorKind kind) => kind == SchemaShape.Column.VectorKind.Scalar
        ? itemType is TextDataViewType : itemType == NumberDataViewType.Byte;
}
