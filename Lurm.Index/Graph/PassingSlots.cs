namespace Lurm.Index.Graph;

/// <summary>The slots of a graph whose key, or a twin's, passes a filter, as of one version of the index: one bit a slot in place of three far reads.</summary>
/// <remarks>Listing them costs a pass over all slots, as much as a filtered search; worth it for a filter that comes again. Any number of threads.</remarks>
internal sealed unsafe class PassingSlots(GraphBlocks blocks, long version)
{
    private ulong[]? _bits;

    /// <summary>Whether it is about these blocks at this version.</summary>
    public bool IsOf(GraphBlocks other, long otherVersion) => ReferenceEquals(blocks, other) && version == otherVersion;

    /// <summary>Leaves those of <paramref name="count"/> entries whose slots pass, in their order, and gives their number.</summary>
    public int Keep(ulong* entries, int count, VectorFilter filter)
    {
        var bits = Volatile.Read(ref _bits) ?? (_bits = List(filter));
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var slot = Candidate.Slot(entries[i]);
            var word = slot >> 6;
            entries[kept] = entries[i];

            // A slot that came after the version is beyond the last word, and not of this answer.
            kept += word < bits.Length ? (int)(bits[word] >> slot & 1) : 0;
        }

        return kept;
    }

    private ulong[] List(VectorFilter filter)
    {
        var used = blocks.Used;
        var bits = new ulong[(used + 63) / 64];
        filter.Mark(new ReadOnlySpan<long>(blocks.Keys, used), new ReadOnlySpan<byte>(blocks.Live, used), bits);

        // A search meets the linked one of equal vectors, which stands for all of its chain.
        for (var slot = 0; slot < used; slot++)
        {
            if (blocks.Twins[slot] != slot && !blocks.IsTwin(slot) && AnyTwin(bits, slot))
            {
                bits[slot >> 6] |= 1ul << slot;
            }
        }

        return bits;
    }

    private bool AnyTwin(ulong[] bits, int slot)
    {
        // A chain that a writer changes meanwhile may run in a ring; then the version has passed, and the answer is nobody's.
        for (var (steps, next) = (0, blocks.Twins[slot]); steps < blocks.Used; steps++, next = blocks.Twins[next])
        {
            if (next >> 6 < bits.Length && (bits[next >> 6] >> next & 1) != 0)
            {
                return true;
            }

            if (blocks.Twins[next] == next)
            {
                return false;
            }
        }

        return false;
    }
}
