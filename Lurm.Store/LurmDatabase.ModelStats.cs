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

        stats.Representations = GenerationTable.Count(session, published.Number);
        stats.ModelId = published.ModelId;
        var items = ReadItems();
        var interests = ReadBundle(published.ModelId).Interests.MapItems(items);
        stats.ItemsWithoutInterest = items.LongCount(item => interests[item.Key] < 0);
    }
}
