using Lurm.Index.Graph;

namespace Lurm.Index.Tests;

public sealed unsafe class BeamTests
{
    [Fact]
    public void A_merged_list_is_the_sorted_union()
    {
        var random = new Random(7);
        var room = new ulong[Beam.Front + 400];
        var packed = stackalloc ulong[160];
        for (var trial = 0; trial < 2000; trial++)
        {
            var (count, added) = (random.Next(0, 300), random.Next(1, 65));
            var entries = Distinct(random, count + added);
            var sorted = entries[..count].Order().ToArray();
            Array.Clear(room);
            sorted.CopyTo(room, Beam.Front);
            entries.AsSpan(count).CopyTo(new Span<ulong>(packed, added));
            fixed (ulong* start = room)
            {
                var first = Beam.Merge(start + Beam.Front, count, packed, added);

                Assert.Equal(entries.Order(), room.Skip(Beam.Front).Take(count + added));
                Assert.Equal(entries[count..].Min(), room[Beam.Front + first]);
                Assert.All(room.Take(Beam.Front), static zero => Assert.Equal(0ul, zero));
            }
        }
    }

    [Fact]
    public void Only_what_sorts_before_the_limit_may_enter()
    {
        float[] scores = [0.5f, -1f, 0.9f, 0.5f, 0.1f];
        int[] slots = [3, 4, 5, 2, 1];
        var packed = new ulong[8];
        fixed (float* s = scores)
        fixed (int* ids = slots)
        fixed (ulong* into = packed)
        {
            Assert.Equal(5, Beam.Filter(s, ids, 5, ulong.MaxValue, into));
            var kept = Beam.Filter(s, ids, 5, Candidate.Pack(0.5f, 3), into);

            Assert.Equal([5, 2], packed.Take(kept).Select(Candidate.Slot));
        }
    }

    private static ulong[] Distinct(Random random, int count)
    {
        var slots = Enumerable.Range(0, count).ToArray();
        random.Shuffle(slots);
        return [.. slots.Select(slot => Candidate.Pack((random.Next(40) - 20) / 20f, slot))];
    }
}
