namespace MLTransfer.Embedding;

/// <summary>What takes one place in a run: a row of the window, or one of the windows that a long clip is cut into.</summary>
/// <param name="Slot">The row's slot.</param>
/// <param name="Number">Which piece of the row, from zero.</param>
internal readonly record struct Piece(int Slot, int Number);
