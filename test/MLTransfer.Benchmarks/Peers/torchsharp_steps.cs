#:package TorchSharp@0.107.0
#:package libtorch-cpu-linux-x64@2.10.0
#:property ManagePackageVersionsCentrally=false
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false
#:property RuntimeIdentifier=linux-x64
#:property NoWarn=$(NoWarn);CS1591

// Training steps in TorchSharp: dotnet run -c Release torchsharp_steps.cs -- STEP COUNT stock|best
//
// The same steps, numbers, protocol and output as training_steps.py, which describes them. A file-based program of its own, since its packages are half a gigabyte.
// It starts itself a second time with libraries loaded before all others, which gcc makes in a temporary folder:
// - This TorchSharp asks libstdc++ for one function of GCC 13. On an older system it loads behind a library that takes the name libstdc++.so.6, has that function, and leaves everything else to
//   the real one. The function has nothing to do there: libtorch makes the streams ready itself, as programs of older compilers do.
// - With "best", mkl_serv_intel_cpu_true says yes, so that MKL takes its fast kernels on processors of every maker.

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

const int Threads = 2;
if (!Preloaded.IsSet)
    return Preloaded.StartAgain(args, best: args[2] == "best");

string step = args[0];
int count = int.Parse(args[1], CultureInfo.InvariantCulture);
var speeds = new Dictionary<string, double>();
foreach (int threads in new[] { 1, Threads })
    speeds[$"{threads}"] = Gigaflops(threads);
(Parameter[] parameters, Func<Tensor> loss, double rate) = Step.Make(step);
using AdamW optimizer = optim.AdamW(
    [
        new AdamW.ParamGroup(parameters.Where(p => p.dim() > 1), new AdamW.Options { weight_decay = 0.01 }),
        new AdamW.ParamGroup(parameters.Where(p => p.dim() <= 1), new AdamW.Options { weight_decay = 0 }),
    ], rate);

(double seconds, float last) = Run();
Console.WriteLine("ready " + JsonSerializer.Serialize(new { torch = torch.__version__, blas = "MKL", gigaflops = speeds, loss = last, steps = count }));
while (Console.ReadLine() is string line)
{
    if (line.Trim() != "run")
        continue;
    (seconds, last) = Run();
    Console.WriteLine(JsonSerializer.Serialize(new { seconds, loss = last, peak_bytes = PeakBytes() }));
}
return 0;

(double Seconds, float Loss) Run()
{
    float value = 0;
    var clock = Stopwatch.StartNew();
    for (int i = 0; i < count; i++)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor result = loss();
        optimizer.zero_grad();
        result.backward();
        optimizer.step();
        if (i == count - 1)
            value = result.item<float>();
    }
    return (clock.Elapsed.TotalSeconds, value);
}

static double Gigaflops(int threads)
{
    set_num_threads(threads);
    using DisposeScope scope = NewDisposeScope();
    Tensor a = rand(1024, 1024);
    mm(a, a).Dispose();
    double best = double.MaxValue;
    for (int i = 0; i < 20; i++)
    {
        var clock = Stopwatch.StartNew();
        mm(a, a).Dispose();
        best = Math.Min(best, clock.Elapsed.TotalSeconds);
    }
    return 2 * Math.Pow(1024, 3) / best / 1e9;
}

static long PeakBytes() =>
    1024 * long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', '\t')[^2], CultureInfo.InvariantCulture);

