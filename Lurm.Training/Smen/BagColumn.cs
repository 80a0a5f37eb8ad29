using Lurm.Store.Encoders;
using Lurm.Training.Algebra;

namespace Lurm.Training.Smen;

/// <summary>One bag input of many users: its parts as sparse rows, and what goes with them.</summary>
internal sealed class BagColumn(int interests)
{
    private readonly List<int> _firstParts = [0];
    private readonly List<int> _ages = [];
    private readonly List<float> _gates = [];

    /// <summary>All parts of all users, users in order.</summary>
    public SparseRows Parts { get; } = new(interests);

    /// <summary>Users so far.</summary>
    public int Count => _gates.Count;

    /// <summary>Parts of user number <paramref name="user"/>, as rows of <see cref="Parts"/>.</summary>
    public Range PartsOf(int user) => _firstParts[user].._firstParts[user + 1];

    /// <summary>Age of part <paramref name="part"/>.</summary>
    public int Age(int part) => _ages[part];

    /// <summary>Gate of user number <paramref name="user"/>.</summary>
    public float Gate(int user) => _gates[user];

    /// <summary>Appends the next user.</summary>
    public void Add(UserBag bag)
    {
        for (var part = 0; part < bag.Parts; part++)
        {
            var range = bag.Starts[part]..bag.Starts[part + 1];
            Parts.Add(bag.Keys[range], bag.Values[range]);
            _ages.Add(bag.Ages[part]);
        }

        _firstParts.Add(Parts.Count);
        _gates.Add(bag.Gate);
    }

    /// <summary>The only part of each user, a row per user, empty where there is none; for scales of one bag.</summary>
    public SparseRows RowPerUser()
    {
        var rows = new SparseRows(Parts.Columns);
        for (var user = 0; user < Count; user++)
        {
            var parts = PartsOf(user);
            var (start, length) = parts.GetOffsetAndLength(Parts.Count);
            if (length == 0)
            {
                rows.Add([], []);
                continue;
            }

            rows.Add(Parts.Keys(start), Parts.Values(start));
        }

        return rows;
    }
}
