namespace Lurm.Store;

/// <summary>What <c>Embed</c> is doing.</summary>
public enum EmbedStage
{
    /// <summary>Deriving bags, encoding them and writing representations.</summary>
    Encoding,

    /// <summary>Building the index over them.</summary>
    Indexing,

    /// <summary>Writing the snapshot and publishing it.</summary>
    Publishing,
}
