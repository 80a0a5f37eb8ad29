namespace Lurm.Store.Encoders;

/// <summary>Bags of some users, copied out of a <see cref="BagBuilder"/>; reused from batch to batch.</summary>
internal sealed class EncoderBatch
{
    private readonly BagColumn[] _columns;

    public EncoderBatch(ModelCard card)
    {
        Card = card;
        _columns = [.. card.Bags.Select(_ => new BagColumn())];
    }

    public ModelCard Card { get; }

    /// <summary>Users in it.</summary>
    public int Count { get; private set; }

    /// <summary>Bag input <paramref name="index"/> of all users.</summary>
    public BagColumn this[int index] => _columns[index];

    /// <summary>Adds the user last built by <paramref name="builder"/>.</summary>
    public void Add(BagBuilder builder)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Add(builder[i]);
        }

        Count++;
    }

    public void Clear()
    {
        foreach (var column in _columns)
        {
            column.Clear();
        }

        Count = 0;
    }

    /// <summary>The padded length that <paramref name="builder"/>'s user needs: the largest part of any of its bags, rounded up to a power of two, at least 8.</summary>
    public static int SizeClass(BagBuilder builder)
    {
        var longest = 8;
        for (var i = 0; i < builder.Count; i++)
        {
            var bag = builder[i];
            for (var part = 0; part < bag.Parts; part++)
            {
                longest = Math.Max(longest, bag.Starts[part + 1] - bag.Starts[part]);
            }
        }

        return (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)longest);
    }
}