internal static class Step
{
    public static (Parameter[] Parameters, Func<Tensor> Loss, double Rate) Make(string step)
    {
        string[] words = step.Split('-');
        int[] sizes = [.. words[1].Split('x').Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
        return words[0] switch
        {
            "mlp" => Mlp(sizes[0]),
            "distill" => Distill(sizes[0]),
            "encoder" => Encoder(sizes[0], sizes[1]),
            "conv" => Conv(sizes[0]),
            _ => throw new ArgumentException(step),
        };
    }

    private static (Parameter[] Parameters, Func<Tensor> Loss, double Rate) Mlp(int rows)
    {
        Tensor x = Numbers.X(rows, 384), y = Numbers.Labels(rows, 77);
        Layer first = new(0, 512, 384), second = new(1, 77, 512);
        return ([.. first.Parameters, .. second.Parameters], () => functional.cross_entropy(second.Linear(functional.relu(first.Linear(x))), y), 1e-3);
    }

    private static (Parameter[] Parameters, Func<Tensor> Loss, double Rate) Distill(int rows)
    {
        const double Temperature = 2;
        Tensor x = Numbers.X(rows, 384), y = Numbers.Labels(rows, 77);
        Tensor soft = functional.softmax(Numbers.Uniform(4, [rows, 77], 4) / Temperature, -1);
        Layer first = new(0, 512, 384), second = new(1, 77, 512);

        Tensor Loss()
        {
            Tensor logits = second.Linear(functional.relu(first.Linear(x)));
            Tensor taught = functional.kl_div(functional.log_softmax(logits / Temperature, -1), soft, log_target: false, reduction: Reduction.None).sum() / rows;
            return 0.5 * functional.cross_entropy(logits, y) + 0.5 * Temperature * Temperature * taught;
        }

        return ([.. first.Parameters, .. second.Parameters], Loss, 1e-3);
    }

    private static (Parameter[] Parameters, Func<Tensor> Loss, double Rate) Encoder(int rows, int length)
    {
        const int Size = 384, Heads = 12, Inner = 1536, Classes = 20;
        Tensor x = Numbers.X(rows, length, Size), y = Numbers.Labels(rows, Classes);
        Tensor mask = (arange(length) < Numbers.Lengths(rows, length).unsqueeze(1)).to_type(ScalarType.Float32);
        Tensor hidden = (1 - mask.view(rows, 1, 1, length)) * -10000.0f;
        Layer query = new(0, Size, Size), key = new(1, Size, Size), value = new(2, Size, Size), attended = new(3, Size, Size);
        Layer grow = new(4, Inner, Size), shrink = new(5, Size, Inner), head = new(6, Classes, Size);
        Parameter[] scales = [new(ones(Size)), new(ones(Size))], shifts = [new(zeros(Size)), new(zeros(Size))];

        Tensor Split(Tensor t) => t.view(rows, length, Heads, Size / Heads).transpose(1, 2);
        Tensor Norm(int i, Tensor t) => functional.layer_norm(t, [Size], scales[i], shifts[i], 1e-12);

        Tensor Loss()
        {
            Tensor weights = functional.softmax(Split(query.Linear(x)).matmul(Split(key.Linear(x)).transpose(-1, -2)) / Math.Sqrt(Size / Heads) + hidden, -1);
            Tensor context = weights.matmul(Split(value.Linear(x))).transpose(1, 2).reshape(rows, length, Size);
            Tensor middle = Norm(0, attended.Linear(context) + x);
            Tensor last = Norm(1, shrink.Linear(functional.gelu(grow.Linear(middle))) + middle);
            return functional.cross_entropy(head.Linear((last * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim: true)), y);
        }

        Layer[] layers = [query, key, value, attended, grow, shrink, head];
        return ([.. layers.SelectMany(l => l.Parameters), .. scales, .. shifts], Loss, 1e-4);
    }

    private static (Parameter[] Parameters, Func<Tensor> Loss, double Rate) Conv(int side)
    {
        const int Rows = 16;
        Tensor x = Numbers.X(Rows, 160, side, side), y = Numbers.Labels(Rows, 20);
        Layer expand = new(0, 960, 160, 1, 1), depthwise = new(1, 960, 1, 3, 3), project = new(2, 320, 960, 1, 1), last = new(3, 1280, 320, 1, 1), head = new(4, 20, 1280);

        Tensor Loss()
        {
            Tensor t = functional.relu6(expand.Convolve(x));
            t = functional.relu6(depthwise.Convolve(t, padding: 1, groups: 960));
            t = functional.relu6(last.Convolve(project.Convolve(t)));
            return functional.cross_entropy(head.Linear(t.mean([2, 3])), y);
        }

        Layer[] layers = [expand, depthwise, project, last, head];
        return ([.. layers.SelectMany(l => l.Parameters)], Loss, 1e-4);
    }
}

internal sealed class Layer
{
    public Layer(int number, params long[] shape)
    {
        double bound = 1 / Math.Sqrt(shape[1..].Aggregate(1L, (a, b) => a * b));
        Parameters = [new Parameter(Numbers.Uniform((ulong)(10 + (2 * number)), shape, bound)), new Parameter(Numbers.Uniform((ulong)(11 + (2 * number)), [shape[0]], bound))];
    }

