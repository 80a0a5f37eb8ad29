using System.IO.Compression;
using Lurm.Store.Attributes;
using Lurm.TestKit;

namespace Lurm.Store.Tests.Attributes;

public sealed class AttributeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LurmDatabase _database;

    public AttributeTests() => _database = LurmDatabase.Create(_folder["db"]);

    [Fact]
    public void Values_are_typed_replaced_and_taken_away()
    {
        _database.RegisterAttribute("Country", AttributeType.String);
        _database.RegisterAttribute("Age", AttributeType.Number);
        _database.RegisterAttribute("Subscribed", AttributeType.Boolean);
        _database.RegisterAttribute("Joined", AttributeType.Date, isIndexed: true);
        var joined = new DateTimeOffset(2020, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2));
        _database.SetAttributes("u1", new Dictionary<string, object?> { ["Country"] = "Île-de-France", ["Age"] = 42, ["Subscribed"] = false, ["Joined"] = joined });
        _database.SetAttributes("u1", new Dictionary<string, object?> { ["Age"] = null, ["Country"] = "", ["Joined"] = "2021-05-06" });

        Assert.True(_database.TryGetUser("u1", out var user));
        Assert.Equal(
            new Dictionary<string, object?> { ["Country"] = "", ["Subscribed"] = false, ["Joined"] = new DateTimeOffset(2021, 5, 6, 0, 0, 0, TimeSpan.Zero) },
            user.Attributes);
        Assert.Null(user.LastSeen);
        Assert.Equal(
            [new("Country", AttributeType.String, false), new("Age", AttributeType.Number, false), new("Subscribed", AttributeType.Boolean, false), new("Joined", AttributeType.Date, true)],
            _database.Attributes);
    }

    [Fact]
    public void The_value_with_the_latest_event_time_wins_in_whatever_order_it_comes()
    {
        Ingest("b1", ("u1", 200, "second"));
        Ingest("b2", ("u1", 100, "first"), ("u2", 100, "only"));
        Assert.Equal(("second", "only"), (Value("u1"), Value("u2")));

        Ingest("b3", ("u1", 300, "third"));
        Assert.Equal("third", Value("u1"));

        _database.SetAttributes("u1", new Dictionary<string, object?> { ["Segment"] = "by hand" });
        Ingest("b4", ("u1", 400, "old news"));
        Assert.Equal("by hand", Value("u1"));

        _database.SetAttributes("u1", new Dictionary<string, object?> { ["Segment"] = null });
        Ingest("b5", ("u1", 500, "older than the removal"));
        Assert.Null(Value("u1"));

        string? Value(string id) => _database.TryGetUser(id, out var user) ? (string?)user.Attributes.GetValueOrDefault("Segment") : "no such user";

        void Ingest(string batch, params (string User, int Time, string Segment)[] events) => _database.Ingest(
            events.Select(e => new BehaviourEvent { User = e.User, Item = "i", Time = DateTimeOffset.FromUnixTimeSeconds(e.Time), Attributes = new Dictionary<string, object?> { ["Segment"] = e.Segment } }),
            batch);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("Post Code", "no attribute name")]
    [InlineData("1st", "no attribute name")]
    [InlineData("a-b", "no attribute name")]
    [InlineData("x\"; DROP TABLE users; --", "no attribute name")]
    [InlineData("LastSeen", "a name of Lurm's own")]
    [InlineData("lastseen", "a name of Lurm's own")]
    [InlineData("and", "a name of Lurm's own")]
    public void A_name_that_no_filter_could_say_is_refused(string name, string reason)
    {
        var refusal = Assert.Throws<StoreException>(() => _database.RegisterAttribute(name, AttributeType.String));

        Assert.Equal(StoreFault.Invalid, refusal.Fault);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_database.Attributes);
    }

    [Fact]
    public void A_type_is_fixed_and_a_name_is_known_in_one_case()
    {
        _database.RegisterAttribute("Age", AttributeType.Number);
        _database.RegisterAttribute("Age", AttributeType.Number);

        Assert.Equal(StoreFault.Conflict, Assert.Throws<StoreException>(() => _database.RegisterAttribute("Age", AttributeType.String)).Fault);
        Assert.Equal(StoreFault.Conflict, Assert.Throws<StoreException>(() => _database.RegisterAttribute("age", AttributeType.Number)).Fault);
        Assert.Single(_database.Attributes);
    }

    [Fact]
    public void All_values_of_a_call_are_set_or_none()
    {
        _database.RegisterAttribute("Age", AttributeType.Number);
        foreach (var bad in (Dictionary<string, object?>[])[
            new() { ["Age"] = 1, ["Nobody"] = 2 },
            new() { ["Age"] = "old" },
            new() { ["Age"] = double.NaN },
            new() { ["Age"] = true },
            new() { ["Age"] = DateTimeOffset.UnixEpoch }])
        {
            Assert.Equal(StoreFault.Invalid, Assert.Throws<StoreException>(() => _database.SetAttributes("u1", bad)).Fault);
        }

        Assert.Equal(StoreFault.Invalid, Assert.Throws<StoreException>(() => _database.SetAttributes("line\nbreak", new Dictionary<string, object?>())).Fault);
        Assert.Equal(0, _database.CountUsers(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_change_moves_the_version_and_the_same_value_does_not()
    {
        _database.RegisterAttribute("Age", AttributeType.Number);
        Assert.Equal(3, ((object[])[1, 2, 2]).Select(Version).Distinct().Count() + 1);

        string Version(object age)
        {
            _database.SetAttributes("u1", new Dictionary<string, object?> { ["Age"] = age });
            return _database.TryGetUser("u1", out var user) ? user.Version : "";
        }
    }

    [Fact]
    public void A_change_may_insist_on_the_version_it_saw()
    {
        _database.RegisterAttribute("Age", AttributeType.Number);
        Set(1, expected: "");
        Assert.True(_database.TryGetUser("u1", out var seen));
        Assert.Equal(StoreFault.Conflict, Assert.Throws<StoreException>(() => Set(2, expected: "")).Fault);
        Set(2, seen.Version);

        Assert.Equal(StoreFault.Conflict, Assert.Throws<StoreException>(() => Set(3, seen.Version)).Fault);
        Assert.Equal(StoreFault.Conflict, Assert.Throws<StoreException>(() => _database.SetAttributes("u2", new Dictionary<string, object?>(), seen.Version)).Fault);
        Assert.True(_database.TryGetUser("u1", out var now));
        Assert.Equal(2.0, now.Attributes["Age"]);
        Assert.False(_database.TryGetUser("u2", out _));

        void Set(int age, string expected) => _database.SetAttributes("u1", new Dictionary<string, object?> { ["Age"] = age }, expected);
    }

    [Fact]
    public void A_file_sets_attributes_of_known_and_new_users()
    {
        _database.RegisterAttribute("Country", AttributeType.String);
        _database.SetAttributes("u1", new Dictionary<string, object?> { ["Country"] = "Spain" });
        _database.Erase(["gone"], cancellationToken: TestContext.Current.CancellationToken);
        using (var file = new StreamWriter(new GZipStream(File.Create(_folder["people.csv.gz"]), CompressionLevel.Fastest)))
        {
            file.Write("id;land;age;vip;since\nu1;\"Fra\"\"nce\";30.5;yes;2020-01-01\nu2;;;false;\nu3;Italy;-1;;2021-01-01T00:00:00+01:00\ngone;Italy;1;;\n");
        }

        var mapping = new AttributeMapping
        {
            UserColumn = "id",
            Attributes =
            [
                new("land", "Country"), new("age", "Age", AttributeType.Number), new("vip", "Vip", AttributeType.Boolean), new("since", "Since", AttributeType.Date),
            ],
        };
        var report = _database.ImportAttributes(_folder["people.csv.gz"], mapping, TestContext.Current.CancellationToken);

        Assert.Equal((4, 2, 1, 1), (report.Rows, report.Added, report.Changed, report.Suppressed));
        Assert.True(_database.TryGetUser("u1", out var user));
        Assert.Equal(new Dictionary<string, object?> { ["Country"] = "Fra\"nce", ["Age"] = 30.5, ["Vip"] = true, ["Since"] = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) }, user.Attributes);
        Assert.True(_database.TryGetUser("u2", out user));
        Assert.Equal(new Dictionary<string, object?> { ["Vip"] = false }, user.Attributes);
        Assert.False(_database.TryGetUser("gone", out _));
        Assert.Equal(["u3"], _database.ListUsers(new UserListQuery { Filter = UserFilter.Parse("Since ge 2020-12-31T22:00:00Z") }, TestContext.Current.CancellationToken).Users.Select(u => u.Id));
    }

    [Fact]
    public void A_bad_row_is_named_and_leaves_nothing_behind()
    {
        File.WriteAllText(_folder["bad.csv"], "user,age\nu1,5\nu2,old\n");
        var mapping = new AttributeMapping { Attributes = [new("age", "Age", AttributeType.Number)] };

        var refusal = Assert.Throws<StoreException>(() => _database.ImportAttributes(_folder["bad.csv"], mapping, TestContext.Current.CancellationToken));

        Assert.Equal(StoreFault.Invalid, refusal.Fault);
        Assert.Contains("'bad.csv', line 3, column 'age': found 'old', expected a number", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, _database.CountUsers(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Empty(_database.Attributes);
        Assert.Throws<StoreException>(() => _database.ImportAttributes(_folder["bad.csv"], mapping with { UserColumn = "nobody" }, TestContext.Current.CancellationToken));
        Assert.Throws<StoreException>(() => _database.ImportAttributes(_folder["bad.csv"], mapping with { Attributes = [] }, TestContext.Current.CancellationToken));
        Assert.Throws<StoreException>(() => _database.ImportAttributes(_folder["missing.csv"], mapping, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Text_is_compared_as_sqlite_compares_its_bytes() =>
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(CsCheck.Gen.String[CsCheck.Gen.Char['\u0020', '\ufffe'], 0, 5], CsCheck.Gen.String[CsCheck.Gen.Char['\ud7f0', '\ue010'], 0, 3]),
            pair =>
            {
                if (!AttributeValue.TryCreate(pair.Item1, out var left, out _) || !AttributeValue.TryCreate(pair.Item2, out var right, out _))
                {
                    return true;
                }

                var bytes = System.Text.Encoding.UTF8.GetBytes(left.Text).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right.Text));
                return Math.Sign(bytes) == Math.Sign(left.CompareTo(right));
            },
            iter: 5_000);

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }
}
