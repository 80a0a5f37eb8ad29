using System.Globalization;
using System.Text;
using Lurm.Store.Histories;
using Lurm.Store.Ingestion;

namespace Lurm.Store.Tests.Ingestion;

public sealed class ChunkPlanTests
{
    private const int Users = 100_000;

    [Fact]
    public void Chunks_have_a_like_share_of_events_though_a_log_names_its_busiest_users_first()
    {
        using var batch = Batch(busiest: 30);
        var plan = new ChunkPlan(batch);

        var perUser = Enumerable.Range(0, plan.Count).Select(chunk => (double)plan.Events(chunk) / plan.Users(chunk).Length).ToArray();

        Assert.True(plan.Count > 4);
        Assert.InRange(perUser.Max() / perUser.Min(), 1, 1.1);
    }

    [Fact]
    public void Every_user_is_in_one_chunk_within_the_chunks_keys_and_in_order_of_appearance()
    {
        using var batch = Batch(busiest: 2);
        var plan = new ChunkPlan(batch);

        var seen = new HashSet<int>();
        for (var chunk = 0; chunk < plan.Count; chunk++)
        {
            var (first, last) = plan.Keys(chunk);
            var before = -1;
            foreach (var user in plan.Users(chunk))
            {
                Assert.True(seen.Add(user));
                Assert.True(user > before);
                Assert.InRange(batch.Users[user].Key, first, last);
                before = user;
            }
        }

        Assert.Equal(Users, seen.Count);
        Assert.Equal(Users, batch.Users.ToArray().Select(user => user.Key).Distinct().Count());
    }

    // User i of n has busiest · (n - i) / n events, at least one.
    private static EventBatch Batch(int busiest)
    {
        var batch = new EventBatch(PeriodGrain.Month, firstNewKey: 12_345, known: null, new EventSpool(() => throw new InvalidOperationException("a test's events stay in memory"), long.MaxValue));
        for (var i = 0; i < Users; i++)
        {
            var user = batch.User(Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)), "user");
            for (var events = Math.Max(1, (int)((long)busiest * (Users - i) / Users)); events > 0; events--)
            {
                batch.Add(user, 0, 0, 0, 1000);
            }
        }

        return batch;
    }
}
