using Lurm.Store.Sqlite;

namespace Lurm.Store.Generations;

/// <summary>Writes and deletes representations of one generation inside one transaction, with statements prepared once.</summary>
internal sealed class RepresentationWriter : IDisposable
{
    private readonly long _generation;
    private readonly Session _session;
    private readonly Statement _write;
    private readonly Statement _delete;
    private readonly Statement _note;
    private byte[] _blob = [];

    public RepresentationWriter(Session session, long generation)
    {
        _session = session;
        _generation = generation;

        // Erased between reading and writing: nothing of such a user may be written any more.
        _write = session.Prepare("""
            INSERT INTO representations (representation, vector) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM users WHERE user_key = ?3)
            ON CONFLICT (representation) DO UPDATE SET vector = excluded.vector
            """);
        _delete = session.Prepare("DELETE FROM representations WHERE representation = ?1");
        _note = session.Prepare("INSERT INTO representation_changes (change_number, generation, user_key, removed) VALUES (?1, ?2, ?3, ?4)");
    }

    /// <summary>Writes a user's representation; false where the user is there no more.</summary>
    public bool TryWrite(long userKey, ReadOnlySpan<float> vector)
    {
        if (userKey is < 1 or > RepresentationKey.MaxUserKey)
        {
            throw new StoreException(StoreFault.Invalid, $"user {userKey} is beyond the {RepresentationKey.MaxUserKey} users that representations are kept for.");
        }

        var length = RepresentationBlob.Length(vector.Length);
        if (_blob.Length != length)
        {
            _blob = new byte[length];
        }

        RepresentationBlob.Write(vector, _blob);
        _write.Bind(1, RepresentationKey.Of(_generation, userKey)).BindBlob(2, _blob).Bind(3, userKey).Run();
        return Changed();
    }

    /// <summary>Deletes a user's representation; false where there was none.</summary>
    public bool TryDelete(long userKey)
    {
        _delete.Bind(1, RepresentationKey.Of(_generation, userKey)).Run();
        return Changed();
    }

    /// <summary>Notes a change for readers that follow this generation.</summary>
    public void NoteChange(long change, long userKey, bool removed) =>
        _note.Bind(1, change).Bind(2, _generation).Bind(3, userKey).Bind(4, removed ? 1 : 0).Run();

    public void Dispose()
    {
        _write.Dispose();
        _delete.Dispose();
        _note.Dispose();
    }

    private bool Changed() => _session.Changes > 0;
}
