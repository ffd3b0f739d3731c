using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Benchmarks.Quality;
using MLTransfer.Benchmarks.Speed;
using MLTransfer.Benchmarks.Training;

if (args is [StepsProgram.Name, string step, string count])
    return StepsProgram.Run(step, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
var groups = new Dictionary<string, Action<Figures>>
{
    ["speed text"] = TextSpeed.Run,
    ["speed heads"] = HeadSpeed.Run,
    ["speed images"] = (Action<Figures>)ImageSpeed.Run + PictureSpeed.Run,
    ["speed audio"] = (Action<Figures>)AudioSpeed.Run + SoundSpeed.Run,
    ["speed training"] = TrainingSpeed.Run,
    ["speed scoring"] = ScoreSpeed.Run,
    ["speed distillation"] = TrainingSpeed.RunDistillation,
    ["quality text"] = TextQuality.Run,
    ["quality images"] = ImageQuality.Run,
    ["quality audio"] = AudioQuality.Run,
    ["quality distillation"] = DistillQuality.Run,
    ["quality default"] = DefaultQuality.Run,
    ["quality training"] = (Action<Figures>)GradientQuality.Run + TrainingQuality.Run + FineTuneQuality.Run,
};
if (!groups.TryGetValue(string.Join(' ', args), out Action<Figures>? group))
{
    Console.Error.WriteLine($"Expected one of: {string.Join(", ", groups.Keys)}.");
    return 2;
}
var figures = new Figures();
group(figures);
figures.Write(Console.Out);
return 0;
