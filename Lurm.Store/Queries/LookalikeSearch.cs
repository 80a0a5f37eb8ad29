using Lurm.Store.Generations;

namespace Lurm.Store.Queries;

/// <summary>Answers lookalike queries on one view.</summary>
internal sealed class LookalikeSearch(LurmDatabase database, GenerationView view, CancellationToken cancellationToken)
{
    /// <summary>Under so many seeds an audience says little; over REST such queries are refused.</summary>
    private const int FewSeeds = 25;

    private const int TopInterests = 20;
    private static readonly double[] CurvePercents = [1, 2, 3, 5, 7.5, 10, 15, 20];

    private readonly UserDirectory _users = database.KnownUsers;

    public LookalikeResult Run(LookalikeQuery query)
    {
        ArgumentNullException.ThrowIfNull(query.Size);
        var matrix = view.Matrix(database, cancellationToken);
        var (seedKeys, unmatched, unmatchedIds) = Seeds(query, matrix);
        var seeds = Array.ConvertAll(seedKeys, matrix.RowOf);
        var (rows, baseCount) = Candidates(query, matrix, seedKeys);
        var scoring = new LookalikeScores(database, matrix, view.Bags, query.Seed, cancellationToken);
        var scores = scoring.Score(query.Method, seeds);
        var (from, to) = Range(query.Size, baseCount, rows, scores);
        var curveEnd = Math.Min(rows.Length, Share(CurvePercents[^1], baseCount));
        var best = Ranking.Best(scores, rows, Math.Max(to, curveEnd));
        to = Math.Min(to, best.Length);
        var members = Members(matrix, best.AsSpan(Math.Min(from, to)..to), scores);
        return new LookalikeResult
        {
            Members = members,
            MatchedSeeds = seeds.Length,
            UnmatchedSeeds = unmatched,
            UnmatchedSeedIds = unmatchedIds,
            RelevanceCurve = Curve(best, scores, baseCount),
            TopInterests = query.Explain ? Explain(matrix, best.AsSpan(Math.Min(from, to)..to)) : [],
            Method = query.Method,
            ModelId = view.Generation.ModelId,
            AsOf = view.Generation.PublishedAt!.Value,
            Warnings = Warnings(query, matrix, seeds, members.Count),
        };
    }

    private (long[] Keys, int Unmatched, List<string> UnmatchedIds) Seeds(LookalikeQuery query, AudienceMatrix matrix)
    {
        if ((query.Seeds is null ? 0 : 1) + (query.SeedFilter is null ? 0 : 1) + (query.AudienceId is null ? 0 : 1) != 1)
        {
            throw new StoreException(StoreFault.Invalid, "expected exactly one of seeds, a seed filter and an audience.");
        }

        var keys = new HashSet<long>();
        var unmatched = 0;
        var names = new List<string>();
        if (query.Seeds is { } seeds)
        {
            Refuse(seeds.Count);
            foreach (var (id, key) in Keys(seeds.Distinct(StringComparer.Ordinal)))
            {
                if (key is { } known && matrix.RowOf(known) >= 0)
                {
                    keys.Add(known);
                    continue;
                }

                unmatched++;
                if (names.Count < LookalikeResult.MaxUnmatchedIds)
                {
                    names.Add(id);
                }
            }
        }
        else
        {
            var selected = query.SeedFilter is { } filter ? database.SelectUserKeys(filter, cancellationToken) : database.AudienceKeys(query.AudienceId!);
            Refuse(selected.Length);
            keys.UnionWith(selected.Where(key => matrix.RowOf(key) >= 0));
            unmatched = selected.Length - keys.Count;
        }

        return keys.Count > 0
            ? ([.. keys.Order()], unmatched, names)
            : throw new StoreException(StoreFault.Invalid, $"none of the seed users has a representation in '{database.Folder}'; expected at least one. Check the ids, or run 'lurm embed'.");
    }

