using Lurm.Store.Generations;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    private GenerationViews? _views;

    /// <summary>The generation that this process serves.</summary>
    internal GenerationViews Views
    {
        get
        {
            if (Volatile.Read(ref _views) is { } views)
            {
                return views;
            }

            // Opens nothing yet, so that a second one made in a race costs nothing.
            Interlocked.CompareExchange(ref _views, new GenerationViews(this), null);
            return _views;
        }
    }

    /// <summary>The last embedding of the published generation, also one of another process; null before the first. Reads one row.</summary>
    public EmbeddingRun? LastEmbedding
    {
        get
        {
            using var read = Connections.Read();
            return EmbeddingRun.OfPublished(read.Session);
        }
    }

    /// <summary>
    /// Embeds the users whose history changed since the last time, or everyone for a candidate model, and publishes what it made: from
    /// then on queries of every process answer from it.
    /// </summary>
    /// <param name="options">How; the default suits a nightly job.</param>
    /// <param name="progress">Told at most four times a second.</param>
    /// <param name="cancellationToken">Checked once per user; what was written is kept, and the next call goes on from there.</param>
    /// <exception cref="StoreException">
    /// Unavailable: no model yet, no native ONNX Runtime, or no such device. Conflict: another embedding is running. NotFound: no such model.
    /// </exception>
    /// <remarks>
    /// Memory: per thread at most four chunks of 4,096 users; and while an index is built, the vectors of all users twice (4 bytes a
    /// component) and its links (about 150 bytes a user).
    /// </remarks>
    public EmbedReport Embed(EmbedOptions? options = null, IProgress<EmbedProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new EmbedOptions();
        options.Check();
        EmbedReport report;
        using (var lease = EmbedLease.Take(Connections, Time, cancellationToken))
        {
            report = new Embedding(this, lease, options, progress, cancellationToken).Run();
            Views.Refresh(cancellationToken);
            if (report.IsNewGeneration || report.Embedded > 0)
            {
                RefreshAudiences(cancellationToken);
            }
        }

        // What may have waited for this embedding to end.
        ResumeErasures();
        return report;
    }

    private void CloseViews() => _views?.Dispose();
}
