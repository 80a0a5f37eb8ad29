using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lurm.Store.Sqlite;
using Lurm.Store.Tests.Generations;

namespace Lurm.Store.Tests.Sqlite;

/// <summary>A disk that says it could not make a write durable: nothing was acknowledged, and nothing is half there.</summary>
public sealed unsafe class FailingSyncTests
{
    private const int SyncFault = 10 | (4 << 8); // SQLITE_IOERR_FSYNC

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_batch_whose_log_could_not_be_synced_is_refused_and_leaves_nothing_behind()
    {
        using var shop = new Shop(users: 40);
        var before = shop.Database.GetStats(Token).Events;
        BehaviourEvent[] events = [.. Enumerable.Range(100, 50).SelectMany(Shop.Events)];
        StoreException fault;
        using (new FailingSync(shop.Database.Connections))
        {
            fault = Assert.Throws<StoreException>(() => shop.Database.Ingest(events, "late", cancellationToken: Token));
        }

        Assert.Equal(StoreFault.Unavailable, fault.Fault);
        Assert.Equal(before, shop.Database.GetStats(Token).Events);
        shop.Reopen();
        Assert.Equal(before, shop.Database.GetStats(Token).Events);
        Assert.Empty(shop.Database.Check(cancellationToken: Token).Problems);

        // The same batch, once the disk is well, goes in once.
        Assert.Equal(events.Length, shop.Database.Ingest(events, "late", cancellationToken: Token).Events);
        Assert.True(shop.Database.Ingest(events, "late", cancellationToken: Token).AlreadyIngested);
        Assert.Equal(before + events.Length, shop.Database.GetStats(Token).Events);
    }

    [Fact]
    public void An_erasure_whose_log_could_not_be_synced_is_finished_later()
    {
        using var canaries = new Privacy.Canaries(seed: 31, others: 20);
        using (new FailingSync(canaries.Database.Connections))
        {
            Assert.Equal(StoreFault.Unavailable, Assert.Throws<StoreException>(() => canaries.Database.Erase(canaries.Ids, cancellationToken: Token)).Fault);
        }

        canaries.Reopen();

        Assert.True(canaries.Database.Erase(canaries.Ids, cancellationToken: Token).IsFinished);
        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
        Assert.Empty(canaries.Database.Check(cancellationToken: Token).Problems);
    }

    /// <summary>While it lives, the writer's log cannot be synced.</summary>
    private sealed class FailingSync : IDisposable
    {
        // Version 3 of sqlite3_io_methods: a version and eighteen functions.
        private static readonly nuint Bytes = (nuint)(19 * sizeof(nint));

        private readonly SqliteFile _log;
        private readonly SqliteFile.Operations* _good;
        private readonly SqliteFile.Operations* _failing;

        public FailingSync(Connections connections)
        {
            using var writer = connections.Write(Token);
            _log = SqliteFile.Log(writer.Session);
            _good = _log.Pointer->Methods;
            _failing = (SqliteFile.Operations*)NativeMemory.Alloc(Bytes);
            NativeMemory.Copy(_good, _failing, Bytes);
            _failing->Sync = &Fail;
            _log.Pointer->Methods = _failing;
        }

        public void Dispose()
        {
            _log.Pointer->Methods = _good;
            NativeMemory.Free(_failing);
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int Fail(SqliteFile.Handle* file, int flags) => SyncFault;
    }
}
