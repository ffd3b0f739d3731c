namespace MLTransfer;

/// <summary>How <c>mlContext.Model.Save</c> keeps the backbone's graph.</summary>
public enum GraphStorage
{
    /// <summary>The graph lies inside model.zip: one file that needs nothing else. The default. Not possible for graphs with external data or above 2 GB.</summary>
    Embedded,

    /// <summary>
    /// model.zip holds the graph's path and SHA-256. Loading looks there, then for the same folder and file name in the folders of MLTRANSFER_MODELS and in the cache, and
    /// refuses a file with another hash.
    /// </summary>
    Reference,
}
