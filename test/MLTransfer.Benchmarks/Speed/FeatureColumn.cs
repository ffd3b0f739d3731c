using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>A column of vectors, read row by row through one cursor: the same for us and for peers that are pipelines of ML.NET.</summary>
internal static class FeatureColumn
{
    public static void Read(IDataView view, string name, Action<int, VBuffer<float>>? use)
    {
        DataViewSchema.Column column = view.Schema[name];
        using DataViewRowCursor cursor = view.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            use?.Invoke((int)cursor.Position, value);
        }
    }
}
