using Lurm.Store.Audiences;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>Saved audiences, by id.</summary>
    public IReadOnlyList<AudienceInfo> Audiences
    {
        get
        {
            using var read = Connections.Read();
            return AudienceTable.Read(read.Session, null);
        }
    }

    /// <summary>Finds a saved audience; false where there is none of that id.</summary>
    public bool TryGetAudience(string audienceId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AudienceInfo? audience)
    {
        ArgumentNullException.ThrowIfNull(audienceId);
        using var read = Connections.Read();
        audience = AudienceTable.Read(read.Session, audienceId).FirstOrDefault();
        return audience is not null;
    }

    /// <summary>Runs a lookalike query and keeps its definition and members under an id, in place of what was there.</summary>
    /// <param name="audienceId">1 to 128 bytes of text, as a user's id.</param>
    /// <param name="query">What it is made from; seeds by id are kept as users of this database, so that an erased one is gone from it.</param>
    /// <param name="refreshesItself">Whether it is run again whenever representations are published.</param>
    /// <param name="cancellationToken">Checked while the query runs.</param>
    /// <exception cref="StoreException">As for <see cref="Lookalike"/>; Invalid: no possible id, or an audience of itself.</exception>
    public AudienceInfo SaveAudience(string audienceId, LookalikeQuery query, bool refreshesItself = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!UserId.TryCreate(audienceId, out _, out var reason))
        {
            throw new StoreException(StoreFault.Invalid, $"{reason?.Replace("user id", "audience id", StringComparison.Ordinal)}.");
        }

        if (query.AudienceId == audienceId)
        {
            throw new StoreException(StoreFault.Invalid, $"audience '{audienceId}' cannot be made from itself; give the new one another id.");
        }

        return Save(audienceId, AudienceDefinition.From(this, query), refreshesItself, Lookalike(query, cancellationToken), cancellationToken);
    }

    /// <summary>Runs a saved audience's query again on what is known now.</summary>
    /// <exception cref="StoreException">NotFound: no such audience; else as for <see cref="Lookalike"/>, and the old members stay.</exception>
    public AudienceInfo RefreshAudience(string audienceId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audienceId);
        AudienceDefinition definition;
        bool refreshesItself;
        using (var read = Connections.ReadSnapshot())
        {
            definition = AudienceTable.Definition(read.Session, audienceId) ?? throw NoAudience(audienceId);
            refreshesItself = AudienceTable.Read(read.Session, audienceId)[0].RefreshesItself;
        }

        return Save(audienceId, definition, refreshesItself, Lookalike(definition.ToQuery(this), cancellationToken), cancellationToken);
    }

    /// <summary>Members of a saved audience from a rank on, best first; who was erased since is not among them.</summary>
    /// <param name="audienceId">The audience.</param>
    /// <param name="fromRank">The first rank wanted, from 0.</param>
    /// <param name="count">How many, at most.</param>
    /// <param name="nextRank">Where to go on; none at the end.</param>
    /// <exception cref="StoreException">NotFound: no such audience.</exception>
    public IReadOnlyList<AudienceMember> ReadAudience(string audienceId, int fromRank, int count, out int? nextRank)
    {
        ArgumentNullException.ThrowIfNull(audienceId);
        ArgumentOutOfRangeException.ThrowIfNegative(fromRank);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var found = new List<(long Key, float Score)>();
        int? next = null;
        using (var read = Connections.ReadSnapshot())
        {
            var audience = AudienceTable.Key(read.Session, audienceId) ?? throw NoAudience(audienceId);
            AudienceTable.Visit(read.Session, audience, fromRank, (rank, key, score) =>
            {
                if (found.Count == count)
                {
                    next = rank;
                    return false;
                }

                found.Add((key, score));
                return true;
            });
        }

        nextRank = next;
        var ids = new string?[found.Count];
        GetUserIds([.. found.Select(member => member.Key)], ids);
        return [.. found.Zip(ids).Where(pair => pair.Second is not null).Select(pair => new AudienceMember(pair.Second!, pair.First.Score))];
    }

    /// <summary>Forgets a saved audience; false where there was none of that id.</summary>
    public bool DeleteAudience(string audienceId)
    {
        ArgumentNullException.ThrowIfNull(audienceId);
        using var write = Connections.Write();
        if (AudienceTable.Key(write.Session, audienceId) is not { } key)
        {
            return false;
        }

        using (var delete = write.Session.Prepare("DELETE FROM audiences WHERE audience_key = ?1"))
        {
            delete.Bind(1, key).Run();
        }

        write.Commit();
        return true;
    }

    /// <summary>Keys of a saved audience's members, ascending.</summary>
    internal long[] AudienceKeys(string audienceId)
    {
        var keys = new List<long>();
        using var read = Connections.ReadSnapshot();
        var audience = AudienceTable.Key(read.Session, audienceId) ?? throw NoAudience(audienceId);
        AudienceTable.Visit(read.Session, audience, 0, (_, key, _) =>
        {
            keys.Add(key);
            return true;
        });
        keys.Sort();
        return [.. keys];
    }

    /// <summary>Runs again every audience that asked for it; one that cannot be run keeps its old members.</summary>
    private void RefreshAudiences(CancellationToken cancellationToken)
    {
        foreach (var audience in Audiences.Where(audience => audience.RefreshesItself))
        {
            try
            {
                RefreshAudience(audience.Id, cancellationToken);
            }
            catch (StoreException exception) when (exception.Fault is StoreFault.Invalid or StoreFault.NotFound)
            {
                // Its seeds are gone, or its filter names an attribute that is.
            }
        }
    }

    private AudienceInfo Save(string audienceId, AudienceDefinition definition, bool refreshesItself, LookalikeResult result, CancellationToken cancellationToken)
    {
        using (var write = Connections.Write(cancellationToken))
        {
            var keys = new long[result.Members.Count];
            using (var find = write.Session.Prepare("SELECT user_key FROM users WHERE id = ?1"))
            {
                for (var i = 0; i < keys.Length; i++)
                {
                    find.BindText(1, result.Members[i].Id);

                    // Erased while the query ran: rank and score stay, the user does not.
                    keys[i] = find.Step() ? find.Int64(0) : 0;
                    find.Reset();
                }
            }

            AudienceTable.Write(write.Session, audienceId, definition, refreshesItself, result, keys, Time.GetUtcNow());
            write.Commit();
        }

        return TryGetAudience(audienceId, out var saved) ? saved : throw NoAudience(audienceId);
    }

    private StoreException NoAudience(string audienceId) => new(StoreFault.NotFound, $"there is no audience '{audienceId}' in '{Folder}'.");
}
