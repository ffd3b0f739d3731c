using System.Text.Json;
using Microsoft.ML;
using MLTransfer.Cli.Tests.Scoring;

namespace MLTransfer.Cli.Tests;

public sealed class ExportTests
{
    private string _folder = "";
    private string _model = "";

    [SetUp]
    public void SaveModel()
    {
        _folder = Directory.CreateTempSubdirectory("export").FullName;
        _model = Path.Combine(_folder, "model.zip");
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(new Row[]
        {
            new("I want my money back", "refund"), new("Please refund me", "refund"), new("Where is my parcel?", "parcel"), new("The parcel never came", "parcel"),
        });
        using var model = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.EmbedText("Features", DefaultBackbones.Text))
            .Append(ml.MulticlassClassification.Trainers.LinearHead()).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        ml.Model.Save(model, data.Schema, _model);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Export_ToAFile_SaysWhatIsInIt()
    {
        string output = Path.Combine(_folder, "model.onnx");
        var run = Run.Of("export", _model, output, "--features");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain(output).And.Contain("multiclass").And.Contain("parcel").And.Contain("Score: Float").And.Contain("Features: Float"));
        Assert.That(File.Exists(output));
    }

    [Test]
    public void Export_ToAFolderAsJson_OpensAsABackbone()
    {
        string output = Path.Combine(_folder, "exported");
        var run = Run.Of("export", _model, output, "--json");
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        Assert.That(report.GetProperty("labels").EnumerateArray().Select(l => l.GetString()), Is.EquivalentTo(new[] { "refund", "parcel" }));
        Assert.That(report.GetProperty("outputs").EnumerateArray().Select(o => o.GetProperty("name").GetString()), Is.EqualTo(new[] { "Score", "PredictedLabel" }));
        Assert.That(Backbone.Open(output).Dimension, Is.EqualTo(DefaultBackbones.Text.Dimension));
    }

    [Test]
    public void Export_WhatCannotBe_IsOneLine()
    {
        (string[] Args, string Words)[] cases =
        [
            ([_model, Path.Combine(_folder, "nowhere", "model.onnx")], "no folder"),
            ([Path.Combine(_folder, "absent.zip"), Path.Combine(_folder, "model.onnx")], "absent.zip"),
            ([_model, Path.Combine(_folder, "model.onnx"), "--sequence-length", "100000"], "SequenceLength"),
        ];
        foreach ((string[] args, string words) in cases)
        {
            var run = Run.Of(["export", .. args]);
            Assert.That(run.Code, Is.EqualTo(2));
            Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(run.Error, Does.Contain(words));
        }
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1), "nothing was written");
    }

    [Test]
    public void Export_ForeignModel_IsRefusedBeforeItIsLoaded()
    {
        string output = Path.Combine(_folder, "model.onnx");
        ForeignModels.Rename(_model, "MLTransfer", "EvilThings");
        var run = Run.Of("export", _model, output);
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("EvilThings").And.Contain(_model));
        Assert.That(File.Exists(output), Is.False);
    }

    private sealed record Row(string Text, string Label);
}
