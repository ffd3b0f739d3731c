namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception StudentTextNull(long index, string texts) => new ArgumentException(
        $"The text at index {index} is null. Leave such rows out, or make them empty texts.", texts);

    public static Exception StudentWithoutWords(long count, string texts) => new ArgumentException(
        $"A student's vocabulary is made of the words of texts, but the {count} text(s) given hold none. Give the texts that it is to be trained on.", texts);

    public static Exception StudentVocabularyOfTeacher(string prefix, bool cleans) => new NotSupportedException(
        $"The teacher's tokenizer marks pieces inside a word by '{prefix}' and {(cleans ? "drops" : "keeps")} control characters; a vocabulary is cut only from one that marks them by '##' and drops control characters. " +
        "Leave Teacher out, so that the vocabulary is learnt from the texts.");

    public static Exception StudentOption(string option, object? value, string expected) => new ArgumentOutOfRangeException(option, value, $"{option} must be {expected}.");

    public static Exception StudentOptions(string message, string option) => new ArgumentException(message, option);

    public static Exception StudentTeacherShape(string teacher, string ids, Pooling pooling) => new NotSupportedException(
        $"The teacher '{teacher}' cannot be asked for features of single tokens: its input is {ids} and its pooling {pooling}; expected open axes of rows and tokens, and one vector for each row. " +
        "Export it with dynamic axes, choose another pooling with Backbone.WithFeature, or leave Teacher out.");
}
