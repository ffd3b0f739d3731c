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
                string folder = Path.GetDirectoryName(Path.Combine(Assets.RepositoryRoot, page.Name))!;
                foreach (Match link in Link().Matches(string.Join("\n", page.Lines)))
                {
                    string target = Path.Combine(folder, link.Groups[1].Value);
                    Assert.That(File.Exists(target) || Directory.Exists(target), $"{page.Name} links to {link.Groups[1].Value}, which is not there.");
                }
            }
        }
    }

    // [text](target), without web addresses and anchors.
    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
