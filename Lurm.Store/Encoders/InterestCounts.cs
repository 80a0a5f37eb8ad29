using Lurm.Store.Histories;

namespace Lurm.Store.Encoders;

/// <summary>Adds up a history per interest, for several decays in one walk: each interest met takes the next place in dense lanes, one lane a decay.</summary>
/// <remarks>One thread. The only memory as large as the model is one number an interest; everything per user is as long as the user's own interests.</remarks>
internal sealed class InterestCounts
{
    private readonly int[] _itemInterests;
    private readonly double[] _kindWeights;

    /// <summary>One more than the place of each interest, 0 where it was not met.</summary>
    private readonly int[] _places;

    private readonly double[][] _lanes;
    private readonly double[] _factors;
    private int[] _interests = new int[256];

    public InterestCounts(int[] itemInterests, double[] kindWeights, int interests, int lanes)
    {
        _itemInterests = itemInterests;
        _kindWeights = kindWeights;
        _places = new int[interests];
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new double[_interests.Length])];
        _factors = new double[lanes];
    }

    /// <summary>The table of items it was made with.</summary>
    public int[] ItemInterests => _itemInterests;

    /// <summary>How many interests were met.</summary>
    public int Count { get; private set; }

    /// <summary>Those interests, in the order in which the history first meets them.</summary>
    public ReadOnlySpan<int> Interests => _interests.AsSpan(0, Count);

    /// <summary>Their counts under one decay; may be overwritten.</summary>
    public Span<double> Lane(int lane) => _lanes[lane].AsSpan(0, Count);

    /// <summary>Adds entries.</summary>
    /// <param name="entries">Sorted by period.</param>
    /// <param name="last">The period of age 0.</param>
    /// <param name="decays">One a lane that is used, from lane 0 on; null for none.</param>
    /// <param name="keep">Where not empty, only interests whose entry is true count.</param>
    /// <param name="totals">Grows by each lane's counts.</param>
    public void Add(ReadOnlySpan<HistoryEntry> entries, int last, ReadOnlySpan<DecayTable?> decays, ReadOnlySpan<bool> keep, Span<double> totals)
    {
        var factors = _factors.AsSpan(0, decays.Length);
        var period = int.MinValue;
        foreach (ref readonly var entry in entries)
        {
            if ((uint)entry.Item >= (uint)_itemInterests.Length)
            {
                continue;
            }

            var interest = _itemInterests[entry.Item];
            if (interest < 0 || (!keep.IsEmpty && !keep[interest]))
            {
                continue;
            }

            var weight = (uint)entry.Kind < (uint)_kindWeights.Length ? _kindWeights[entry.Kind] : 1.0;
            // Nearly every entry is one event; a division costs more than the rest of the loop.
            var count = entry.WeightThousandths == 1000 ? weight : weight * entry.WeightThousandths / 1000.0;
            if (!(count > 0))
            {
                continue;
            }

            if (entry.Period != period)
            {
                period = entry.Period;
                for (var lane = 0; lane < factors.Length; lane++)
                {
                    factors[lane] = decays[lane]?.Factor(last - period) ?? 1.0;
                }
            }

            var place = Place(interest);
            for (var lane = 0; lane < factors.Length; lane++)
            {
                var decayed = count * factors[lane];
                _lanes[lane][place] += decayed;
                totals[lane] += decayed;
            }
        }
    }

    public void Clear()
    {
        foreach (var interest in Interests)
        {
            _places[interest] = 0;
        }

        Count = 0;
    }

    private int Place(int interest)
    {
        var place = _places[interest] - 1;
        if (place >= 0)
        {
            return place;
        }

        if (Count == _interests.Length)
        {
            Array.Resize(ref _interests, Count * 2);
            for (var lane = 0; lane < _lanes.Length; lane++)
            {
                Array.Resize(ref _lanes[lane], Count * 2);
            }
        }

        foreach (var lane in _lanes)
        {
            lane[Count] = 0;
        }

        _interests[Count] = interest;
        _places[interest] = ++Count;
        return Count - 1;
    }
}
