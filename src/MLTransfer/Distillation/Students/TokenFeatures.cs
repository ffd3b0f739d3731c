using MLTransfer.Internal;

namespace MLTransfer.Distillation.Students;

/// <summary>What a teacher makes of single tokens.</summary>
internal static class TokenFeatures
{
    /// <summary>A teacher of texts, or null.</summary>
    /// <exception cref="ArgumentException">It reads something else.</exception>
    public static Backbone? Checked(Backbone? teacher, string option) => teacher is null or { Tokenizer: not null }
        ? teacher : throw Throw.StudentOptions($"{option} is '{teacher.Name}', which reads {teacher.Card.Modality}. Give a text backbone.", option);
}
