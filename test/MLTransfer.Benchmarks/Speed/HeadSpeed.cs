using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>LinearHead against scikit-learn's LogisticRegression: the same features (banking77, 77 classes), the same penalty, the same loss reached.</summary>
internal static class HeadSpeed
{
    private const string Figure = "linear-over-sklearn";
    private const string Model = "all-minilm-l6-v2";
    private const double Strength = 0.01;

    public static void Run(Figures figures)
    {
        List<LabelledText>? rows = LabelledText.Read("banking77", "train");
        string? folder = Assets.FindModel(Model);
        if (rows is null || folder is null)
        {
            figures.Skip(Figure, rows is null ? "the data set banking77 is not on this machine" : $"the model {Model} is not on this machine");
            return;
        }
        var ml = new MLContext(seed: 0);
        IDataView data = Featurize(ml, rows, Backbone.Open(folder));
        MulticlassLinearHead head = ml.MulticlassClassification.Trainers.LinearHead(new LinearHeadOptions { Regularization = Strength });
        double loss = ml.MulticlassClassification.Evaluate(head.Fit(data).Transform(data)).LogLoss;
        string[] files = [Path.GetTempFileName(), Path.GetTempFileName()];
        try
        {
            int columns = Export(data, files);
            (PeerProcess? peer, string? problem) = PeerProcess.Start("/usr/bin/python3", Path.Combine(PeerProcess.Folder, "sklearn_logistic.py"), files[0], files[1],
                $"{rows.Count}", $"{columns}", Strength.ToString(CultureInfo.InvariantCulture), loss.ToString(CultureInfo.InvariantCulture));
            if (peer is null)
            {
                figures.Skip(Figure, problem!);
                return;
            }
            using (peer)
            {
                Figures.Say(string.Create(CultureInfo.InvariantCulture,
                    $"mean log-loss: ours {loss:0.0000}, scikit-learn {peer.Ready.GetProperty("loss").GetDouble():0.0000} at tolerance {peer.Ready.GetProperty("tolerance")}; ") +
                    string.Create(CultureInfo.InvariantCulture, $"its matrix product runs at {peer.Ready.GetProperty("gigaflops").GetDouble():0} GFLOPS"));
                figures.Add(Figure, Rounds.Ratios(() => Rounds.Seconds(() => head.Fit(data)), () => peer.Run()));
            }
        }
        finally
        {
            foreach (string file in files)
                File.Delete(file);
        }
    }

    // In memory, so that what is timed is the head and the reading of its rows.
    private static IDataView Featurize(MLContext ml, List<LabelledText> rows, Backbone backbone) => ml.Data.Cache(
        ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.EmbedText("Features", backbone)).Fit(ml.Data.LoadFromEnumerable(rows))
            .Transform(ml.Data.LoadFromEnumerable(rows)), "Label", "Features");

    private static int Export(IDataView data, string[] files)
    {
        float[][] features = [.. data.GetColumn<float[]>("Features")];
        int[] labels = [.. data.GetColumn<uint>("Label").Select(l => (int)l - 1)];
        File.WriteAllBytes(files[0], MemoryMarshal.AsBytes<float>(features.SelectMany(f => f).ToArray()));
        File.WriteAllBytes(files[1], MemoryMarshal.AsBytes<int>(labels));
        return features[0].Length;
    }
}
