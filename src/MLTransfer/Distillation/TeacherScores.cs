namespace MLTransfer;

/// <summary>What the scores of a teacher mean.</summary>
public enum TeacherScores
{
    /// <summary>Probabilities where the column says so or every row lies from 0 to 1 and sums to 1 (±0.001); else logits. For two classes: the Probability column where there is one, else Score as a logit.</summary>
    Auto,

    /// <summary>Probabilities of the classes.</summary>
    Probabilities,

    /// <summary>Logits: softmax (or, of one number, the logistic function) makes them probabilities.</summary>
    Logits,
}
