using Lurm.Index.Graph;

namespace Lurm.Index.Scanning;

/// <summary>The best of a stream of scores, in the list of a search state; twice the room, halved by selection whenever full.</summary>
internal unsafe ref struct TopScores
{
    private readonly ulong* _list;
    private readonly int _room;
    private int _count;

    /// <param name="wanted">How many to keep, at least 1.</param>
    /// <param name="state">Whose list receives them.</param>
    public TopScores(int wanted, SearchState state)
    {
        Wanted = wanted;
        _room = (int)Math.Min(int.MaxValue / 2, (2L * wanted) + 256);
        state.EnsureList(_room);
        _list = state.List;
        Threshold = float.NegativeInfinity;
    }

    /// <summary>How many are kept.</summary>
    public int Wanted { get; }

    /// <summary>A score at or below it cannot be among the best.</summary>
    public float Threshold { get; private set; }

    public void Add(float score, int slot)
    {
        _list[_count++] = Candidate.Pack(score, slot);
        if (_count == _room)
        {
            Halve();
        }
    }

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        _count = 0;
        Threshold = float.NegativeInfinity;
    }

    /// <summary>Sorts what is kept, best first, into the state's list; returns how many.</summary>
    public int Finish()
    {
        if (_count > Wanted)
        {
            Halve();
        }

        new Span<ulong>(_list, _count).Sort();
        return _count;
    }

    private void Halve()
    {
        Selection.Smallest(new Span<ulong>(_list, _count), Wanted);
        _count = Wanted;
        Threshold = Candidate.Score(Selection.Largest(new ReadOnlySpan<ulong>(_list, _count)));
    }
}
