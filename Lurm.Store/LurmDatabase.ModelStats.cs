using Lurm.Store.Generations;
using Lurm.Store.Sqlite;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    partial void CountRepresentations(DatabaseStats stats, Session session)
    {
        if (GenerationTable.Published(session) is not { } published)
        {
            return;
        }

        stats.Representations = CountRepresentations(session, published.Number);
        stats.ModelId = published.ModelId;
        stats.LastEmbedding = EmbeddingRun.OfPublished(session);
        var items = ReadItems();
        var interests = ReadBundle(published.ModelId).Interests.MapItems(items);
        stats.ItemsWithoutInterest = items.LongCount(item => interests[item.Key] < 0);
    }

    /// <summary>A generation that this process serves has its count in memory; another one's rows are counted, which reads them all.</summary>
    private long CountRepresentations(Session session, long generation)
    {
        if (_views is { IsOpen: true } views)
        {
            using var view = views.Borrow(CancellationToken.None);
            if (view.Generation.Number == generation)
            {
                return view.Index.Count;
            }
        }

        return GenerationTable.Count(session, generation);
    }
}
