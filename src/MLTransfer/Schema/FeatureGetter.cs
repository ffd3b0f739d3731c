using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Features;

namespace MLTransfer.Schema;

/// <summary>Getters of added columns: a copy of the feature into the caller's vector.</summary>
internal static class FeatureGetter
{
    /// <param name="column">The added column, whose type the caller must ask for.</param>
    /// <param name="feature">Gives the feature of a slot.</param>
    /// <param name="slot">Gives the current slot, or throws where there is none.</param>
    public static ValueGetter<TValue> Create<TValue>(DataViewSchema.Column column, Func<int, FeatureBlock> feature, Func<int> slot)
    {
        ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> destination) =>
        {
            FeatureBlock block = feature(slot());
            VBufferEditor<float> editor = VBufferEditor.Create(ref destination, block.Length);
            block.CopyTo(editor.Values);
            destination = editor.Commit();
        };
        return getter as ValueGetter<TValue> ?? throw Internal.Throw.GetterType(column, typeof(TValue));
    }
}
