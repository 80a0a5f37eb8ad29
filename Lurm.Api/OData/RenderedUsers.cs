using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Lurm.Store;

namespace Lurm.Api.OData;

/// <summary>Users as JSON, the way a list shows them that selects nothing: kept until the user changes, here or in another process.</summary>
/// <remarks>
/// A hit's row costs a look-up in place of three reads and the decoding of a history. Two halves of a bounded size: what was asked for since
/// the younger one began is kept, the older one goes when the younger is full. Erasures empty it at the next request.
/// </remarks>
internal sealed class RenderedUsers(LurmDatabase lurm)
{
    /// <summary>Each half; at 200 bytes a row and 130 around it both hold about 200,000 users.</summary>
    private const long MaxHalfBytes = 32 << 20;

    private const int BytesAround = 130;

    private readonly Lock _gate = new();
    private volatile Kept _kept = new(null, default);

    /// <summary>The row of each user of a ranking, open at its end so that a score can follow; null where there is no such user any more.</summary>
    public byte[]?[] Get(IReadOnlyList<SimilarUser> ranking, LurmModel model)
    {
        var kept = CatchUp(model);
        var rows = new byte[]?[ranking.Count];
        List<int>? missing = null;
        for (var i = 0; i < rows.Length; i++)
        {
            if (!kept.Young.TryGetValue(ranking[i].Id, out rows[i]))
            {
                (missing ??= []).Add(i);
            }
        }

        if (missing is not null)
        {
            Fill(kept, model, ranking, rows, missing);
        }

        return rows;
    }

    private Kept CatchUp(LurmModel model)
    {
        var now = lurm.GetUserMoment();
        var kept = _kept;
        if (kept.Model == model && kept.Moment == now)
        {
            return kept;
        }

        lock (_gate)
        {
            kept = _kept;
            if (kept.Model == model && kept.Moment == now)
            {
                return kept;
            }

            if (kept.Model != model || !lurm.TryGetChangedUsers(kept.Moment, out var changed, out now))
            {
                return _kept = new Kept(model, now);
            }

            foreach (var id in changed)
            {
                kept.Young.TryRemove(id, out _);
                kept.Old.TryRemove(id, out _);
            }

            // Who holds the one before may still read from it, but adds nothing any more.
            return _kept = kept.At(now);
        }
    }

    private void Fill(Kept kept, LurmModel model, IReadOnlyList<SimilarUser> ranking, byte[]?[] rows, List<int> missing)
    {
        missing.RemoveAll(i => kept.Old.TryGetValue(ranking[i].Id, out rows[i]) && Add(kept, ranking[i].Id, rows[i]!));
        if (missing.Count == 0)
        {
            return;
        }

        var users = lurm.GetUsers([.. missing.Select(i => ranking[i].Id)], out var moment);
        var buffer = new ArrayBufferWriter<byte>(512);
        for (var i = 0; i < users.Count; i++)
        {
            // Erased since the search: not there any more.
            if (users[i] is not { } user)
            {
                continue;
            }

            buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(buffer, ScoredUsersJson.Writing))
            {
                json.WriteStartObject();
                ScoredUsersJson.WriteUser(json, user, model, Selection.Default);
            }

            rows[missing[i]] = buffer.WrittenSpan.ToArray();
            if (moment == kept.Moment)
            {
                Add(kept, user.Id, rows[missing[i]]!);
            }
        }
    }

    /// <summary>Keeps a row that is right as of <paramref name="kept"/>; nothing happens where a change was seen since.</summary>
    private bool Add(Kept kept, string id, byte[] row)
    {
        lock (_gate)
        {
            if (_kept == kept && kept.Young.TryAdd(id, row))
            {
                kept.Bytes += row.Length + (2 * id.Length) + BytesAround;
                if (kept.Bytes > MaxHalfBytes)
                {
                    _kept = kept.Aged();
                }
            }
        }

        return true;
    }

    private sealed class Kept(LurmModel? model, UserMoment moment)
    {
        public LurmModel? Model { get; } = model;

        public UserMoment Moment { get; } = moment;

        public ConcurrentDictionary<string, byte[]> Young { get; private init; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, byte[]> Old { get; private init; } = new(StringComparer.Ordinal);

        /// <summary>Of <see cref="Young"/>; written under the lock.</summary>
        public long Bytes { get; set; }

        public Kept At(UserMoment now) => new(Model, now) { Young = Young, Old = Old, Bytes = Bytes };

        public Kept Aged() => new(Model, Moment) { Old = Young };
    }
}
