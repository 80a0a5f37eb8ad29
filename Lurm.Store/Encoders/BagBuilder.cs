using System.Numerics.Tensors;
using Lurm.Store.Histories;

namespace Lurm.Store.Encoders;

/// <summary>Derives, from one user's history, the bags that an encoder takes. The one definition, for training and serving alike.</summary>
/// <remarks>
/// A count is kind weight × the events' own weights. Ages run on the user's own clock: from the last period of the history itself.
/// One thread at a time; buffers are reused, so that a warm <see cref="Build(ReadOnlySpan{HistoryEntry})"/> allocates nothing. Cost O(entries · bags).
/// </remarks>
public sealed class BagBuilder
{
    private readonly InterestCounts _counts;
    private readonly float[] _idf;
    private readonly BagInput[] _inputs;
    private readonly PeriodGrain _grain;
    private readonly BagBuffer[] _buffers;
    private readonly DecayTable[] _decays;

    /// <summary>The bags of one part, all derived in one walk over the history.</summary>
    private readonly int[] _singles;

    private readonly DecayTable?[] _laneDecays;
    private readonly double[] _totals;

    /// <summary>A builder of a model's bags.</summary>
    /// <param name="card">Names the bags, the kinds' weights and the grain.</param>
    /// <param name="interests">Gives each interest its idf.</param>
    /// <param name="itemInterests">Entry i is the interest of the item with row number i, −1 for none (<see cref="InterestModel.MapItems"/>); shared, not copied. An item beyond its end has none.</param>
    /// <param name="kinds">Names of the kinds, by kind key.</param>
    /// <exception cref="ArgumentException">Card, interests and table do not fit each other.</exception>
    public BagBuilder(ModelCard card, InterestModel interests, int[] itemInterests, IReadOnlyList<string> kinds)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(interests);
        ArgumentNullException.ThrowIfNull(itemInterests);
        ArgumentNullException.ThrowIfNull(kinds);
        ModelCardRules.Check(card);
        if (interests.Count != card.Interests)
        {
            throw new ArgumentException($"found {interests.Count} interests; expected {card.Interests}, as card '{card.ModelId}' says", nameof(interests));
        }

        foreach (var interest in itemInterests)
        {
            if (interest < -1 || interest >= card.Interests)
            {
                throw new ArgumentException($"found interest {interest}; expected −1 to {card.Interests - 1}", nameof(itemInterests));
            }
        }