    // Weight and bias.
    public Parameter[] Parameters { get; }

    public Tensor Linear(Tensor x) => functional.linear(x, Parameters[0], Parameters[1]);

    public Tensor Convolve(Tensor x, long padding = 0, long groups = 1) => functional.conv2d(x, Parameters[0], Parameters[1], padding: [padding, padding], groups: groups);
}

// Gradients/golden/generator.py.
internal static class Numbers
{
    public static Tensor X(params long[] shape) => Uniform(3, shape, 1);

    public static Tensor Labels(int count, int classes) => Integers(1, count, 0, classes);

    public static Tensor Lengths(int count, int longest) => Integers(2, count, longest / 2, longest + 1);

    public static Tensor Uniform(ulong stream, long[] shape, double bound)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(-bound + (2 * bound * ((Draw(stream, i) >> 40) / 16777216.0)));
        return tensor(values, shape);
    }

    private static Tensor Integers(ulong stream, int count, int low, int high)
    {
        var values = new long[count];
        for (int i = 0; i < count; i++)
            values[i] = low + (long)((Draw(stream, i) >> 33) % (ulong)(high - low));
        return tensor(values);
    }

    private static ulong Draw(ulong stream, int index)
    {
        ulong z = stream + ((ulong)(index + 1) * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

internal static class Preloaded
{
    private const string Mark = "TORCHSHARP_STEPS_PRELOADED";
    private const string Streams = "/usr/lib/x86_64-linux-gnu/libstdc++.so.6";

    public static bool IsSet => Environment.GetEnvironmentVariable(Mark) is not null;

    public static int StartAgain(string[] arguments, bool best)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        var libraries = new List<string>();
        if (!Contains(Streams, "GLIBCXX_3.4.32"))
            libraries.Add(MakeStreams(folder));
        if (best)
            libraries.Add(Compile(folder, "maker.so", "int mkl_serv_intel_cpu_true(void) { return 1; }"));
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Program(), .. arguments]);
        start.Environment[Mark] = "1";
        start.Environment["LD_PRELOAD"] = string.Join(' ', libraries);
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    // Started as `dotnet X.dll`, the process is dotnet and needs the library's name again.
    private static string[] Program() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];

    private static string MakeStreams(string folder)
    {
        // The loader looks for every version that a program names in the library of that name, and for the symbols anywhere: so all versions are declared, and one symbol.
        IEnumerable<string> versions = Enumerable.Range(0, 31).Select(v => v == 0 ? "GLIBCXX_3.4" : $"GLIBCXX_3.4.{v}")
            .Concat(Enumerable.Range(0, 14).Select(v => v == 0 ? "CXXABI_1.3" : $"CXXABI_1.3.{v}")).Append("CXXABI_TM_1").Append("CXXABI_FLOAT128").Select(v => v + " { };");
        string map = Path.Combine(folder, "versions.map");
        File.WriteAllLines(map, versions.Append("GLIBCXX_3.4.32 { global: _ZSt21ios_base_library_initv; };"));
        // Stands for the real library under its full path, which the loader does not confuse with the short name.
        string real = Compile(folder, "real.so", "int unused;", "-Wl,-soname," + Streams);
        return Compile(folder, "libstdc++.so.6", "void _ZSt21ios_base_library_initv(void) { }", "-Wl,-soname,libstdc++.so.6", "-Wl,--version-script=" + map, "-Wl,--no-as-needed", real);
    }

    private static string Compile(string folder, string name, string source, params string[] more)
    {
        string code = Path.Combine(folder, name + ".c"), library = Path.Combine(folder, name);
        File.WriteAllText(code, source + "\n");
        using Process gcc = Process.Start("gcc", ["-shared", "-fPIC", "-o", library, code, .. more]);
        gcc.WaitForExit();
        return gcc.ExitCode == 0 ? library : throw new InvalidOperationException($"gcc could not make {name}.");
    }

    private static bool Contains(string file, string text) => File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)) >= 0;
}
