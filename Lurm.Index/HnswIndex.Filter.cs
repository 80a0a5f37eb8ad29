namespace Lurm.Index;

/// <content>Searching among the keys that a filter passes.</content>
public sealed unsafe partial class HnswIndex
{
    /// <summary>Vectors a beam scores per entry of its width, roughly; what the planner reckons with.</summary>
    private const double ScoredPerBeamEntry = 8;

    /// <summary>Cost of scoring one matching key met by its key (look-up, a far row), in beam scores.</summary>
    private const double KeyCost = 1;

    /// <summary>Cost of asking a predicate about one slot, in beam scores.</summary>
    private const double PredicateCost = 0.06;

    /// <summary>What a beam is widened by when it held too few matches.</summary>
    private const int WideningFactor = 4;

    /// <inheritdoc/>
    /// <remarks>
    /// The planner compares the cost of scoring every match with that of a beam wide enough (ef / share of matches), and takes the
    /// cheaper. A beam that held fewer than min(k, matches) is widened fourfold until it does or until the scan is cheaper.
    /// </remarks>
    public FilteredSearch Search(ReadOnlySpan<float> query, Span<Neighbor> hits, int ef, VectorFilter filter, CancellationToken cancellationToken = default)
    {
        Throw.IfNotAVector(query, Dimensions, nameof(query));
        ArgumentOutOfRangeException.ThrowIfLessThan(ef, 1);
        ArgumentNullException.ThrowIfNull(filter);
        if (hits.IsEmpty)
        {
            return new FilteredSearch(0, FilterPlan.ExactScan, 0);
        }

        var state = _pool.Rent();
        try
        {
            var blocks = state.Blocks!;
            var version = Volatile.Read(ref _version);
            var live = Math.Max(1, Count);
            var share = filter.ShareOf(live);
            var scan = ScanCost(filter, share, live);
            var beam = Widest(Math.Max(ef, hits.Length) / Math.Max(share, 1e-9));
            state.Prepare(blocks, 1);
            state.SetQuery(blocks, query);
            var slots = filter.SlotsOf(blocks, version);
            var plan = FilterPlan.FilteredBeam;
            while (blocks.EntryPoint is var entry and >= 0 && beam * ScoredPerBeamEntry < scan && beam < blocks.Used)
            {
                state.EnsureList((int)beam);
                entry = _engine.Descend(blocks, state, entry, 0, out var score);
                _engine.Walk(blocks, state, entry, score, 0, (int)beam, cancellationToken);
                state.Count = slots?.Keep(state.List, state.Count, filter) ?? state.Count;
                var count = Collect(blocks, state, hits, version, filter);
                if (count == hits.Length)
                {
                    return new FilteredSearch(count, plan, state.Visited);
                }

                beam = Widest(beam * WideningFactor);
                plan = FilterPlan.Widening;
            }

            var written = ScanInto(blocks, state, hits, filter, 1, cancellationToken);
            return new FilteredSearch(written, FilterPlan.ExactScan, state.Visited);
        }
        finally
        {
            _pool.Return(state);
        }
    }

    private static double Widest(double beam) => Math.Min(beam, int.MaxValue / 2);

    private static double ScanCost(VectorFilter filter, double share, int live) => filter.KeyCount >= 0
        ? Math.Min(filter.KeyCount, live) * KeyCost
        : live * (PredicateCost + share);
}
