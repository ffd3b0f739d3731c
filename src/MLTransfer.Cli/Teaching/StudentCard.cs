namespace MLTransfer.Cli.Teaching;

/// <summary>What is said of a student on its card.</summary>
internal static class StudentCard
{
    /// <summary>The student under the name of its folder, with notes of who taught it and how.</summary>
    /// <param name="student">The student.</param>
    /// <param name="folder">Where it will be saved.</param>
    /// <param name="teacher">Who taught it.</param>
    /// <param name="losses">What was minimised.</param>
    /// <param name="licence">The licence; null for the one it has.</param>
    /// <param name="notes">Other notes; of a key that is there already the new one counts.</param>
    public static Backbone Put(Backbone student, string folder, Backbone teacher, IEnumerable<DistillationLoss> losses, string? licence, IEnumerable<KeyValuePair<string, string>> notes)
    {
        var all = new Dictionary<string, string>(student.Card.Notes ?? new Dictionary<string, string>())
        {
            ["teacher"] = $"{teacher.Name}, SHA-256 {teacher.Sha256}",
            ["losses"] = string.Join("; ", losses),
        };
        foreach ((string key, string value) in notes)
            all[key] = value;
        BackboneCard card = student.Card with
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            Licence = licence ?? student.Card.Licence,
            Notes = all,
        };
        return Backbone.FromSource(card, student.Source, student.Files, student.Origin);
    }
}
