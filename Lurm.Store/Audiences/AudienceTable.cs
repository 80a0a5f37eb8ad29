using System.Text.Json;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Audiences;

/// <summary>Reads and writes the tables of saved audiences, inside the caller's transaction.</summary>
internal static class AudienceTable
{
    public static long? Key(Session session, string id)
    {
        using var statement = session.Prepare("SELECT audience_key FROM audiences WHERE id = ?1");
        statement.BindText(1, id);
        return statement.Step() ? statement.Int64(0) : null;
    }

    public static AudienceDefinition? Definition(Session session, string id)
    {
        using var statement = session.Prepare("SELECT definition FROM audiences WHERE id = ?1");
        statement.BindText(1, id);
        return statement.Step() ? JsonSerializer.Deserialize(statement.Text(0)!, AudienceJson.Default.AudienceDefinition) : null;
    }

    /// <summary>All audiences, or the one called <paramref name="id"/>, in the order of their ids.</summary>
    public static List<AudienceInfo> Read(Session session, string? id)
    {
        var all = new List<AudienceInfo>();
        using var statement = session.Prepare("SELECT id, definition, refresh, model, as_of, created_at, report FROM audiences WHERE ?1 IS NULL OR id = ?1 ORDER BY id");
        statement.BindText(1, id);
        while (statement.Step())
        {
            var definition = JsonSerializer.Deserialize(statement.Text(1)!, AudienceJson.Default.AudienceDefinition)!;
            var report = JsonSerializer.Deserialize(statement.Text(6)!, AudienceJson.Default.AudienceReport)!;
            all.Add(new AudienceInfo
            {
                Id = statement.Text(0)!,
                MemberCount = report.Members,
                MatchedSeeds = report.MatchedSeeds,
                UnmatchedSeeds = report.UnmatchedSeeds,
                Method = definition.Method,
                Size = definition.Size.ToString(),
                Filter = definition.Filter,
                RefreshesItself = statement.Int64(2) != 0,
                ModelId = statement.Text(3)!,
                AsOf = DateTimeOffset.FromUnixTimeMilliseconds(statement.Int64(4)),
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(statement.Int64(5)),
                RelevanceCurve = report.Curve,
                TopInterests = report.Interests,
                Warnings = report.Warnings,
            });
        }

        return all;
    }

    /// <summary>Writes an audience and its members, in place of what stood under the id.</summary>
    public static void Write(Session session, string id, AudienceDefinition definition, bool refresh, LookalikeResult result, ReadOnlySpan<long> keys, DateTimeOffset now)
    {
        var report = new AudienceReport(keys.Length - keys.Count(0), result.MatchedSeeds, result.UnmatchedSeeds, result.RelevanceCurve, result.TopInterests, result.Warnings);
        using (var statement = session.Prepare("""
            INSERT INTO audiences (id, definition, refresh, model, as_of, created_at, report) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, refresh = excluded.refresh, model = excluded.model, as_of = excluded.as_of, report = excluded.report
            """))
        {
            statement.BindText(1, id)
                .BindText(2, JsonSerializer.Serialize(definition, AudienceJson.Default.AudienceDefinition))
                .Bind(3, refresh ? 1 : 0)
                .BindText(4, result.ModelId)
                .Bind(5, result.AsOf.ToUnixTimeMilliseconds())
                .Bind(6, now.ToUnixTimeMilliseconds())
                .BindText(7, JsonSerializer.Serialize(report, AudienceJson.Default.AudienceReport))
                .Run();
        }

        var key = Key(session, id)!.Value;
        using (var delete = session.Prepare("DELETE FROM audience_pages WHERE audience_key = ?1"))
        {
            delete.Bind(1, key).Run();
        }

        using var insert = session.Prepare("INSERT INTO audience_pages (audience_key, first_rank, members) VALUES (?1, ?2, ?3)");
        var scores = new float[MemberCodec.PageMembers];
        for (var first = 0; first < keys.Length; first += MemberCodec.PageMembers)
        {
            var count = Math.Min(MemberCodec.PageMembers, keys.Length - first);
            for (var i = 0; i < count; i++)
            {
                scores[i] = result.Members[first + i].Score;
            }

            insert.Bind(1, key).Bind(2, first).BindBlob(3, MemberCodec.Write(keys.Slice(first, count), scores.AsSpan(0, count))).Run();
        }
    }

