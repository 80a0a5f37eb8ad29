using Lurm.Store.Histories;
using Lurm.Training.Histories;

namespace Lurm.Training.Tests.Histories;

/// <summary>Small histories for tests: (user key, period, item, count) in any order.</summary>
internal static class Shops
{
    public static UserHistories Of(params (long User, int Period, int Item, int Count)[] events)
    {
        var builder = new UserHistories.Builder();
        foreach (var user in events.GroupBy(entry => entry.User).OrderBy(group => group.Key))
        {
            builder.Add(
                user.Key,
                user.OrderBy(entry => entry.Period).ThenBy(entry => entry.Item)
                    .Select(entry => new HistoryEntry(entry.Period, entry.Item, 0, entry.Count, 1000L * entry.Count))
                    .ToArray());
        }

        return builder.Build();
    }
}
