namespace Lurm.Store.Generations;

/// <summary>Where a generation stands.</summary>
internal enum GenerationState
{
    Building,
    Published,
    Retired,
}
