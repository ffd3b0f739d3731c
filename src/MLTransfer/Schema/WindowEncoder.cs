using Microsoft.ML;
using MLTransfer.Features;

namespace MLTransfer.Schema;

/// <summary>
/// Reads the contents of up to a window of rows and turns them into features. Belongs to one cursor or row, whose disposing disposes it and returns what it rented.
/// Not thread-safe.
/// </summary>
internal abstract class WindowEncoder : IDisposable
{
    /// <summary>Binds to the row (a cursor moves it) that <see cref="Read"/> will read from.</summary>
    public abstract void Bind(DataViewRow row);

    /// <summary>Copies the current row's content into a slot.</summary>
    public abstract void Read(int slot);

    /// <summary>Whether the window may take another row after <paramref name="count"/> were read: false where what they hold is large enough.</summary>
    public virtual bool HasRoom(int count) => true;

    /// <summary>Whether the row of an encoded slot is to be left out.</summary>
    public virtual bool IsLeftOut(int slot) => false;

    /// <summary>Computes the features of slots 0 to <paramref name="count"/> − 1.</summary>
    public abstract void Encode(int count);

    /// <summary>An output of an encoded slot.</summary>
    public abstract FeatureBlock Output(int slot, int output);

    public abstract void Dispose();
}
