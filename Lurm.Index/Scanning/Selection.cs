namespace Lurm.Index.Scanning;

/// <summary>Selection without sorting.</summary>
internal static class Selection
{
    /// <summary>Moves the <paramref name="count"/> smallest to the front, in no order (quickselect, median of three; sorts where it does not get on).</summary>
    public static void Smallest(Span<ulong> items, int count)
    {
        var patience = 2 * (int)Math.Log2(items.Length + 1);
        while (count > 0 && count < items.Length)
        {
            if (patience-- == 0 || items.Length <= 16)
            {
                items.Sort();
                return;
            }

            var split = Partition(items);
            if (split >= count)
            {
                items = items[..split];
            }
            else
            {
                items = items[split..];
                count -= split;
            }
        }
    }

    public static ulong Largest(ReadOnlySpan<ulong> items)
    {
        var largest = items[0];
        foreach (var item in items)
        {
            largest = Math.Max(largest, item);
        }

        return largest;
    }

    /// <summary>Hoare's partition; returns the length of the lower part, from 1 to length − 1.</summary>
    private static int Partition(Span<ulong> items)
    {
        ulong a = items[0], b = items[items.Length / 2], c = items[^1];
        var pivot = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
        int low = -1, high = items.Length;
        while (true)
        {
            do
            {
                low++;
            }
            while (items[low] < pivot);

            do
            {
                high--;
            }
            while (items[high] > pivot);

            if (low >= high)
            {
                return Math.Clamp(high + 1, 1, items.Length - 1);
            }

            (items[low], items[high]) = (items[high], items[low]);
        }
    }
}