    /// <summary>Rows that may be members, ascending, and how many users a percentage is of.</summary>
    private (int[] Rows, int BaseCount) Candidates(LookalikeQuery query, AudienceMatrix matrix, long[] seedKeys)
    {
        var isOut = new bool[matrix.Count];
        var baseCount = matrix.Count;
        if (query.Filter is { } filter)
        {
            Array.Fill(isOut, true);
            baseCount = 0;
            foreach (var key in database.SelectUserKeys(filter, cancellationToken))
            {
                if (matrix.RowOf(key) is >= 0 and var row)
                {
                    isOut[row] = false;
                    baseCount++;
                }
            }
        }

        var excluded = Keys(query.Exclude.Distinct(StringComparer.Ordinal)).Where(pair => pair.Key is not null).Select(pair => pair.Key!.Value);
        foreach (var key in query.IncludeSeeds ? excluded : excluded.Concat(seedKeys))
        {
            if (matrix.RowOf(key) is >= 0 and var row)
            {
                isOut[row] = true;
            }
        }

        var rows = new List<int>(baseCount);
        for (var row = 0; row < isOut.Length; row++)
        {
            if (!isOut[row])
            {
                rows.Add(row);
            }
        }

        return ([.. rows], baseCount);
    }

    /// <summary>Ranks [From, To) of the candidates.</summary>
    private static (int From, int To) Range(AudienceSize size, int baseCount, int[] rows, float[] scores) => size switch
    {
        { Users: { } users } => (0, Math.Min(users, rows.Length)),
        { LeastScore: { } least } => (0, rows.Count(row => scores[row] >= least)),
        _ => (size.FromPercent is 0 ? 0 : Share(size.FromPercent!.Value, baseCount), Math.Min(Share(size.ToPercent!.Value, baseCount), rows.Length)),
    };

    private static int Share(double percent, int baseCount) => (int)Math.Ceiling((percent * baseCount / 100.0) - 1e-9);

    private List<AudienceMember> Members(AudienceMatrix matrix, ReadOnlySpan<int> rows, float[] scores)
    {
        var keys = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            keys[i] = matrix.Keys[rows[i]];
        }

        _users.ReadUnknown(keys);
        var members = new List<AudienceMember>(rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            // Erased since: no id, no member.
            if (_users.Find(keys[i]) is { } id)
            {
                members.Add(new AudienceMember(id, scores[rows[i]]));
            }
        }

        return members;
    }

    private static List<RelevancePoint> Curve(int[] best, float[] scores, int baseCount)
    {
        var curve = new List<RelevancePoint>();
        foreach (var percent in CurvePercents)
        {
            var members = Share(percent, baseCount);
            if (members >= 1 && members <= best.Length)
            {
                curve.Add(new RelevancePoint(percent, members, scores[best[members - 1]]));
            }
        }

        return curve;
    }

    private IReadOnlyList<AudienceInterest> Explain(AudienceMatrix matrix, ReadOnlySpan<int> rows)
    {
        var keys = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            keys[i] = matrix.Keys[rows[i]];
        }

        Array.Sort(keys);
        return InterestOdds.Of(database, view.Bags, keys, cancellationToken).Top(TopInterests, view.Bundle.Interests.Labels);
    }

    private static List<string> Warnings(LookalikeQuery query, AudienceMatrix matrix, int[] seeds, int members)
    {
        var warnings = new List<string>();
        if (seeds.Length < FewSeeds)
        {
            warnings.Add($"only {seeds.Length} seed users have a representation; from {FewSeeds} on an audience begins to be reliable");
        }

        if (seeds.Length >= 2 && matrix.Count > 2 * seeds.Length)
        {
            var (own, everyone) = (matrix.Coherence(seeds), matrix.Background(query.Seed).Coherence);
            if (own <= everyone + 0.01)
            {
                warnings.Add(FormattableString.Invariant($"the seed users have no common taste: two of them are as alike (cosine {own:F3}) as any two users ({everyone:F3}); the audience is close to a random one"));
            }
        }

        if (2 * seeds.Length > matrix.Count)
        {
            warnings.Add($"{seeds.Length} of all {matrix.Count} users are seeds; there is little left to tell them from");
        }

        if (query.Size.Users is { } wanted && members < wanted)
        {
            warnings.Add($"{members} users could be members; {wanted} were asked for");
        }

        return warnings;
    }

    private List<(string Id, long? Key)> Keys(IEnumerable<string> ids)
    {
        var keys = new List<(string, long?)>();
        foreach (var id in ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            keys.Add((id, _users.TryGetKey(id, out var key) ? key : null));
        }

        return keys;
    }

    // Like the other refusals of seeds, it does not count them: over REST it reaches callers who may see rounded counts only.
    private static void Refuse(int seeds)
    {
        if (seeds > LookalikeQuery.MaxSeeds)
        {
            throw new StoreException(StoreFault.Invalid, $"found more than {LookalikeQuery.MaxSeeds} seed users; expected at most so many. Draw a sample of them.");
        }
    }
}
