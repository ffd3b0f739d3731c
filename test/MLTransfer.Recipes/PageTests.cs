using System.Text.RegularExpressions;
using MLTransfer.Testing;

namespace MLTransfer.Recipes;

/// <summary>House rules of the documentation.</summary>
public sealed partial class PageTests
{
    [Test]
    public void EveryShownSample_IsARecipe()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (Page page in Page.All)
                Assert.That(page.Unnamed, Is.Empty, $"{page.Name} shows C# without a line '<!-- recipe: NAME -->' above it, so nothing compiles and runs it.");
        }
    }

    [Test]
    public void EveryRecipeNamedInAPage_HasASource()
    {
        string folder = Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Recipes");
        string sources = string.Join("\n", Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        using (Assert.EnterMultipleScope())
        {
            foreach (Page page in Page.All)
            {
                foreach (string name in page.Samples.Keys)
                {
                    Assert.That(sources, Does.Contain($"// sample: {name}\n"), $"{page.Name} names the recipe '{name}', which no source has.");
                    Assert.That(sources, Does.Contain($"Show(\"{name}\""), $"{page.Name} names the recipe '{name}', which no test compares.");
                }
            }
        }
    }

    [Test]
    public void EveryRelativeLink_LeadsToAFile()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (Page page in Page.All)
            {
                string folder = Folder(page);
                foreach (Match link in Link().Matches(string.Join("\n", page.Lines)))
                {
                    string target = Path.Combine(folder, link.Groups[1].Value);
                    Assert.That(File.Exists(target) || Directory.Exists(target), $"{page.Name} links to {link.Groups[1].Value}, which is not there.");
                }
            }
        }
    }

    [Test]
    public void EveryShownFile_IsTheFile()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (Page page in Page.All)
            {
                foreach ((string name, string shown) in page.Files)
                {
                    string path = Path.Combine(Folder(page), name);
                    Assert.That(File.Exists(path), $"{page.Name} shows the file {name}, which is not there.");
                    Assert.That(shown, Is.EqualTo(File.ReadAllText(path).TrimEnd('\n')), $"{page.Name} shows {name} otherwise than it is.");
                }
            }
        }
    }

    [Test]
    public void EveryFileBesideThePages_IsShown()
    {
        string docs = Path.Combine(Assets.RepositoryRoot, "docs");
        HashSet<string> shown = [.. Page.All.SelectMany(page => page.Files.Keys.Select(name => Path.GetFullPath(Path.Combine(Folder(page), name))))];
        Assert.That(
            Directory.EnumerateFiles(docs, "*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) != ".md"), Is.SubsetOf(shown),
            "A file under docs is shown by no page with a line '<!-- file: NAME -->' above the block.");
    }

    private static string Folder(Page page) => Path.GetDirectoryName(Path.Combine(Assets.RepositoryRoot, page.Name))!;

    // [text](target), without web addresses and anchors.
    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