        _idf = interests.Idf.ToArray();
        _inputs = [.. card.Bags];
        _grain = card.Grain;
        _buffers = [.. _inputs.Select(_ => new BagBuffer())];
        _decays = [.. _inputs.Select(input => new DecayTable(input.HalfLifePeriods))];
        _singles = [.. Enumerable.Range(0, _inputs.Length).Where(i => !_inputs[i].IsMany)];
        var lanes = Math.Max(1, _singles.Length);
        _laneDecays = new DecayTable?[lanes];
        _totals = new double[lanes];
        double[] kindWeights = [.. kinds.Select(kind => card.KindWeights.TryGetValue(kind, out var weight) ? weight : 1.0)];
        _counts = new InterestCounts(itemInterests, kindWeights, card.Interests, lanes);
    }

    /// <summary>How many bags there are: those of the card, in its order.</summary>
    public int Count => _inputs.Length;

    /// <summary>Bag <paramref name="index"/> of the user last built.</summary>
    public UserBag this[int index] => _buffers[index].View();

    /// <summary>Whether it was made with this very table.</summary>
    internal bool Uses(int[] itemInterests) => ReferenceEquals(_counts.ItemInterests, itemInterests);

    /// <summary>Derives all bags of one user.</summary>
    /// <param name="entries">The whole history, sorted by period.</param>
    /// <returns>False where no bag holds anything: no item of the history has an interest with an idf above 0.</returns>
    public bool Build(ReadOnlySpan<HistoryEntry> entries) => Build(entries, keep: default, halfLifePeriods: null);

    /// <summary>As the other overload, for a question about a part of a history.</summary>
    /// <param name="entries">The whole history, sorted by period.</param>
    /// <param name="keep">Where not empty, shape [Interests]: only interests whose entry is true count.</param>
    /// <param name="halfLifePeriods">Where given, every count is first decayed by its age on the user's own clock.</param>
    internal bool Build(ReadOnlySpan<HistoryEntry> entries, ReadOnlySpan<bool> keep, double? halfLifePeriods)
    {
        var any = false;
        var last = entries.IsEmpty ? 0 : entries[^1].Period;
        var decay = halfLifePeriods is { } halfLife ? new DecayTable(halfLife) : null;
        BuildSingles(entries, last, decay, keep);
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i].IsMany)
            {
                BuildPeriods(_buffers[i], _inputs[i], entries, last, decay, keep);
            }

            any |= _buffers[i].Length > 0;
        }

        return any;
    }

    private void BuildSingles(ReadOnlySpan<HistoryEntry> entries, int last, DecayTable? decay, ReadOnlySpan<bool> keep)
    {
        for (var lane = 0; lane < _singles.Length; lane++)
        {
            _laneDecays[lane] = _inputs[_singles[lane]].Scale == Scale.Recent ? _decays[_singles[lane]] : decay;
        }

        _totals.AsSpan().Clear();
        _counts.Add(entries, last, _laneDecays.AsSpan(0, _singles.Length), keep, _totals);
        for (var lane = 0; lane < _singles.Length; lane++)
        {
            var buffer = _buffers[_singles[lane]];
            buffer.Clear();
            var total = _totals[lane];
            buffer.Gate = _inputs[_singles[lane]].GateHalfCount is { } half ? (float)(total / (total + half)) : 1f;
            Emit(buffer, lane, age: 0);
        }

        _counts.Clear();
    }

    private void BuildPeriods(BagBuffer buffer, BagInput input, ReadOnlySpan<HistoryEntry> entries, int last, DecayTable? decay, ReadOnlySpan<bool> keep)
    {
        buffer.Clear();
        _laneDecays[0] = decay;
        var lastPeriod = Calendar.ToScale(last, input.Scale, _grain);
        var start = 0;
        while (start < entries.Length)
        {
            var age = Age(entries[start].Period);
            var end = start + 1;
            while (end < entries.Length && (entries[end].Period == entries[end - 1].Period || Age(entries[end].Period) == age))
            {
                end++;
            }

            _counts.Add(entries[start..end], last, _laneDecays.AsSpan(0, 1), keep, _totals);
            Emit(buffer, lane: 0, age);
            _counts.Clear();
            start = end;
        }

        int Age(int period) => Math.Min(lastPeriod - Calendar.ToScale(period, input.Scale, _grain), input.MaxPeriods - 1);
    }

    /// <summary>Turns a lane of the counts into a part of <paramref name="buffer"/>.</summary>
    private void Emit(BagBuffer buffer, int lane, int age)
    {
        var interests = _counts.Interests;
        var values = _counts.Lane(lane);
        TensorPrimitives.LogP1(values, values);
        buffer.Reserve(interests.Length);
        var start = buffer.Length;
        var length = start;
        var squares = 0.0;
        for (var i = 0; i < interests.Length; i++)
        {
            var value = values[i] * _idf[interests[i]];
            if (!(value > 1e-12))
            {
                continue;
            }

            buffer.Keys[length] = interests[i];
            buffer.Values[length++] = (float)value;
            squares += value * value;
        }

        if (length == start)
        {
            return;
        }

        var part = buffer.Values.AsSpan(start, length - start);
        TensorPrimitives.Multiply(part, (float)(1 / Math.Sqrt(squares)), part);
        buffer.EndPart(length, age);
    }
}
