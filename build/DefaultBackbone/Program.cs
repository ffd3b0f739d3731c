using System.CommandLine;
using MLTransfer.Build.DefaultBackbone;
using MLTransfer.Testing;

var recipe = new Recipe();
var model = new Option<string>("--model") { Description = "The teacher's folder. Default: all-minilm-l6-v2 where the tests look for models." };
var data = new Option<string>("--data") { Description = "The folder that holds the data sets. Default: where the tests look for them." };
var wordNet = new Option<string>("--wordnet") { Description = "The folder of WordNet's data files, of the package wordnet-base.", DefaultValueFactory = _ => "/usr/share/wordnet" };
var debian = new Option<string>("--debian") { Description = "The index Translation-en of Debian's package descriptions.", Required = true };
var work = new Argument<string>("folder") { Description = "The folder of what is made on the way." };
var output = new Option<string>("--output") { Description = "Where the files go. Default: src/MLTransfer.Models/Text." };

var texts = new Command("texts", "Writes the texts that the student learns from, and the shorter ones of them.") { work, model, data, wordNet, debian };
texts.SetAction(parsed => Maker.WriteTexts(recipe, Teacher(parsed), Read(parsed), parsed.GetRequiredValue(work)));
var start = new Command("start", "Writes the student before it learns: the teacher's vectors of single tokens.") { work, model, data };
start.SetAction(parsed => Maker.WriteStart(recipe, Teacher(parsed), LicensedTexts.Read(Folder(parsed)), parsed.GetRequiredValue(work)));
var finish = new Command("finish", "Stores the student in eight bits, with its card.") { work, model, data, wordNet, debian, output };
finish.SetAction(parsed => Maker.Finish(recipe, Teacher(parsed), Read(parsed).Sources, Folder(parsed),
    Measured.Read(Path.Combine(Assets.RepositoryRoot, "build", "DefaultBackbone", "measured.json")), parsed.GetRequiredValue(work),
    parsed.GetValue(output) ?? Path.Combine(Assets.RepositoryRoot, "src", "MLTransfer.Models", "Text")));
var student = new Argument<string>("student") { Description = "The folder of a text backbone." };
var dev = new Command("dev", "Prints what a text backbone is worth on the dev part of STS-B.") { student, data };
dev.SetAction(parsed => Console.WriteLine(FormattableString.Invariant(
    $"STS-B dev: Spearman {Similarity.OnStsBenchmark(MLTransfer.Backbone.Open(parsed.GetRequiredValue(student)), Path.Combine(Folder(parsed)("stsb"), "dev.tsv")):F4}")));
return new RootCommand("The parts of make.sh that the tool does not do: texts, a start and the files of the default text backbone.") { texts, start, finish, dev }.Parse(args).Invoke();

Corpus Read(ParseResult parsed) => Corpus.Read(Folder(parsed), parsed.GetRequiredValue(wordNet), parsed.GetRequiredValue(debian));

string Teacher(ParseResult parsed) => parsed.GetValue(model) ?? Assets.FindModel(recipe.Teacher)
    ?? throw new DirectoryNotFoundException($"The model '{recipe.Teacher}' was not found: name its folder with --model, or the folder that holds it in MLTRANSFER_MODELS.");

Func<string, string> Folder(ParseResult parsed) => set => (parsed.GetValue(data) is string root ? Path.Combine(root, set) : Assets.FindData(set))
    ?? throw new DirectoryNotFoundException($"The data set '{set}' was not found: name the folder that holds it with --data, or in MLTRANSFER_DATA.");
