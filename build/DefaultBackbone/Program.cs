using System.CommandLine;
using MLTransfer.Build.DefaultBackbone;
using MLTransfer.Testing;

var model = new Option<string>("--model") { Description = "The teacher's folder. Default: all-minilm-l6-v2 where the tests look for models." };
var data = new Option<string>("--data") { Description = "The folder that holds the data sets. Default: where the tests look for them." };
var output = new Option<string>("--output") { Description = "Where the files go. Default: src/MLTransfer.Models/Text." };
var command = new RootCommand("Makes the default text backbone: a static embedding distilled from a sentence encoder.") { model, data, output };
command.SetAction(parsed =>
{
    var recipe = new Recipe();
    string teacher = parsed.GetValue(model) ?? Assets.FindModel(recipe.Teacher)
        ?? throw new DirectoryNotFoundException(
            $"The model '{recipe.Teacher}' was not found: name its folder with --model, or the folder that holds it in MLTRANSFER_MODELS.");
    string Folder(string set) => (parsed.GetValue(data) is string root ? Path.Combine(root, set) : Assets.FindData(set))
        ?? throw new DirectoryNotFoundException(
            $"The data set '{set}' was not found: name the folder that holds it with --data, or in MLTRANSFER_DATA.");
    var measured = Measured.Read(Path.Combine(Assets.RepositoryRoot, "build", "DefaultBackbone", "measured.json"));
    Maker.Make(recipe, teacher, Folder, measured, parsed.GetValue(output) ?? Path.Combine(Assets.RepositoryRoot, "src", "MLTransfer.Models", "Text"));
    return 0;
});
return command.Parse(args).Invoke();
