using Lurm.Api;
using Lurm.Store;

// A web application of your own that also answers for Lurm. The database's folder comes from the configuration:
//   dotnet run --project samples/HostedApi -- --Lurm:Database shop.lurm
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddLurm(options =>
{
    options.PageSize = 50;
    options.RequestsPerSecond = 500;
});

var app = builder.Build();

// Your endpoints ask the same database, in process.
app.MapGet("/customers/{id}/like", (string id, LurmDatabase lurm, CancellationToken cancellationToken) =>
    lurm.TryGetUser(id, out _) ? Results.Ok(lurm.Similar(id, k: 5, cancellationToken: cancellationToken)) : Results.NotFound());

// And Lurm's own stand beside them: the OData service, /events, /health, /metrics, /reference.
app.MapLurm("/odata");
app.Run();
