using Lurm.Index.Graph;

namespace Lurm.Index;

/// <content>Giving back the room of removed vectors.</content>
public sealed unsafe partial class HnswIndex
{
    /// <summary>Gives back the room of removed vectors; searches go on meanwhile. Runs by itself when over half the slots are free.</summary>
    public void Compact()
    {
        lock (_writeLock)
        {
            if (_free.Count + _limbo.Count > 0)
            {
                CompactLocked();
            }
        }
    }

    /// <summary>Drops every link to a removed slot, so that those slots can be used again.</summary>
    private void Sweep(GraphBlocks blocks, SearchState state)
    {
        for (var slot = 0; slot < blocks.Used; slot++)
        {
            for (var level = blocks.IsTwin(slot) ? -1 : blocks.LevelOf(slot); level >= 0; level--)
            {
                DropDead(blocks, slot, level);
            }
        }

        foreach (var slot in _limbo)
        {
            Recycle(blocks, slot);
        }

        _limbo.Clear();
        _removals = 0;
        _ = _engine.Reconnect(blocks, state, CancellationToken.None);
    }

    private static void DropDead(GraphBlocks blocks, int slot, int level)
    {
        var links = blocks.LinksOf(slot, level);
        var most = blocks.LinksAt(level);
        var degree = GraphBlocks.Degree(links, slot, most);
        for (var i = degree - 1; i >= 0; i--)
        {
            if (blocks.Live[links[i]] != 0)
            {
                continue;
            }

            if (level == 0)
            {
                blocks.InDegree[links[i]]--;
            }

            degree--;
            links[i] = links[degree];
            links[degree] = slot;
        }
    }

    private void Recycle(GraphBlocks blocks, int slot)
    {
        int level = blocks.Levels[slot];
        if (level > 0)
        {
            if (!_freeUpper.TryGetValue(level, out var runs))
            {
                _freeUpper[level] = runs = new Stack<int>();
            }

            runs.Push(blocks.UpperStart[slot]);
            blocks.Levels[slot] = 0;
        }

        _free.Push(slot);
    }

    private void CompactLocked()
    {
        var blocks = Writable();
        BeginWrite();
        try
        {
            var state = RentPrepared(blocks);
            try
            {
                Sweep(blocks, state);
            }
            finally
            {
                _pool.Return(state);
            }

            var compacted = Compaction.Renumber(blocks, Options);
            lock (_slotLock)
            {
                _pool.Publish(compacted);
                MapKeys(compacted);
            }

            _equals = null;
            _free.Clear();
            _limbo.Clear();
            _freeUpper.Clear();
        }
        finally
        {
            EndWrite();
        }
    }
}
