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
    private readonly int[] _itemInterests;
    private readonly double[] _kindWeights;
    private readonly float[] _idf;
    private readonly BagInput[] _inputs;
    private readonly PeriodGrain _grain;
    private readonly BagBuffer[] _buffers;
    private readonly DecayTable[] _decays;
    private readonly double[] _counts;
    private int[] _touched = new int[256];
    private int _touchedCount;

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

        _itemInterests = itemInterests;
        _kindWeights = [.. kinds.Select(kind => card.KindWeights.TryGetValue(kind, out var weight) ? weight : 1.0)];
        _idf = interests.Idf.ToArray();
        _inputs = [.. card.Bags];
        _grain = card.Grain;
        _buffers = [.. _inputs.Select(_ => new BagBuffer())];
        _decays = [.. _inputs.Select(input => new DecayTable(input.HalfLifePeriods))];
        _counts = new double[card.Interests];
    }

    /// <summary>How many bags there are: those of the card, in its order.</summary>
    public int Count => _inputs.Length;

    /// <summary>Bag <paramref name="index"/> of the user last built.</summary>
    public UserBag this[int index] => _buffers[index].View();

    /// <summary>Whether it was made with this very table.</summary>
    internal bool Uses(int[] itemInterests) => ReferenceEquals(_itemInterests, itemInterests);

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
        for (var i = 0; i < _inputs.Length; i++)
        {
            var buffer = _buffers[i];
            buffer.Clear();
            if (_inputs[i].Scale is Scale.Lifetime or Scale.Recent)
            {
                var total = Accumulate(entries, last, _inputs[i].Scale == Scale.Recent ? _decays[i] : decay, keep);
                buffer.Gate = _inputs[i].GateHalfCount is { } half ? (float)(total / (total + half)) : 1f;
                Emit(buffer, age: 0);
            }
            else
            {
                BuildPeriods(buffer, _inputs[i], entries, last, decay, keep);
            }

            any |= buffer.Length > 0;
        }

        return any;
    }

    private void BuildPeriods(BagBuffer buffer, BagInput input, ReadOnlySpan<HistoryEntry> entries, int last, DecayTable? decay, ReadOnlySpan<bool> keep)
    {
        buffer.Gate = 1f;
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

            Accumulate(entries[start..end], last, decay, keep);
            Emit(buffer, age);
            start = end;
        }

        int Age(int period) => Math.Min(lastPeriod - Calendar.ToScale(period, input.Scale, _grain), input.MaxPeriods - 1);
    }

    /// <summary>Adds up counts per interest into the scratch table; returns their total.</summary>
    private double Accumulate(ReadOnlySpan<HistoryEntry> entries, int last, DecayTable? decay, ReadOnlySpan<bool> keep)
    {
        var total = 0.0;
        var factor = 1.0;
        var factorPeriod = int.MinValue;
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

            if (decay is not null && entry.Period != factorPeriod)
            {
                factorPeriod = entry.Period;
                factor = decay.Factor(last - entry.Period);
            }

            var weight = (uint)entry.Kind < (uint)_kindWeights.Length ? _kindWeights[entry.Kind] : 1.0;
            var count = weight * entry.WeightThousandths / 1000.0 * factor;
            if (!(count > 0))
            {
                continue;
            }

            if (_counts[interest] == 0)
            {
                if (_touchedCount == _touched.Length)
                {
                    Array.Resize(ref _touched, _touched.Length * 2);
                }

                _touched[_touchedCount++] = interest;
            }

            _counts[interest] += count;
            total += count;
        }

        return total;
    }

    /// <summary>Turns the scratch table into a part of <paramref name="buffer"/> and empties it.</summary>
    private void Emit(BagBuffer buffer, int age)
    {
        buffer.Reserve(_touchedCount);
        var start = buffer.Length;
        var length = start;
        var squares = 0.0;
        foreach (var interest in _touched.AsSpan(0, _touchedCount))
        {
            var value = Math.Log(1 + _counts[interest]) * _idf[interest];
            _counts[interest] = 0;
            if (!(value > 1e-12))
            {
                continue;
            }

            buffer.Keys[length] = interest;
            buffer.Values[length++] = (float)value;
            squares += value * value;
        }

        _touchedCount = 0;
        if (length == start)
        {
            return;
        }

        var part = buffer.Values.AsSpan(start, length - start);
        TensorPrimitives.Multiply(part, (float)(1 / Math.Sqrt(squares)), part);
        buffer.EndPart(length, age);
    }
}
