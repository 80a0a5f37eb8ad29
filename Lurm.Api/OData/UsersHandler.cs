using System.Globalization;
using System.Text;
using Lurm.Api.Security;
using Lurm.Store;
using Microsoft.OData;
using Microsoft.OData.Edm;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>The entity set <c>Users</c>: lists, single users, their histories, attributes in, erasure.</summary>
internal static class UsersHandler
{
    private static readonly string[] EraseParameters = ["users", "filter", "allowReturn"];

    public static async Task ListAsync(ODataCall call)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow(ODataQuery.FilterOption, ODataQuery.SelectOption, ODataQuery.OrderByOption, ODataQuery.TopOption, ODataQuery.SkipOption, ODataQuery.SkipTokenOption, ODataQuery.CountOption);
        call.Caller.Require(LurmRole.Read);
        var type = call.Model.Types.User;
        var select = call.Query.Select(call.Model.Edm, type, call.Model.Users);
        var filter = call.Filter;
        var query = new UserListQuery
        {
            Filter = filter,
            OrderBy = [.. call.Query.Order(call.Model.Edm, type, call.Model.Users).Select(order => new UserOrder(order.Property, order.Descending))],
            After = call.Query.SkipToken,
            Skip = call.Query.Skip ?? 0,
            Top = call.PageSize,
        };
        long? count = call.Query.Count ? await call.RunAsync(filter, stop => call.Lurm.CountUsers(filter, stop)) : null;
        if (call.Query.Top == 0)
        {
            await ODataResponder.WriteSetAsync(call, call.Model.Users, type, [], select, count, null);
            return;
        }

