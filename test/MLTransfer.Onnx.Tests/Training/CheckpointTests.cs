using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Tests.Training;

internal sealed class CheckpointTests
{
    private string _folder = "";

    private string CheckpointPath => Path.Combine(_folder, "run.checkpoint");

    [SetUp]
    public void MakeFolder()
    {
        _folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"checkpoint-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_folder);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(1, 1)]
    [TestCase(13, 13)]
    [TestCase(14, 14)]
    [TestCase(65, 65)]
    [TestCase(77, 77)]
    public void Run_BegunAgainAfterCancellation_GoesOnAndGivesTheSame(int steps, int expected)
    {
        TrainingResult whole = ResumableRun.Train(null, _ => { });
        using (CancellationTokenSource source = new())
        {
            TrainingResult cut = ResumableRun.Train(CheckpointPath, step => CancelAt(source, step, steps), o => o with { CancellationToken = source.Token });
            Assert.That(cut.End, Is.EqualTo(TrainingEnd.Cancelled));
            Assert.That(cut.StepCount, Is.EqualTo(expected));
        }
        long first = 0;
        TrainingResult resumed = ResumableRun.Train(CheckpointPath, step => first = first == 0 ? step : first);
        Assert.That(first, Is.EqualTo(expected + 1));
        Assert.That(resumed.Parameters, Is.EqualTo(whole.Parameters));
        Assert.That(resumed.BestEpoch, Is.EqualTo(whole.BestEpoch));
        Assert.That(resumed.History.Select(Untimed), Is.EqualTo(whole.History.Select(Untimed)));
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { CheckpointPath }), "nothing temporary is left");
    }

    [Test]
    public void Run_FinishedBefore_ComesBackWithoutAStep()
    {
        TrainingResult whole = ResumableRun.Train(CheckpointPath, _ => { });
        TrainingResult again = ResumableRun.Train(CheckpointPath, _ => Assert.Fail("a step was made"));
        Assert.That(again.Parameters, Is.EqualTo(whole.Parameters));
        Assert.That(again.End, Is.EqualTo(TrainingEnd.EpochsDone));
        Assert.That(again.History, Is.EqualTo(whole.History));
    }

    [Test]
    public void Run_StoppedEarlyBefore_StaysStopped()
    {
        SoftmaxProblem problem = new() { OnEvaluate = _ => new HeldOut(1) };
        TrainingOptions options = new() { EpochCount = 9, Seed = 1, EarlyStopping = new EarlyStopping { Patience = 2 }, CheckpointPath = CheckpointPath };
        TrainingResult whole = TrainingLoop.Run(problem, problem.Layout, problem.Start(), options);
        Assert.That((whole.End, whole.History.Count), Is.EqualTo((TrainingEnd.StoppedEarly, 3)));
        TrainingResult again = TrainingLoop.Run(problem, problem.Layout, problem.Start(), options);
        Assert.That((again.End, again.History.Count), Is.EqualTo((TrainingEnd.StoppedEarly, 3)));
        Assert.That(again.Parameters, Is.EqualTo(whole.Parameters));
    }

    [Test]
    public void Run_CheckpointOfOtherOptions_NamesWhatDiffers()
    {
        ResumableRun.Train(CheckpointPath, _ => { });
        Assert.That(
            () => ResumableRun.Train(CheckpointPath, _ => { }, o => o with { LearningRate = 0.5, Seed = 12 }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains(CheckpointPath).And.Message.Contains("LearningRate: 0.05 in the file, 0.5 now").And.Message.Contains("Seed"));
    }

    [Test]
    public void Run_CheckpointOfOtherThreadsOrRhythm_IsTaken()
    {
        TrainingResult whole = ResumableRun.Train(CheckpointPath, _ => { });
        Assert.That(ResumableRun.Train(CheckpointPath, _ => { }, o => o with { ThreadCount = 1, CheckpointEverySteps = 3 }).Parameters, Is.EqualTo(whole.Parameters));
    }

    [Test]
    public void Run_CheckpointOfOtherDataOrStart_IsRefused()
    {
        SoftmaxProblem problem = new();
        TrainingOptions options = new() { EpochCount = 1, Seed = 1, CheckpointPath = CheckpointPath };
        TrainingLoop.Run(problem, problem.Layout, problem.Start(), options, dataFingerprint: "a");
        Assert.That(() => TrainingLoop.Run(problem, problem.Layout, problem.Start(), options, dataFingerprint: "b"), Refused("data: a in the file, b now"));
        float[] start = problem.Start();
        start[0] = 1;
        Assert.That(() => TrainingLoop.Run(problem, problem.Layout, start, options, dataFingerprint: "a"), Refused("start weights"));
        SoftmaxProblem weighted = new() { Weight = row => row + 1 };
        Assert.That(() => TrainingLoop.Run(weighted, problem.Layout, problem.Start(), options, dataFingerprint: "a"), Refused("weights of rows"));
        ParameterLayout layout = new(problem.Layout.Tensors.Select(t => t with { LearningRateFactor = 0.5 }));
        Assert.That(() => TrainingLoop.Run(problem, layout, problem.Start(), options, dataFingerprint: "a"), Refused("tensor 'weight'"));
        SoftmaxProblem larger = new(features: 6);
        Assert.That(() => TrainingLoop.Run(larger, larger.Layout, larger.Start(), options, dataFingerprint: "a"), Refused("[3, 5] at 0"));

        static NUnit.Framework.Constraints.Constraint Refused(string words) => Throws.InstanceOf<InvalidDataException>().With.Message.Contains("another training").And.Message.Contains(words);
    }

    [Test]
    public void Run_CheckpointDamagedAnywhere_IsRefused()
    {
        ResumableRun.Train(CheckpointPath, _ => { });
        byte[] whole = File.ReadAllBytes(CheckpointPath);
        for (int place = 12; place < whole.Length; place += 97)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x10;
            File.WriteAllBytes(CheckpointPath, damaged);
            Assert.That(() => ResumableRun.Train(CheckpointPath, _ => { }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("damaged or was cut short").And.Message.Contains("Remove it"));
        }
    }

    [Test]
    public void Run_CheckpointCutShort_IsRefused()
    {
        ResumableRun.Train(CheckpointPath, _ => { });
        byte[] whole = File.ReadAllBytes(CheckpointPath);
        foreach (int length in (int[])[8, 11, 12, 43, 44, 45, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(CheckpointPath, whole[..length]);
            Assert.That(() => ResumableRun.Train(CheckpointPath, _ => { }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("cut short"), $"{length} bytes");
        }
    }

    [Test]
    public void Run_AnotherFileAtThePath_IsLeftAlone()
    {
        foreach (string text in (string[])["", "short", "a table with all my results"])
        {
            File.WriteAllText(CheckpointPath, text);
            Assert.That(() => ResumableRun.Train(CheckpointPath, _ => { }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("no checkpoint"));
            Assert.That(File.ReadAllText(CheckpointPath), Is.EqualTo(text));
        }
    }

    [Test]
    public void Run_CheckpointOfALaterFormat_SaysSo()
    {
        ResumableRun.Train(CheckpointPath, _ => { });
        byte[] bytes = File.ReadAllBytes(CheckpointPath);
        bytes[8] = 9;
        File.WriteAllBytes(CheckpointPath, bytes);
        Assert.That(() => ResumableRun.Train(CheckpointPath, _ => { }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("format 9"));
    }

    [Test]
    public void Run_CheckpointFolderMissing_SaysSoBeforeTraining() => Assert.That(
        () => ResumableRun.Train(Path.Combine(_folder, "none", "run.checkpoint"), _ => Assert.Fail("a step was made")),
        Throws.InstanceOf<DirectoryNotFoundException>().With.Message.Contains("none"));

    [Test]
    public void Run_KilledWhileWriting_ReadsTheOldFile()
    {
        TrainingResult whole = ResumableRun.Train(CheckpointPath, _ => { });
        File.WriteAllText(CheckpointPath + ".new", "half a checkpoint");
        Assert.That(ResumableRun.Train(CheckpointPath, _ => Assert.Fail("a step was made")).Parameters, Is.EqualTo(whole.Parameters));
    }

    private static void CancelAt(CancellationTokenSource source, long step, int at)
    {
        if (step == at)
            source.Cancel();
    }

    private static EpochRecord Untimed(EpochRecord epoch) => epoch with { RowsPerSecond = 0 };
}
