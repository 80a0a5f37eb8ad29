using System.Buffers;
using System.Text.Json;
using Lurm.Store;

namespace Lurm.Api.OData;

/// <summary>Users as JSON, the way a list shows them that selects nothing: kept until the user changes, here or in another process.</summary>
/// <remarks>A hit's row costs a look-up in place of three reads and the decoding of a history. Erasures empty it at the next request.</remarks>
internal sealed class RenderedUsers(LurmDatabase lurm)
{
    /// <summary>At 210 bytes a row, about 300,000 users.</summary>
    private const long MaxBytes = 64 << 20;

    private readonly Lock _gate = new();
    private readonly RowRing _ring = new(MaxBytes);
    private volatile Kept _kept = new(null, default);

    /// <summary>The row of each user of a ranking, open at its end so that a score can follow. Dispose it when they are written.</summary>
    public RenderedRows Get(IReadOnlyList<SimilarUser> ranking, LurmModel model)
    {
        var kept = CatchUp(model);
        var rows = new RenderedRows(ranking.Count);
        List<int>? missing = null;
        for (var i = 0; i < ranking.Count; i++)
        {
            if (!rows.TryTake(i, ranking[i].UserKey, _ring))
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
                // Whoever holds the one before adds nothing any more.
                _kept = new Kept(model, now);
                _ring.Clear();
                return _kept;
            }

            foreach (var key in changed)
            {
                _ring.Remove(key);
            }

            return _kept = new Kept(model, now);
        }
    }

    private void Fill(Kept kept, LurmModel model, IReadOnlyList<SimilarUser> ranking, RenderedRows rows, List<int> missing)
    {
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

            rows.Add(missing[i], buffer.WrittenSpan);
            if (moment == kept.Moment)
            {
                Keep(kept, user.UserKey, buffer.WrittenSpan);
            }
        }
    }

    /// <summary>Keeps a row that is right as of <paramref name="kept"/>; nothing happens where a change was seen since.</summary>
    private void Keep(Kept kept, long key, ReadOnlySpan<byte> row)
    {
        lock (_gate)
        {
            if (_kept == kept)
            {
                _ring.Put(key, row);
            }
        }
    }

    /// <summary>What the ring's rows are right for; another instance with each change.</summary>
    private sealed class Kept(LurmModel? model, UserMoment moment)
    {
        public LurmModel? Model { get; } = model;

        public UserMoment Moment { get; } = moment;
    }
}
