namespace Lurm.Store;

/// <summary>What a row without a usable user, item or time does to its batch.</summary>
public enum RowErrorAction
{
    /// <summary>The batch is refused, and the row is named.</summary>
    Stop,

    /// <summary>The row is left out and counted; the first hundred are listed.</summary>
    Skip,
}
