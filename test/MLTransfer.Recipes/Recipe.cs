using System.Runtime.CompilerServices;

namespace MLTransfer.Recipes;

/// <summary>
/// A sample that is a page's code and a test at once. The lines between "// sample" and "// end" stand in a page word for word, and what they print is what the page shows:
/// <see cref="Show"/> compares both. A recipe runs in an empty folder of its own.
/// </summary>
[NonParallelizable]
public abstract class Recipe
{
    private TextWriter _console = null!;
    private StringWriter _printed = null!;
    private string _home = null!;
    private string _folder = null!;

    [SetUp]
    public void EnterFolder()
    {
        _home = Environment.CurrentDirectory;
        _folder = Directory.CreateTempSubdirectory("mltransfer-recipe-").FullName;
        Environment.CurrentDirectory = _folder;
        _console = Console.Out;
        _printed = new StringWriter { NewLine = "\n" };
        Console.SetOut(_printed);
    }

    [TearDown]
    public void LeaveFolder()
    {
        Console.SetOut(_console);
        _printed.Dispose();
        Environment.CurrentDirectory = _home;
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Compares the sample around the caller, and what it printed, with the page that shows it under this name.</summary>
    /// <param name="name">The name after "recipe:" in the page.</param>
    /// <param name="source">The caller's file.</param>
    protected void Show(string name, [CallerFilePath] string source = "")
    {
        string printed = _printed.ToString().TrimEnd();
        Page page = Page.All.SingleOrDefault(p => p.Samples.ContainsKey(name))
            ?? throw new AssertionException($"No page (README.md, docs/**/*.md) shows 'recipe: {name}', or more than one does.");
        ShownSample shown = page.Samples[name];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(shown.Code, Is.EqualTo(SampleSource.Read(source, name)), $"The code of 'recipe: {name}' in {page.Name} is not the recipe's.");
            Assert.That(shown.Output ?? "", Is.EqualTo(printed), $"The output of 'recipe: {name}' in {page.Name} is not what the recipe prints.");
        }
    }
}
