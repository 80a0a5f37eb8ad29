using System.Text.Json;
using System.Xml;
using Microsoft.OData.Edm;
using Microsoft.OData.Edm.Csdl;

namespace Lurm.Api.Tests.ForeignClient;

/// <summary>A client library that knows nothing of Lurm asks for all that clients ask for; see README.md beside this file.</summary>
public sealed class ForeignClientTests(ForeignClientRun run) : IClassFixture<ForeignClientRun>
{
    [Fact]
    public void It_reads_the_model_and_the_sets()
    {
        using var xml = XmlReader.Create(new StringReader(run.Answer("metadata").GetString()!));
        Assert.True(CsdlReader.TryParse(xml, out var model, out _));
        var sets = run.Answer("sets").EnumerateArray().Select(set => set.GetString()!).ToArray();

        Assert.Equal(model!.EntityContainer.EntitySets().Select(set => set.Name).Order(StringComparer.Ordinal), sets.Order(StringComparer.Ordinal));
        Assert.Contains("Users", sets);
    }

    [Fact]
    public void Its_filter_order_top_skip_and_select_hold()
    {
        var expected = Enumerable.Range(0, Shop.Users)
            .Where(user => Shop.CountryOf(user) == "France" && Shop.EventsOf(user).Count() >= 6)
            .OrderByDescending(user => Shop.EventsOf(user).Count()).ThenBy(Shop.Id, StringComparer.Ordinal)
            .Skip(2).Take(5).Select(Shop.Id);
        var rows = run.Answer("filtered").EnumerateArray().ToArray();

        Assert.Equal(expected, rows.Select(IdOf));
        Assert.All(rows, row => Assert.Equal(["@odata.etag", "Id", "EventCount", "Country"], row.EnumerateObject().Select(property => property.Name)));
    }

    [Fact]
    public void Its_count_counts_all_and_its_pages_leave_nobody_out()
    {
        Assert.Equal(10, run.Answer("counted").GetProperty("@odata.count").GetInt32());
        Assert.Single(run.Answer("counted").GetProperty("value").EnumerateArray());

        var ids = run.Answer("paged").GetProperty("ids").EnumerateArray().Select(id => id.GetString()!).ToArray();
        Assert.Equal(Enumerable.Range(0, Shop.Users).Where(user => Shop.CountryOf(user) is "France" or "Norway").Select(Shop.Id), ids.Order(StringComparer.Ordinal));
        Assert.Equal((ids.Length - 1) / 37, run.Answer("paged").GetProperty("links").GetInt32());
    }

    [Fact]
    public void Its_functions_and_actions_answer()
    {
        Assert.Equal(5, run.Answer("similar").GetArrayLength());
        Assert.All(run.Answer("similar").EnumerateArray(), row => Assert.Equal("Norway", row.GetProperty("Country").GetString()));
        Assert.All(run.Answer("explained").EnumerateArray(), row => Assert.NotEmpty(row.GetProperty("SharedInterests").EnumerateArray()));
        Assert.Equal(60, run.Answer("lookalike").GetProperty("MemberCount").GetInt32());
        Assert.NotEmpty(run.Answer("lookalike").GetProperty("TopInterests").EnumerateArray());
        Assert.Equal(4, run.Answer("cold").GetArrayLength());
        Assert.Equal("tea", run.Answer("saved").GetProperty("Id").GetString());
        Assert.Equal(7, run.Answer("members").GetArrayLength());
        Assert.Equal(2, run.Answer("periods").GetArrayLength());
        Assert.Equal(204, run.Answer("deleted").GetInt32());
    }

    [Fact]
    public void Its_update_with_a_tag_holds_once()
    {
        Assert.Equal(204, run.Answer("patched").GetInt32());
        Assert.Equal(412, run.Answer("stale").GetInt32());
        Assert.Equal(77, run.Answer("age").GetDouble());
    }

    [Fact]
    public void It_is_refused_as_OData_says()
    {
        Assert.Equal(400, run.Answer("unknownProperty").GetInt32());
        Assert.Equal(400, run.Answer("expanded").GetInt32());
        Assert.Equal(404, run.Answer("nobody").GetInt32());
    }

    [Fact]
    public void Its_batch_is_answered_part_by_part()
    {
        var parts = run.Answer("batch").EnumerateArray().ToArray();
        Assert.Equal([200, 200, 404], parts.Select(part => part.GetProperty("status").GetInt32()));
        Assert.Equal("u001", IdOf(parts[0].GetProperty("body")));
        Assert.Equal(3, parts[1].GetProperty("body").GetArrayLength());

        Assert.Equal(204, run.Answer("changes").EnumerateArray().First().GetProperty("status").GetInt32());
        Assert.Equal("Chad", run.Answer("changed").GetString());
    }

    private static string IdOf(JsonElement row) => row.GetProperty("Id").GetString()!;
}
