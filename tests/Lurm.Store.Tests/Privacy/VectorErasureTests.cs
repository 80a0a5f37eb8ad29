using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Lurm.Store.Encoders;
using Lurm.Store.Generations;
using Lurm.Store.Sqlite;
using Lurm.Store.Tests.Encoders;
using Lurm.Store.Tests.Generations;

namespace Lurm.Store.Tests.Privacy;

public sealed class VectorErasureTests
{
    [Theory]
    [MemberData(nameof(ErasureTests.PageSizes), MemberType = typeof(ErasureTests))]
    public void No_vector_of_an_erased_user_is_left_in_any_file_also_after_a_crash_at_any_step(int pageBytes)
    {
        using var canaries = Embedded(seed: 21, pageBytes);
        var vectors = canaries.Traces.Count;
        var copies = new List<string>();
        canaries.Database.ErasureProbe = step => copies.Add(canaries.CopyAs($"crash-{step}"));
        Assert.True(canaries.Occurrences(canaries.Database.Folder) >= vectors / 3);

        var report = canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(report.IsFinished, report.WaitsFor);
        Assert.Equal(Canaries.Count, report.Representations);
        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
        Assert.Empty(canaries.Database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems);
        foreach (var copy in copies)
        {
            using var reopened = LurmDatabase.Open(copy);
            Assert.Equal(0, canaries.Occurrences(copy));
            Assert.Empty(reopened.Check(cancellationToken: TestContext.Current.CancellationToken).Problems);
        }
    }

    [Fact]
    public void Another_process_that_serves_stops_naming_erased_users_and_keeps_no_file_of_theirs()
    {
        using var canaries = Embedded(seed: 22);
        using var serving = LurmDatabase.Open(canaries.Database.Folder);
        Assert.NotEmpty(serving.Similar("ordinary-user-1", k: 100, cancellationToken: TestContext.Current.CancellationToken));

        Assert.True(canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken).IsFinished);

        Assert.DoesNotContain(serving.Similar("ordinary-user-1", k: 200, cancellationToken: TestContext.Current.CancellationToken), user => canaries.Ids.Contains(user.Id));
        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
    }

    [Fact]
    public void Half_written_snapshots_go_and_a_running_embedding_is_waited_for()
    {
        using var canaries = Embedded(seed: 23);
        File.WriteAllBytes(Path.Combine(canaries.Database.Folder, "index", "g7-7.hnsw.unfinished"), canaries.Traces[^4]);
        using (EmbedLease.Take(canaries.Database.Connections, TimeProvider.System, TestContext.Current.CancellationToken))
        {
            var report = canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken);

            Assert.False(report.IsFinished);
            Assert.Contains("embedding", report.WaitsFor, StringComparison.Ordinal);
        }

        Assert.Equal(0, canaries.Database.FinishErasures(TestContext.Current.CancellationToken));
        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
        Assert.Empty(canaries.Database.Check(cancellationToken: TestContext.Current.CancellationToken).Problems);
    }

    [Fact]
    public void An_erasure_that_waited_for_an_embedding_is_finished_by_the_next_one()
    {
        using var canaries = Embedded(seed: 24);
        using (EmbedLease.Take(canaries.Database.Connections, TimeProvider.System, TestContext.Current.CancellationToken))
        {
            Assert.False(canaries.Database.Erase(canaries.Ids, cancellationToken: TestContext.Current.CancellationToken).IsFinished);
        }

        canaries.Database.Embed(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(0, canaries.Database.GetStats(TestContext.Current.CancellationToken).PendingErasures);
        Assert.Equal(0, canaries.Occurrences(canaries.Database.Folder));
    }

    private static Canaries Embedded(int seed, int pageBytes = Migrations.PageBytes)
    {
        const int Interests = 64;
        var canaries = new Canaries(seed, others: 150, pageBytes);
        try
        {
            var card = Shop.Card("m1", Models.Lifetime()) with { Anchors = 4, AnchorDimensions = 8, Interests = Interests };
            var random = new Random(seed);
            var table = new float[Interests * card.Dimensions];
            foreach (ref var weight in table.AsSpan())
            {
                weight = (float)(random.NextDouble() - 0.5);
            }

            var interests = InterestModel.Create(
                [.. Enumerable.Range(0, Interests).Select(i => $"interest {i}")],
                [.. Enumerable.Repeat(1f, Interests)],
                Enumerable.Range(0, 50_000).Select(i => KeyValuePair.Create($"item-{i}", i % Interests)));
            var bundle = ModelBundle.Write(canaries["bundle"], card, interests, TinyOnnx.Encoder(card, table));
            canaries.Database.RegisterModel(bundle.Folder);
            canaries.Database.Embed();
            SaveAudiences(canaries);
            foreach (var id in canaries.Ids)
            {
                Assert.True(canaries.Database.TryGetRepresentation(id, out var vector));
                Remember(canaries.Traces, vector);
            }

            return canaries;
        }
        catch
        {
            canaries.Dispose();
            throw;
        }
    }

    // Canaries are seeds, exclusions and members; of two audiences, the second in the first one's place.
    private static void SaveAudiences(Canaries canaries)
    {
        Span<byte> member = stackalloc byte[12];
        foreach (var method in (ReadOnlySpan<LookalikeMethod>)[LookalikeMethod.Centroid, LookalikeMethod.LogOdds])
        {
            var query = new LookalikeQuery { Seeds = canaries.Ids[..30], Exclude = canaries.Ids[30..50], Size = AudienceSize.Percent(100), Method = method };
            canaries.Database.SaveAudience("canaries", query);
            var before = canaries.Occurrences(canaries.Database.Folder);
            var traces = canaries.Traces.Count;
            using (var read = canaries.Database.Connections.Read())
            {
                var definition = read.Session.QueryText("SELECT definition FROM audiences")!;
                canaries.Traces.AddRange(Regex.Matches(definition, @"\[\d[\d,]{20,}\]").Select(keys => Encoding.UTF8.GetBytes(keys.Value)));
            }

            Assert.Equal(traces + 2, canaries.Traces.Count);
            foreach (var one in canaries.Database.ReadAudience("canaries", 0, 1000, out _).Where(one => canaries.Ids.Contains(one.Id)))
            {
                Assert.True(canaries.Database.TryGetUser(one.Id, out var user));
                BinaryPrimitives.WriteInt64LittleEndian(member, user.UserKey);
                BinaryPrimitives.WriteSingleLittleEndian(member[8..], one.Score);
                canaries.Traces.Add(member.ToArray());
            }

            Assert.Equal(traces + 2 + 50, canaries.Traces.Count);

            // A few lie across two pages.
            Assert.InRange(canaries.Occurrences(canaries.Database.Folder), before + 40, int.MaxValue);
        }
    }

    // As float32, as float16, and as int8 of the largest component and of one.
    private static void Remember(List<byte[]> traces, float[] vector)
    {
        var largest = vector.Max(Math.Abs);
        traces.Add(MemoryMarshal.AsBytes(vector.AsSpan()).ToArray());
        traces.Add(MemoryMarshal.AsBytes(Array.ConvertAll(vector, v => (Half)v).AsSpan()).ToArray());
        traces.Add(MemoryMarshal.AsBytes(Array.ConvertAll(vector, v => (sbyte)MathF.Round(v / largest * 127)).AsSpan()).ToArray());
        traces.Add(MemoryMarshal.AsBytes(Array.ConvertAll(vector, v => (sbyte)MathF.Round(v * 127)).AsSpan()).ToArray());
    }
}
