namespace Lurm.Campaigns.Corruption;

/// <summary>What disks, copies and crashes do to files.</summary>
internal static class Damage
{
    private const int PageBytes = 4096;

    private static readonly string[] Names = ["a bit flipped", "bytes overwritten", "a page zeroed", "cut short", "lengthened", "torn", "pages swapped"];

    /// <summary>One kind of damage at a place that <paramref name="random"/> picks; never leaves the bytes as they were.</summary>
    public static byte[] Apply(byte[] good, Random random, out string what)
    {
        while (true)
        {
            byte[] bytes = [.. good];
            var kind = random.Next(7);
            var at = bytes.Length == 0 ? 0 : random.Next(bytes.Length);
            switch (kind)
            {
                case 0 when bytes.Length > 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when bytes.Length > 0:
                    random.NextBytes(bytes.AsSpan(at, Math.Min(1 + random.Next(64), bytes.Length - at)));
                    break;
                case 2 when bytes.Length > 0:
                    bytes.AsSpan(at / PageBytes * PageBytes, Math.Min(PageBytes, bytes.Length - (at / PageBytes * PageBytes))).Clear();
                    break;
                case 3:
                    bytes = bytes[..at];
                    break;
                case 4:
                    bytes = [.. bytes, .. new byte[1 + random.Next(2 * PageBytes)]];
                    break;
                case 5 when bytes.Length > 0:
                    // Torn: the file has its length, but what follows a page was never written.
                    bytes.AsSpan(at / PageBytes * PageBytes).Clear();
                    break;
                case 6 when bytes.Length > 2 * PageBytes:
                    Swap(bytes, random.Next(bytes.Length / PageBytes) * PageBytes, random.Next(bytes.Length / PageBytes) * PageBytes);
                    break;
            }

            if (bytes.AsSpan().SequenceEqual(good))
            {
                continue;
            }

            what = Names[kind];
            return bytes;
        }
    }

    private static void Swap(byte[] bytes, int first, int second)
    {
        var page = bytes.AsSpan(first, PageBytes).ToArray();
        bytes.AsSpan(second, PageBytes).CopyTo(bytes.AsSpan(first));
        page.CopyTo(bytes.AsSpan(second));
    }
}
