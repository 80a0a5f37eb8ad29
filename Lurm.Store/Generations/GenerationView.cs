using Lurm.Index;
using Lurm.Store.Encoders;
using Lurm.Store.Queries;
using Lurm.Store.Sqlite;

namespace Lurm.Store.Generations;

/// <summary>A generation as this process serves it: its model, its index, and the changes applied to it in memory.</summary>
/// <remarks>Borrow it from <see cref="GenerationViews"/>; it closes when the last borrower has returned it.</remarks>
internal sealed class GenerationView : IDisposable
{
    private readonly Lock _matrixLock = new();
    private AudienceMatrix? _matrix;
    private int _references = 1;

    private GenerationView(LurmDatabase database, Generation generation, ModelBundle bundle, HnswIndex index)
    {
        Bags = new QueryBags(database, bundle);
        Generation = generation;
        Bundle = bundle;
        Index = index;
        AppliedChange = generation.Watermark;
    }

    public Generation Generation { get; }

    public ModelBundle Bundle { get; }

    public HnswIndex Index { get; }

    /// <summary>Bags and the encoder, for what the index alone cannot answer.</summary>
    public QueryBags Bags { get; }

    /// <summary>Changes up to this number are in <see cref="Index"/>.</summary>
    public long AppliedChange { get; private set; }

    /// <summary>Counts applied changes; what was derived from the index at another number is old.</summary>
    public long Edition => AppliedChange;

    public static HnswOptions IndexOptions(int dimensions) => new() { Dimensions = dimensions };

    /// <summary>Why the index was built from the representations rather than opened from its snapshot; null where it was opened.</summary>
    public string? Fallback { get; private init; }

    /// <summary>Opens the snapshot of <paramref name="generation"/>; without a usable one, a cache that costs time and nothing else, the index is built from the rows.</summary>
    public static GenerationView Open(LurmDatabase database, Generation generation, CancellationToken cancellationToken)
    {
        if (generation.Snapshot is null)
        {
            return Build(database, generation, "there is no snapshot of it", cancellationToken);
        }

        try
        {
            var bundle = database.ReadBundle(generation.ModelId);
            return new GenerationView(database, generation, bundle, SnapshotProbe.Open(database, generation));
        }
        catch (IndexException damaged)
        {
            return Build(database, generation, damaged.Message, cancellationToken);
        }
    }

    /// <summary>Builds the index of <paramref name="generation"/> from its representations.</summary>
    public static GenerationView Build(LurmDatabase database, Generation generation, string reason, CancellationToken cancellationToken)
    {
        var bundle = database.ReadBundle(generation.ModelId);
        long change;
        using (var read = database.Connections.Read())
        {
            change = GenerationTable.LastChange(read.Session);
        }

        var (keys, vectors) = RepresentationReader.ReadAll(database.Connections, generation.Number, bundle.Card.Dimensions, cancellationToken);
        var built = HnswIndex.Build(IndexOptions(bundle.Card.Dimensions), keys, vectors, Environment.ProcessorCount, null, cancellationToken);
        return new GenerationView(database, generation, bundle, built) { AppliedChange = change, Fallback = reason };
    }

    /// <summary>Applies what changed since; false where the changes are not kept any more and the view has to be opened anew.</summary>
    public bool ApplyChanges(Connections connections, CancellationToken cancellationToken)
    {
        const int Page = 4096;
        for (var rows = Page; rows == Page;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows = 0;
            using var read = connections.ReadSnapshot();
            if (AppliedChange < GenerationTable.DroppedChanges(read.Session) || GenerationTable.Find(read.Session, Generation.Number) is null)
            {
                return false;
            }

            using var statement = read.Session.Prepare("""
                SELECT c.change_number, c.user_key, r.vector FROM representation_changes c
                LEFT JOIN representations r ON r.representation = ?1 + c.user_key
                WHERE c.change_number > ?2 AND c.generation IN (0, ?3) ORDER BY c.change_number LIMIT ?4
                """);
            statement.Bind(1, RepresentationKey.First(Generation.Number)).Bind(2, AppliedChange).Bind(3, Generation.Number).Bind(4, Page);
            while (statement.Step())
            {
                rows++;
                Apply(statement.Int64(1), statement);
                AppliedChange = statement.Int64(0);
            }

            if (rows < Page)
            {
                AppliedChange = Math.Max(AppliedChange, GenerationTable.LastChange(read.Session));
            }
        }

        return true;
    }

    private void Apply(long userKey, Statement row)
    {
        if (row.IsNull(2))
        {
            Index.Remove(userKey);
            return;
        }

        Index.Upsert(userKey, RepresentationBlob.Read(row.Blob(2), Generation.Number, userKey, Index.Dimensions));
    }

    /// <summary>Everyone's rows, for queries that score everyone; made when first needed and after changes.</summary>
    public AudienceMatrix Matrix(LurmDatabase database, CancellationToken cancellationToken)
    {
        lock (_matrixLock)
        {
            return _matrix is { } matrix && matrix.Edition == Edition ? matrix : _matrix = AudienceMatrix.Read(database, this, cancellationToken);
        }
    }

    /// <summary>Counts a borrower in; false where it has closed.</summary>
    public bool TryBorrow()
    {
        var references = Volatile.Read(ref _references);
        while (references > 0)
        {
            var found = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (found == references)
            {
                return true;
            }

            references = found;
        }

        return false;
    }

    /// <summary>Counts a borrower out; the last one closes it.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Index.Dispose();
            Bags.Dispose();
        }
    }
}
