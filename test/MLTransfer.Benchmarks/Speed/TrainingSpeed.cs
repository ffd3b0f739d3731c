using System.Globalization;
using System.Text.Json;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Benchmarks.Training;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Training steps against PyTorch's: the same start, rows and arithmetic, on two threads; the loss after equally many steps must agree.</summary>
internal static class TrainingSpeed
{
    private const string Model = "all-minilm-l6-v2";
    private const double LossTolerance = 2e-5;

    // How many make a pass of about a quarter of a second.
    private static readonly (string Step, int Count)[] Steps =
        [("mlp-32", 400), ("mlp-128", 200), ("mlp-1024", 50), ("encoder-32x32", 8), ("encoder-16x128", 4), ("conv-7", 12), ("conv-14", 4)];

    private static readonly (string Step, int Count)[] DistillationSteps = [("distill-32", 400), ("distill-128", 200)];

    private static readonly string[] Settings = ["stock", "best"];

    public static void Run(Figures figures)
    {
        using var peers = TorchPeers.Build();
        if (peers.Problem is not null)
            Figures.Say($"{peers.Problem}; the peer is PyTorch of the system");
        var bytes = new List<double>();
        var memories = new List<double>();
        foreach ((string step, int count) in Steps)
        {
            using (var ours = new OurSteps(step))
            {
                ours.Run(count);
                Figures.Say(string.Create(CultureInfo.InvariantCulture, $"{step}: {count} steps in a pass, {ours.ShardCount} shards, loss {ours.Loss:0.000000}"));
                double loss = ours.Loss;
                foreach (string setting in Settings)
                    OverTorch(figures, peers, ours, loss, step, count, setting);
                bytes.AddRange(Costs.BytesPerRow(() => ours.Run(count), count));
            }
            if (step.StartsWith("encoder", StringComparison.Ordinal))
                Memory(peers, step, count, memories);
        }
        if (memories.Count > 0)
            figures.Add("encoder-memory-over-torch", memories);
        else
            figures.Skip("encoder-memory-over-torch", "no peer runs on this machine");
        figures.Add("training-bytes-per-step", bytes);
        Session(figures);
    }

    /// <summary>A step of a head that is taught by labels and a teacher's logits.</summary>
    public static void RunDistillation(Figures figures)
    {
        using var peers = TorchPeers.Build();
        if (peers.Problem is not null)
            Figures.Say($"{peers.Problem}; the peer is PyTorch of the system");
        foreach ((string step, int count) in DistillationSteps)
        {
            using var ours = new OurSteps(step);
            ours.Run(count);
            Figures.Say(string.Create(CultureInfo.InvariantCulture, $"{step}: {count} steps in a pass, {ours.ShardCount} shards, loss {ours.Loss:0.000000}"));
            double loss = ours.Loss;
            foreach (string setting in Settings)
                OverTorch(figures, peers, ours, loss, step, count, setting);
        }
    }

    private static void OverTorch(Figures figures, TorchPeers peers, OurSteps ours, double loss, string step, int count, string setting)
    {
        // The smallest step is the named figure of distillation.
        string over = step == "distill-32" ? "distill-step-over-torch" : $"{step}-over-torch";
        string name = setting == "stock" ? over : $"{over}-{setting}";
        (PeerProcess? peer, string? problem) = peers.Start(step, count, setting);
        if (peer is null)
        {
            figures.Skip(name, problem!);
            return;
        }
        using (peer)
        {
            double theirs = peer.Ready.GetProperty("loss").GetDouble();
            if (!(Math.Abs(theirs - loss) <= LossTolerance * Math.Max(1, Math.Abs(theirs))))
            {
                figures.Skip(name, string.Create(CultureInfo.InvariantCulture, $"after {count} steps our loss is {loss:R} and the peer's {theirs:R}: they part by more than {LossTolerance}, so the steps are not the same"));
                return;
            }
            JsonElement speed = peer.Ready.GetProperty("gigaflops");
            Figures.Say(string.Create(CultureInfo.InvariantCulture, $"  {setting} torch {peer.Ready.GetProperty("torch")}, {peer.Ready.GetProperty("blas")}, ") +
                string.Create(CultureInfo.InvariantCulture, $"{speed.GetProperty("1").GetDouble():0} GFLOPS on one thread, {speed.GetProperty("2").GetDouble():0} on two; loss {theirs:0.000000}, away by {Math.Abs(theirs - loss):0.0e0}"));
            var times = new List<double>();
            figures.Add(name, Rounds.Ratios(() => Timed(ours.Run(count)), () => peer.Run()));
            Figures.Say(string.Create(CultureInfo.InvariantCulture, $"  our step: {times.Min() / count * 1e3:0.000} ms at best"));

            double Timed(double seconds)
            {
                times.Add(seconds);
                return seconds;
            }
        }
    }

    /// <summary>The most memory that a process held which made nothing but steps, ours over theirs.</summary>
    private static void Memory(TorchPeers peers, string step, int count, List<double> ratios)
    {
        (PeerProcess? theirs, _) = peers.Start(step, count, "stock");
        if (theirs is null)
            return;
        using (theirs)
        {
            (PeerProcess? ours, string? problem) = PeerProcess.Start("dotnet", typeof(TrainingSpeed).Assembly.Location, StepsProgram.Name, step, $"{count}");
            using (ours)
            {
                double own = Peak(ours ?? throw new InvalidOperationException(problem)), other = Peak(theirs);
                Figures.Say(string.Create(CultureInfo.InvariantCulture, $"{step}: peak memory {own / 1e6:0} MB, the peer's {other / 1e6:0} MB"));
                ratios.Add(own / other);
            }
        }

        static double Peak(PeerProcess process) => process.Pass().GetProperty("peak_bytes").GetDouble();
    }

    private static void Session(Figures figures)
    {
        const string Name = "minilm-session-seconds";
        if (Assets.FindModel(Model) is not string folder)
        {
            figures.Skip(Name, $"the model {Model} is not on this machine");
            return;
        }
        using var blocks = new LastBlocks(Backbone.Open(folder), 2);
        Figures.Say(string.Create(CultureInfo.InvariantCulture, $"the training graph of the last two blocks: {blocks.NodeCount} nodes, written in {blocks.SecondsToWrite:0.00} s"));
        figures.Add(Name, [.. Enumerable.Range(0, Rounds.Count).Select(_ => blocks.Open())]);
    }
}