        var page = await call.RunAsync(filter, stop => call.Lurm.ListUsers(query, stop));
        var left = call.Query.Top - page.Users.Count;
        var next = page.Next is { } token && left is null or > 0
            ? new Uri(call.ServiceRoot, $"Users?{call.Query.Next(page.Next!, left)}")
            : null;
        var selection = Selection.Of(select);
        await ODataResponder.WriteSetAsync(call, call.Model.Users, type, page.Users.Select(user => new Entity(ToResource(call, user, selection))), select, count, next);
    }

    public static async Task CountAsync(ODataCall call)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow(ODataQuery.FilterOption);
        call.Caller.Require(LurmRole.Aggregate);
        var filter = call.Filter;
        var count = await call.RunAsync(filter, stop => call.Lurm.CountUsers(filter, stop));
        await WriteTextAsync(call, AggregateCounts.For(call.Caller, call.Options, count).ToString(CultureInfo.InvariantCulture));
    }

    public static async Task OneAsync(ODataCall call, string id)
    {
        call.Allow(HttpMethods.Get, HttpMethods.Patch, HttpMethods.Delete);
        if (HttpMethods.IsPatch(call.Method))
        {
            await PatchAsync(call, id);
            return;
        }

        if (HttpMethods.IsDelete(call.Method))
        {
            await DeleteAsync(call, id);
            return;
        }

        call.Query.Allow(ODataQuery.SelectOption);
        call.Caller.Require(LurmRole.Read);
        var user = Find(call, id);
        if (ODataConditions.IsNotModified(call, UserRows.ETagOf(user)))
        {
            call.Http.Response.Headers.ETag = UserRows.ETagOf(user);
            call.Http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var select = call.Query.Select(call.Model.Edm, call.Model.Types.User, call.Model.Users);
        await ODataResponder.WriteEntityAsync(call, call.Model.Users, call.Model.Types.User, new Entity(ToResource(call, user, Selection.Of(select))), select);
    }

    public static async Task PropertyAsync(ODataCall call, string id, IEdmStructuralProperty property, ODataPathSegment[] tail)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow();
        call.Caller.Require(LurmRole.Read);
        var user = Find(call, id);
        var value = property.Name == LurmTypes.Representation
            ? UserRows.Vector(VectorOf(call, id) ?? [])
            : UserRows.Values(user, call.Model).First(pair => pair.Name == property.Name).Value;
        if (value is null)
        {
            call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (tail is [ValueSegment])
        {
            await WriteTextAsync(call, value as string ?? ODataUriUtils.ConvertToUriLiteral(value, ODataVersion.V4));
            return;
        }

        await ODataResponder.WriteAsync(call, null, StatusCodes.Status200OK, writer => writer.WriteProperty(new ODataProperty { Name = property.Name, Value = value }));
    }

    public static async Task PeriodsAsync(ODataCall call, CatalogCache catalog, string id)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow(ODataQuery.SelectOption, ODataQuery.TopOption, ODataQuery.SkipOption, ODataQuery.SkipTokenOption, ODataQuery.CountOption);
        call.Caller.Require(LurmRole.Read);
        var user = Find(call, id);
        var select = call.Query.Select(call.Model.Edm, call.Model.Types.Period, null);
        var page = PeriodRows.Read(call, catalog, user);
        var left = call.Query.Top - call.PageSize;
        var next = page.Next is { } start && left is null or > 0
            ? new Uri(call.ServiceRoot, $"{Entity.AddressOf("Users", id)}/Periods?{call.Query.Next(start, left)}")
            : null;
        var selection = Selection.Of(select);
        var source = ((NavigationPropertySegment)call.Path.LastSegment).NavigationSource;
        await ODataResponder.WriteSetAsync(
            call, source, call.Model.Types.Period, page.Rows.Select(period => period.ToEntity("Lurm.Period", selection)), select, call.Query.Count ? page.Count : null, next);
    }

    public static async Task ExportAsync(ODataCall call, string id)
    {
        call.Allow(HttpMethods.Get);
        call.Query.Allow();
        call.Caller.Require(LurmRole.Admin);
        await SendJsonAsync(call, call.Lurm.ExportUser(id));
    }

    public static async Task EraseAsync(ODataCall call)
    {
        call.Allow(HttpMethods.Post);
        call.Query.Allow();
        call.Caller.Require(LurmRole.Admin);
        using var body = await ActionBody.ReadAsync(call.Http, EraseParameters);
        var users = body.Texts("users", call.Options.MaxSeeds);
        var filter = body.Text("filter");
        if (users is null == filter is null)
        {
            throw ApiException.Invalid("Expected 'users' or 'filter', one of the two.");
        }

        var report = users is not null
            ? call.Lurm.Erase(users, body.Flag("allowReturn"), call.Aborted)
            : call.Lurm.Erase(call.Filters.Parse(filter!), body.Flag("allowReturn"), call.Aborted);
        await ODataResponder.WriteAsync(call, null, StatusCodes.Status200OK, writer =>
        {
            var resource = writer.CreateODataResourceWriter(null, call.Model.Edm.FindDeclaredType("Lurm.EraseReport") as IEdmStructuredType);
            resource.WriteStart(new ODataResource
            {
                TypeName = "Lurm.EraseReport",
                Properties =
                [
                    new ODataProperty { Name = "Users", Value = report.Users },
                    new ODataProperty { Name = "UnknownIds", Value = report.UnknownIds },
                    new ODataProperty { Name = "IsFinished", Value = report.IsFinished },
                ],
            });
            resource.WriteEnd();
        });
    }

    internal static UserRecord Find(ODataCall call, string id) =>
        call.Lurm.TryGetUser(id, out var user) ? user : throw ApiException.NotFound($"There is no user '{id}'.");

    private static string? VersionOf(ODataCall call, string id) => call.Lurm.TryGetUser(id, out var user) ? user.Version : null;

    internal static float[]? VectorOf(ODataCall call, string id) => call.Lurm.TryGetRepresentation(id, out var vector) ? vector : null;

    internal static ODataResource ToResource(ODataCall call, UserRecord user, Selection selection) =>
        UserRows.ToResource(user, call.Model, selection, selection.Has(LurmTypes.Representation) ? VectorOf(call, user.Id) : null);

    private static async Task WriteTextAsync(ODataCall call, string text)
    {
        call.Http.Response.ContentType = "text/plain;charset=utf-8";
        using var buffer = new MemoryStream();
        buffer.Write(Encoding.UTF8.GetBytes(text));
        await ODataResponder.SendAsync(call.Http, buffer);
    }

    private static async Task SendJsonAsync(ODataCall call, string json)
    {
        call.Http.Response.ContentType = "application/json;charset=utf-8";
        using var buffer = new MemoryStream();
        buffer.Write(Encoding.UTF8.GetBytes(json));
        await ODataResponder.SendAsync(call.Http, buffer);
    }

    private static async Task PatchAsync(ODataCall call, string id)
    {
        call.Query.Allow();
        call.Caller.Require(LurmRole.Ingest);
        var values = await AttributePatch.ReadAsync(call);
        var exists = call.Lurm.TryGetUser(id, out var before);
        ODataConditions.Check(call, before is null ? null : UserRows.ETagOf(before));
        try
        {
            // Another writer may come between the check and the write.
            call.Lurm.SetAttributes(id, values, ODataConditions.AreGiven(call) ? before?.Version ?? string.Empty : null);
        }
        catch (StoreException conflict) when (conflict.Fault == StoreFault.Conflict && ODataConditions.AreGiven(call) && VersionOf(call, id) != before?.Version)
        {
            throw ODataConditions.Changed();
        }

        var after = Find(call, id);
        var address = new Uri(call.ServiceRoot, Entity.AddressOf("Users", id)).AbsoluteUri;
        if (!exists)
        {
            call.Http.Response.Headers.Location = address;
        }

        if (call.Preferences.ReturnRepresentation is { } wanted)
        {
            call.Http.Response.Headers["Preference-Applied"] = wanted ? "return=representation" : "return=minimal";
        }

        if (call.Preferences.ReturnRepresentation == true || (!exists && call.Preferences.ReturnRepresentation is null))
        {
            await ODataResponder.WriteEntityAsync(
                call, call.Model.Users, call.Model.Types.User, new Entity(ToResource(call, after, Selection.Default)), null, exists ? StatusCodes.Status200OK : StatusCodes.Status201Created);
            return;
        }

        if (!exists)
        {
            // OData 4.01, 8.3.4: without a body, this names what was made.
            call.Http.Response.Headers["OData-EntityId"] = address;
        }

        call.Http.Response.Headers.ETag = UserRows.ETagOf(after);
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task DeleteAsync(ODataCall call, string id)
    {
        call.Query.Allow();
        call.Caller.Require(LurmRole.Admin);
        var user = Find(call, id);
        ODataConditions.Check(call, UserRows.ETagOf(user));
        call.Lurm.Erase([id], allowReturn: false, call.Aborted);
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        await Task.CompletedTask;
    }
}
