namespace Lurm.Campaigns.Fuzzing;

/// <summary>Makes inputs out of other inputs: flips, runs, cuts, repeats, splices, numbers at their limits, words of the target.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> words)
{
    private const int MaxBytes = 64 * 1024;

    private static readonly byte[][] Limits =
    [
        [0], [1], [0x7F], [0x80], [0xFF], [0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    ];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var n = 1 + random.Next(random.Next(8) == 0 ? 24 : 4); n > 0; n--)
        {
            Step(bytes, other);
        }

        return bytes.Count <= MaxBytes ? [.. bytes] : [.. bytes[..MaxBytes]];
    }

    private void Step(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var run = Math.Min(1 + random.Next(random.Next(4) == 0 ? 64 : 6), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                return;
            case 2:
                bytes.RemoveRange(at, run);
                return;
            case 3:
                // A number of repeats large enough to reach depth and length limits now and then.
                var piece = bytes.GetRange(at, run);
                for (var n = random.Next(16) == 0 ? 200 : 1 + random.Next(3); n > 0; n--)
                {
                    bytes.InsertRange(at, piece);
                }

                return;
            case 4:
                Overwrite(bytes, at, Limits[random.Next(Limits.Length)]);
                return;
            case 5 when words.Count > 0:
                bytes.InsertRange(at, words[random.Next(words.Count)]);
                return;
            case 6 when words.Count > 0:
                Overwrite(bytes, at, words[random.Next(words.Count)]);
                return;
            case 7 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(from));
                return;
            default:
                bytes.InsertRange(at, Limits[random.Next(Limits.Length)]);
                return;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] piece)
    {
        bytes.RemoveRange(at, Math.Min(piece.Length, bytes.Count - at));
        bytes.InsertRange(at, piece);
    }
}
