using Lurm.Store;

namespace Lurm.Training.Items;

/// <summary>How many of the items with events came with a vector of their own: all or none are used, as a vector that is learned does not lie in the space of those that were given.</summary>
/// <param name="Given">Items with a vector, of whatever length.</param>
/// <param name="Dimensions">The length that most of these vectors have; 0 where there is none.</param>
/// <param name="Lacking">Items without a vector of that length.</param>
/// <param name="FirstLacking">The id of one of them.</param>
internal sealed record SuppliedVectors(int Given, int Dimensions, int Lacking, string? FirstLacking)
{
    /// <summary>Whether every item has a vector and all are of one length.</summary>
    public bool AreComplete => Given > 0 && Lacking == 0;

    /// <summary>Counts them.</summary>
    public static SuppliedVectors Of(IReadOnlyList<ItemRecord> items)
    {
        var lengths = items.Where(item => !item.Vector.IsEmpty).GroupBy(item => item.Vector.Length).ToDictionary(group => group.Key, group => group.Count());
        var dimensions = lengths.OrderByDescending(length => length.Value).ThenBy(length => length.Key).Select(length => length.Key).FirstOrDefault();
        var lacking = items.Where(item => item.Vector.Length != dimensions).ToList();
        return new SuppliedVectors(lengths.Values.Sum(), dimensions, dimensions == 0 ? items.Count : lacking.Count, lacking.FirstOrDefault()?.Id);
    }

    /// <summary>What to tell where some items have a vector and others keep it from being used; null where nothing is to be told.</summary>
    public string? Remark => Given == 0 || AreComplete
        ? null
        : FormattableString.Invariant($"{Lacking:N0} of the items with events lack a vector of {Dimensions} components, such as '{FirstLacking}'; the {Given:N0} supplied vectors are left aside and all are learned from co-occurrence. Import the missing ones with 'lurm items --vector' to use them");
}
