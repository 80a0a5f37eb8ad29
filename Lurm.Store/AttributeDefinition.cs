namespace Lurm.Store;

/// <summary>A user attribute as the database's registry knows it.</summary>
/// <param name="Name">A letter or '_', then letters, digits and '_'; at most 128 characters; told apart without regard to case.</param>
/// <param name="Type">What it holds.</param>
/// <param name="IsIndexed">Whether filters on it read an index and in-memory columns.</param>
public sealed record AttributeDefinition(string Name, AttributeType Type, bool IsIndexed);
