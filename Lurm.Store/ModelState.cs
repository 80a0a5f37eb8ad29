namespace Lurm.Store;

/// <summary>Where a model stands.</summary>
public enum ModelState
{
    /// <summary>Registered; the next <c>Embed</c> builds its first generation.</summary>
    Candidate,

    /// <summary>Its generation is the published one.</summary>
    Active,

    /// <summary>Another model has taken its place; <c>Embed</c> with its id goes back to it.</summary>
    Retired,
}
