using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lurm.Benchmarks.Endpoints;

/// <summary>What the hot route is compared with: an endpoint of the same framework, built as <c>lurm serve</c> builds its own, that sends as many bytes and does nothing else.</summary>
internal static class PlainServer
{
    public const string Name = "endpoints-plain";

    public static int Run(string[] args)
    {
        var body = new byte[int.Parse(args[0], CultureInfo.InvariantCulture)];
        body.AsSpan().Fill((byte)' ');
        body[0] = (byte)'{';
        body[^1] = (byte)'}';
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        var app = builder.Build();
        app.MapGet("/plain/{id}", (string id, HttpResponse response) =>
        {
            response.ContentType = "application/json";
            response.ContentLength = body.Length;
            return response.Body.WriteAsync(body, 0, body.Length);
        });
        app.Start();
        Console.WriteLine($"Serving at {app.Urls.First()}/");
        app.WaitForShutdown();
        return 0;
    }
}
