using System.Numerics.Tensors;
using Lurm.Training.Items;

namespace Lurm.Training.Interests;

/// <summary>Names interests by their most typical titles: near the centroid and met by many users; the category leads where most items share it.</summary>
internal static class InterestLabels
{
    private const int Titles = 3;
    private const int MaxTitleLength = 40;
    private const double CategoryMajority = 0.6;

    /// <summary>A label per interest.</summary>
    public static string[] Make(ItemVectors items, int[] assigned, float[] centroids, int count)
    {
        var members = new List<int>[count];
        for (var i = 0; i < assigned.Length; i++)
        {
            (members[assigned[i]] ??= []).Add(i);
        }

        return [.. Enumerable.Range(0, count).Select(interest => Label(items, members[interest] ?? [], centroids.AsSpan(interest * items.Dimensions, items.Dimensions)))];
    }

    private static string Label(ItemVectors items, List<int> members, ReadOnlySpan<float> centroid)
    {
        var scored = new List<(double Score, int Item)>(members.Count);
        foreach (var item in members)
        {
            var near = TensorPrimitives.Dot(centroid, items.Vectors.AsSpan(item * items.Dimensions, items.Dimensions));
            scored.Add((Math.Log(1 + items.Users[item]) * Math.Max(0.01, near), item));
        }

        var titles = scored.OrderByDescending(entry => entry.Score).ThenBy(entry => entry.Item)
            .Select(entry => Title(items, entry.Item)).Distinct(StringComparer.OrdinalIgnoreCase).Take(Titles);
        var text = string.Join(" · ", titles);
        var category = members.Select(item => items.Items[item].Category).Where(name => !string.IsNullOrWhiteSpace(name))
            .GroupBy(name => name!, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).FirstOrDefault();
        return category is not null && category.Count() >= CategoryMajority * members.Count ? $"{category.Key}: {text}" : text;
    }

    private static string Title(ItemVectors items, int item)
    {
        var record = items.Items[item];
        var title = string.IsNullOrWhiteSpace(record.Title) ? record.Id : record.Title.Trim();
        return title.Length <= MaxTitleLength ? title : title[..MaxTitleLength].TrimEnd() + "…";
    }
}
