namespace MLTransfer.Text;

/// <summary>One place of a template: a special token, or a text.</summary>
/// <param name="Id">The token's id; <see cref="First"/> or <see cref="Second"/> stand for the texts.</param>
/// <param name="Type">The segment of the tokens there.</param>
internal readonly record struct TemplatePart(int Id, int Type)
{
    public const int First = -1;
    public const int Second = -2;

    public bool IsSpecial => Id >= 0;
}
