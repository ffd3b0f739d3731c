using System.Collections.Immutable;
using Microsoft.ML;

namespace MLTransfer.Distillation;

/// <summary>One model that teaches.</summary>
internal sealed class ModelTeacher(ITransformer model, string columnName, TeacherScores scores, ImmutableArray<string>? labels) : Teacher
{
    public ITransformer Model => model;

    /// <summary>The column of its scores or features.</summary>
    public string ColumnName => columnName;

    public TeacherScores Scores => scores;

    /// <summary>Names of its classes, where the user gave them.</summary>
    public ImmutableArray<string>? Labels => labels;

    internal override ImmutableArray<(ModelTeacher Teacher, double Weight)> Members => [(this, 1)];
}

/// <summary>Several.</summary>
internal sealed class TeacherEnsemble(TeacherWeighting weighting, ImmutableArray<(ModelTeacher Teacher, double Weight)> members) : Teacher
{
    internal override ImmutableArray<(ModelTeacher Teacher, double Weight)> Members => members;

    internal override TeacherWeighting Weighting => weighting;
}
