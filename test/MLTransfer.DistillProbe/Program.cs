using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLTransfer;

// TEACHER.zip ROWS.tsv CACHE BATCH CHECKPOINT STUDENT.zip MILLISECONDS [BALLAST]
// Teaches a head on rows (4 hints, 3 features, label or nothing) and saves it. Prints "row" for each row that the teacher runs, "batch RUN CACHED" after each of its batches, "step NUMBER" after each step of
// the training, and at the end "done RUN CACHED LABELLED". Rests after each batch and step. With a ballast, an error of the disk is printed as "error MESSAGE", the ballast deleted, and all begun again.
if (args.Length is not (7 or 8))
{
    await Console.Error.WriteLineAsync("usage: DistillProbe TEACHER.zip ROWS.tsv CACHE BATCH CHECKPOINT STUDENT.zip MILLISECONDS [BALLAST]");
    return 2;
}

MLContext ml = new(seed: 0);
int rest = Number(args[6]);
IDataView lines = ml.Data.LoadFromTextFile(args[1],
    [new TextLoader.Column("Hint", DataKind.Single, 0, 3), new TextLoader.Column("Features", DataKind.Single, 4, 6), new TextLoader.Column("Name", DataKind.String, 7)]);
IDataView rows = ml.Transforms.Conversion.MapValueToKey("Label", "Name", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(lines).Transform(lines);
ITransformer watched = ml.Transforms.CustomMapping<Hints, Hints>(
    (from, to) =>
    {
        Say("row");
        to.Hint = from.Hint;
    },
    "watched").Fit(rows);
var options = new DistilledOptions
{
    Teacher = Teacher.FromModel(new TransformerChain<ITransformer>(watched, ml.Model.Load(args[0], out _))),
    Student = Student.Head(new MlpHeadOptions
    {
        HiddenUnits = [8],
        MinimumStepCount = 0,
        Training = new TrainingOptions
        {
            EpochCount = 4,
            HeldOutFraction = 0.1,
            Seed = 7,
            CheckpointPath = args[4],
            CheckpointEverySteps = 3,
            Progress = new Told<TrainingProgress>(p => Rested(p.HeldOutLoss is null ? $"step {Text(p.Step)}" : null)),
        },
    }),
    Losses = [DistillationLoss.Hard(), DistillationLoss.Hinton().WithSchedule(2, 1)],
    CacheFolder = args[2],
    TeacherBatchSize = Number(args[3]),
    TeacherProgress = new Told<DistillationProgress>(p => Rested($"batch {Text(p.RowsRun)} {Text(p.RowsCached)}")),
};
DistilledTransformer Fit() => ml.MulticlassClassification.Trainers.Distilled(options).Fit(rows);
DistilledTransformer student;
try
{
    student = Fit();
}
catch (IOException e) when (args.Length == 8)
{
    Say($"error {e.Message.ReplaceLineEndings(" ")}");
    File.Delete(args[7]);
    student = Fit();
}
using (student)
{
    ml.Model.Save(student, ml.Transforms.SelectColumns("Features").Fit(rows).GetOutputSchema(rows.Schema), args[5]);
    Say($"done {Text(student.Report.TeacherRowsRun)} {Text(student.Report.TeacherRowsCached)} {Text(student.Report.LabelledRowCount)}");
}
return 0;

void Rested(string? line)
{
    if (line is null)
        return;
    Say(line);
    Thread.Sleep(rest);
}

static void Say(string line) => Console.WriteLine(line);

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

internal sealed class Hints
{
    [VectorType(4)]
    public float[] Hint { get; set; } = [];
}

internal sealed class Told<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
