using CsCheck;
using Lurm.Store.Tests.Filters;

namespace Lurm.Store.Tests.Users;

public sealed class UserListingTests(PeopleFixture people) : IClassFixture<PeopleFixture>
{
    private static readonly Gen<UserOrder[]> Order =
        Gen.Select(Gen.Int[0, 6], Gen.Bool)
            .Array[0, 3]
            .Select(keys => keys.Select(key => new UserOrder(((string[])["Country", "Age", "Subscribed", "Joined", "LastSeen", "EventCount", "Id"])[key.Item1], key.Item2)).ToArray());

    [Fact]
    public void Pages_join_to_the_whole_list_in_its_order() =>
        Gen.Select(Order, Gen.Int[1, 150]).Sample(
            (order, top) =>
            {
                var ids = new List<string>();
                string? after = null;
                do
                {
                    var page = people.Database.ListUsers(new UserListQuery { OrderBy = order, Top = top, After = after });
                    ids.AddRange(page.Users.Select(user => user.Id));
                    after = page.Next;
                }
                while (after is not null);

                return ids.SequenceEqual(people.Database.ListUsers(new UserListQuery { OrderBy = order, Top = 1_000 }).Users.Select(user => user.Id))
                    && ids.SequenceEqual(Expected(order));
            },
            iter: 40);

    [Fact]
    public void A_user_that_arrives_between_pages_neither_repeats_nor_hides_another()
    {
        var token = TestContext.Current.CancellationToken;
        var query = new UserListQuery { OrderBy = [new UserOrder("Id")], Filter = UserFilter.StartsWith("Id", "u1"), Top = 50 };
        var first = people.Database.ListUsers(query, token);
        people.Database.SetAttributes("u0-late", new Dictionary<string, object?>());
        var rest = people.Database.ListUsers(query with { After = first.Next, Top = 1_000 }, token);
        people.Database.Erase(["u0-late"], allowReturn: true, token);

        Assert.Equal(
            people.Truth.Values.Select(user => user["Id"]!.Value.Text).Where(id => id.StartsWith("u1", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            first.Users.Concat(rest.Users).Select(user => user.Id));
    }

    [Fact]
    public void A_token_belongs_to_its_order()
    {
        var page = people.Database.ListUsers(new UserListQuery { OrderBy = [new UserOrder("Age")], Top = 5 }, TestContext.Current.CancellationToken);

        Assert.NotNull(page.Next);
        Refused(new UserListQuery { After = page.Next });
        Refused(new UserListQuery { OrderBy = [new UserOrder("Age", IsDescending: true)], After = page.Next });
        Refused(new UserListQuery { OrderBy = [new UserOrder("Age")], After = page.Next[..^3] });
        Refused(new UserListQuery { After = "' OR 1=1" });
        Refused(new UserListQuery { After = "" });
        Refused(new UserListQuery { OrderBy = [new UserOrder("1; DROP TABLE users")] });
        Refused(new UserListQuery { Top = 0 });
        Refused(new UserListQuery { Top = UserListQuery.MaxTop + 1 });

        void Refused(UserListQuery query) => Assert.Equal(StoreFault.Invalid, Assert.Throws<StoreException>(() => people.Database.ListUsers(query)).Fault);
    }

    [Fact]
    public void Only_the_typed_fault_escapes_from_any_token()
    {
        var order = new[] { new UserOrder("Country"), new UserOrder("Age") };
        var valid = people.Database.ListUsers(new UserListQuery { OrderBy = order, Top = 5 }, TestContext.Current.CancellationToken).Next!;
        var json = Gen.OneOf(Gen.String[0, 6], Gen.OneOf(((string[])["n", "s", "i", "dx", "d7ff8000000000000", "i99999999999999999999", "Country,Age", "-1", "1", "1e5"]).Select(Gen.Const).ToArray())).Array[0, 6]
            .Select(parts => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(parts.Prepend("Country,Age"))));
        var mutated = Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Char).Select(edit => valid[..edit.Item1] + edit.Item2 + valid[(edit.Item1 + 1)..]);
        Gen.OneOf(json, mutated, Gen.String).Sample(
            token =>
            {
                try
                {
                    people.Database.ListUsers(new UserListQuery { OrderBy = order, After = token, Top = 1 });
                    return true;
                }
                catch (StoreException refusal)
                {
                    return refusal.Fault == StoreFault.Invalid;
                }
            },
            iter: 2_000);
    }

    [Fact]
    public void A_user_is_read_by_id_and_its_key_leads_back()
    {
        Assert.True(people.Database.TryGetUser("u7", out var user));
        Assert.Equal("u7", user.Id);
        var truth = people.Truth[user.UserKey];
        Assert.Equal(truth.Where(a => a.Value is not null && a.Key is "Country" or "Age" or "Subscribed" or "Joined" && a.Value is not null).ToDictionary(a => a.Key, a => (object?)a.Value!.Value.ToObject()), user.Attributes);

        var ids = new string?[3];
        people.Database.GetUserIds([user.UserKey, 1_000_000, user.UserKey], ids);
        Assert.Equal(["u7", null, "u7"], ids);

        Assert.False(people.Database.TryGetUser("nobody", out _));
        Assert.False(people.Database.TryGetUserKey("U7", out _));
        Assert.Equal(0, user.ItemCount);
    }

    private List<string> Expected(UserOrder[] order)
    {
        var users = people.Truth.OrderBy(_ => 0);
        foreach (var key in order)
        {
            users = key.IsDescending
                ? users.ThenByDescending(user => user.Value[key.Property])
                : users.ThenBy(user => user.Value[key.Property]);
        }

        return [.. users.ThenBy(user => user.Key).Select(user => user.Value["Id"]!.Value.Text)];
    }
}
