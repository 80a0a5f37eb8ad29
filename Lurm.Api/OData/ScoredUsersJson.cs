using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lurm.Store;
using Microsoft.OData.UriParser;

namespace Lurm.Api.OData;

/// <summary>The hot answer, <c>Lurm.Similar</c>, written without the OData library; a test compares it byte for byte with what the library writes.</summary>
/// <remarks>
/// For <c>application/json</c> with minimal metadata, which is what nearly everyone asks for; all else goes through the library. Rows
/// without a <c>$select</c> and an explanation are put together from <see cref="RenderedUsers"/>.
/// </remarks>
internal static class ScoredUsersJson
{
    private const string ContentType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

    /// <summary>Longest text of a score, with its name and the brace behind it.</summary>
    private const int ScoreBytes = 32;

    internal static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Whether the caller wants plain minimal JSON, and no vectors.</summary>
    public static bool Applies(ODataCall call)
    {
        var accept = call.Http.Request.Headers.Accept;
        return call.Query.Format is null or "json"
            && (accept.Count == 0 || (accept.Count == 1 && accept[0] is "*/*" or "application/json" or "application/json;odata.metadata=minimal" or ""));
    }

    public static async Task WriteAsync(ODataCall call, IReadOnlyList<SimilarUser> ranking, SelectExpandClause? select, bool isExplained)
    {
        if (select is null && !isExplained)
        {
            await WriteRenderedAsync(call, ranking);
            return;
        }

        using var buffer = new MemoryStream(256 + (ranking.Count * 192));
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            Write(json, call, ranking, select, isExplained);
        }

        call.Http.Response.ContentType = ContentType;
        await ODataResponder.SendAsync(call.Http, buffer);
    }

    /// <summary>Writes all but the representation of a user, in an object that is begun.</summary>
    internal static void WriteUser(Utf8JsonWriter json, UserRecord user, LurmModel model, Selection selection)
    {
        json.WriteString("@odata.etag", UserRows.ETagOf(user));
        foreach (var (name, value) in UserRows.Values(user, model))
        {
            if (selection.Has(name))
            {
                json.WritePropertyName(name);
                WriteValue(json, value);
            }
        }
    }

    private static async Task WriteRenderedAsync(ODataCall call, IReadOnlyList<SimilarUser> ranking)
    {
        using var rows = call.Rendered.Get(ranking, call.Model);
        var context = JsonEncodedText.Encode(ContextOf(call, null), Writing.Encoder);
        var buffer = ArrayPool<byte>.Shared.Rent(64 + context.EncodedUtf8Bytes.Length + rows.Bytes + (ranking.Count * ScoreBytes));
        try
        {
            var length = Put(buffer, 0, "{\"@odata.context\":\""u8);
            length = Put(buffer, length, context.EncodedUtf8Bytes);
            length = Put(buffer, length, "\",\"value\":["u8);
            var isFirst = true;
            for (var i = 0; i < ranking.Count; i++)
            {
                // Erased since the search: not there any more.
                if (rows[i].IsEmpty)
                {
                    continue;
                }

                length = isFirst ? length : Put(buffer, length, ","u8);
                isFirst = false;
                length = Put(buffer, length, rows[i]);
                length = Put(buffer, length, ",\"Score\":"u8);
                ranking[i].Score.TryFormat(buffer.AsSpan(length), out var digits, default, CultureInfo.InvariantCulture);
                length = Put(buffer, length + digits, "}"u8);
            }

            length = Put(buffer, length, "]}"u8);
            call.Http.Response.ContentType = ContentType;
            call.Http.Response.ContentLength = length;
            if (!HttpMethods.IsHead(call.Method))
            {
                await call.Http.Response.Body.WriteAsync(buffer.AsMemory(0, length), call.Aborted);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Put(byte[] buffer, int length, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer.AsSpan(length));
        return length + bytes.Length;
    }

    private static void Write(Utf8JsonWriter json, ODataCall call, IReadOnlyList<SimilarUser> ranking, SelectExpandClause? select, bool isExplained)
    {
        var selection = Selection.Of(select);
        var withInterests = (select is not null || isExplained) && selection.Has(LurmTypes.SharedInterests);
        json.WriteStartObject();
        json.WriteString("@odata.context", ContextOf(call, select));
        json.WriteStartArray("value");
        var users = ScoredUsers.Read(call, ranking);
        for (var i = 0; i < users.Count; i++)
        {
            // Erased since the search: not there any more.
            if (users[i] is { } user)
            {
                WriteRow(json, call, ranking[i], user, selection, withInterests);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string ContextOf(ODataCall call, SelectExpandClause? select)
    {
        var context = $"{call.ServiceRoot.OriginalString}$metadata#Users/Lurm.ScoredUser";
        return select is null || select.SelectedItems.OfType<WildcardSelectItem>().Any()
            ? select is null ? context : context + "(*)"
            : $"{context}({string.Join(',', select.SelectedItems.OfType<PathSelectItem>().Select(item => item.SelectedPath.FirstSegment.Identifier))})";
    }

    private static void WriteRow(Utf8JsonWriter json, ODataCall call, SimilarUser near, UserRecord user, Selection selection, bool withInterests)
    {
        json.WriteStartObject();
        WriteUser(json, user, call.Model, selection);
        if (selection.Has(LurmTypes.Representation))
        {
            json.WriteStartArray(LurmTypes.Representation);
            foreach (var component in UsersHandler.VectorOf(call, user.Id) ?? [])
            {
                json.WriteNumberValue(component);
            }

            json.WriteEndArray();
        }

        if (selection.Has(LurmTypes.Score))
        {
            json.WritePropertyName(LurmTypes.Score);
            json.WriteNumberValue(near.Score);
        }

        if (withInterests)
        {
            WriteShared(json, near);
        }

        json.WriteEndObject();
    }

    private static void WriteShared(Utf8JsonWriter json, SimilarUser near)
    {
        json.WriteStartArray(LurmTypes.SharedInterests);
        foreach (var shared in near.SharedInterests)
        {
            json.WriteStartObject();
            json.WriteNumber("Interest", shared.Interest);
            json.WriteString("Label", shared.Label);
            json.WritePropertyName("Weight");
            WriteNumber(json, shared.Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                WriteNumber(json, number);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(DateText(time));
                break;
            default:
                throw new InvalidOperationException($"An attribute holds a {value.GetType()}.");
        }
    }

    /// <summary>As the library writes doubles (and not singles): always with a point or an exponent.</summary>
    private static void WriteNumber(Utf8JsonWriter json, double number)
    {
        Span<byte> text = stackalloc byte[32];
        number.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        if (text[..length].IndexOfAny((byte)'.', (byte)'E') < 0)
        {
            text[length++] = (byte)'.';
            text[length++] = (byte)'0';
        }

        json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    /// <summary>As XML Schema has it: Z for UTC, as many digits of the second as are not zero.</summary>
    private static string DateText(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
