using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Heads.Network;

/// <summary>The annotations by which ML.NET recognises the columns of one scorer.</summary>
internal static class ScoreAnnotations
{
    private const string SetId = "ScoreColumnSetId";

    /// <summary>Adds the three that every column of a scorer has.</summary>
    /// <param name="annotations">Receives them.</param>
    /// <param name="input">The schema that the columns are added to: the set's number is the next free one.</param>
    /// <param name="task">"MulticlassClassification", "BinaryClassification", "Regression" or, which ML.NET has no evaluator for, "MultilabelClassification".</param>
    /// <param name="valueKind">"Score", "Probability" or "PredictedLabel".</param>
    public static void Add(DataViewSchema.Annotations.Builder annotations, DataViewSchema input, string task, string valueKind)
    {
        uint largest = 0;
        foreach (DataViewSchema.Column column in input)
        {
            if (column.Annotations.Schema.GetColumnOrNull(SetId) is not { Type: KeyDataViewType key } || key.RawType != typeof(uint))
                continue;
            uint found = 0;
            column.Annotations.GetValue(SetId, ref found);
            largest = Math.Max(largest, found);
        }
        uint id = largest + 1;
        annotations.Add(SetId, new KeyDataViewType(typeof(uint), int.MaxValue), (ref uint value) => value = id);
        AddText(annotations, "ScoreColumnKind", task);
        AddText(annotations, "ScoreValueKind", valueKind);
    }

    /// <summary>Says that the values are probabilities.</summary>
    public static void AddIsNormalized(DataViewSchema.Annotations.Builder annotations) =>
        annotations.Add("IsNormalized", BooleanDataViewType.Instance, (ref bool value) => value = true);

    private static void AddText(DataViewSchema.Annotations.Builder annotations, string name, string text) =>
        annotations.Add(name, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());
}