    /// <summary>Calls <paramref name="visit"/> with rank, key and score of members from rank <paramref name="from"/> on, until it says false.</summary>
    public static void Visit(Session session, long audience, int from, Func<int, long, float, bool> visit)
    {
        using var statement = session.Prepare("SELECT first_rank, members FROM audience_pages WHERE audience_key = ?1 AND first_rank >= ?2 ORDER BY first_rank");
        statement.Bind(1, audience).Bind(2, from / MemberCodec.PageMembers * MemberCodec.PageMembers);
        while (statement.Step())
        {
            var first = statement.Int32(0);
            var page = statement.Blob(1);
            for (var i = Math.Max(0, from - first); i < MemberCodec.Count(page); i++)
            {
                var (key, score) = MemberCodec.Read(page, i);
                if (key != 0 && !visit(first + i, key, score))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Every audience that holds anything of a user. Cost: a walk over all members.</summary>
    public static List<Membership> Memberships(Session session, long userKey)
    {
        var found = new List<Membership>();
        using var audiences = session.Prepare("SELECT audience_key, id, definition FROM audiences ORDER BY id");
        while (audiences.Step())
        {
            var definition = JsonSerializer.Deserialize(audiences.Text(2)!, AudienceJson.Default.AudienceDefinition)!;
            var membership = new Membership(audiences.Text(1)!, null, 0, definition.SeedKeys?.Contains(userKey) == true, definition.ExcludeKeys.Contains(userKey));
            Visit(session, audiences.Int64(0), 0, (rank, key, score) =>
            {
                if (key == userKey)
                {
                    membership = membership with { Rank = rank, Score = score };
                }

                return membership.Rank is null;
            });
            if (membership is { Rank: not null } or { IsSeed: true } or { IsExcluded: true })
            {
                found.Add(membership);
            }
        }

        return found;
    }

    /// <summary>Takes users out of every audience's members, seeds and exclusions, and counts the members that are left.</summary>
    public static void Erase(Session session, HashSet<long> erased)
    {
        var pages = new List<(long Audience, long FirstRank, byte[] Members)>();
        var members = new Dictionary<long, int>();
        using (var read = session.Prepare("SELECT audience_key, first_rank, members FROM audience_pages"))
        {
            while (read.Step())
            {
                var page = read.Blob(2).ToArray();
                if (MemberCodec.Erase(page, erased))
                {
                    pages.Add((read.Int64(0), read.Int64(1), page));
                }

                members[read.Int64(0)] = members.GetValueOrDefault(read.Int64(0)) + MemberCodec.CountLive(page);
            }
        }

        using (var write = session.Prepare("UPDATE audience_pages SET members = ?3 WHERE audience_key = ?1 AND first_rank = ?2"))
        {
            foreach (var (audience, firstRank, page) in pages)
            {
                write.Bind(1, audience).Bind(2, firstRank).BindBlob(3, page).Run();
            }
        }

        var changed = new List<(long Audience, string Definition, string Report)>();
        using (var read = session.Prepare("SELECT audience_key, definition, report FROM audiences"))
        {
            while (read.Step())
            {
                var definition = JsonSerializer.Deserialize(read.Text(1)!, AudienceJson.Default.AudienceDefinition)!;
                var report = JsonSerializer.Deserialize(read.Text(2)!, AudienceJson.Default.AudienceReport)!;
                var live = members.GetValueOrDefault(read.Int64(0));
                if (report.Members != live || definition.SeedKeys?.Any(erased.Contains) == true || definition.ExcludeKeys.Any(erased.Contains))
                {
                    var left = definition with
                    {
                        SeedKeys = definition.SeedKeys?.Where(key => !erased.Contains(key)).ToArray(),
                        ExcludeKeys = [.. definition.ExcludeKeys.Where(key => !erased.Contains(key))],
                    };
                    changed.Add((
                        read.Int64(0),
                        JsonSerializer.Serialize(left, AudienceJson.Default.AudienceDefinition),
                        JsonSerializer.Serialize(report with { Members = live }, AudienceJson.Default.AudienceReport)));
                }
            }
        }

        using var update = session.Prepare("UPDATE audiences SET definition = ?2, report = ?3 WHERE audience_key = ?1");
        foreach (var (audience, definition, report) in changed)
        {
            update.Bind(1, audience).BindText(2, definition).BindText(3, report).Run();
        }
    }
}
