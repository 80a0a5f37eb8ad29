namespace Lurm.Store.Filters;

/// <summary>Where a text must lie in a property's text.</summary>
internal enum TextMatch
{
    Contains,
    StartsWith,
    EndsWith,
}
