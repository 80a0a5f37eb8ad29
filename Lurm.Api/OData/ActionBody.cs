using System.Text.Json;

namespace Lurm.Api.OData;

/// <summary>The parameters of an action: read strictly, so that a misspelt name is told and not ignored.</summary>
internal sealed class ActionBody : IDisposable
{
    private readonly JsonDocument _document;

    private ActionBody(JsonDocument document) => _document = document;

    /// <summary>Reads the request's body; an empty one has no parameters.</summary>
    public static async Task<ActionBody> ReadAsync(HttpContext http, IReadOnlyCollection<string> names)
    {
        var request = http.Request;
        if (request.ContentLength is not 0 && request.ContentType is { } type && !type.Contains("json", StringComparison.OrdinalIgnoreCase))
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "UnsupportedMediaType", $"The body is {type}; expected application/json.");
        }

        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, http.RequestAborted);
        var document = JsonDocument.Parse(buffer.Length == 0 ? "{}"u8.ToArray() : buffer.ToArray(), new JsonDocumentOptions { MaxDepth = 16 });
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw ApiException.Invalid($"The body is a JSON {document.RootElement.ValueKind}; expected an object with the action's parameters.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.Name.Contains('@', StringComparison.Ordinal))
            {
                continue;
            }

            if (!names.Contains(property.Name, StringComparer.Ordinal))
            {
                throw ApiException.Invalid($"The parameter '{property.Name}' is unknown; expected {string.Join(", ", names)}.", property.Name);
            }

            if (!seen.Add(property.Name))
            {
                throw ApiException.Invalid($"The parameter '{property.Name}' stands there twice.", property.Name);
            }
        }

        return new ActionBody(document);
    }

    public void Dispose() => _document.Dispose();

    public bool Has(string name) => Find(name) is not null;

    public JsonElement? Find(string name) =>
        _document.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Like <see cref="Find"/>, but tells null from absent.</summary>
    public bool TryFind(string name, out JsonElement value) => _document.RootElement.TryGetProperty(name, out value);

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(name, value, "text");

    public bool Flag(string name) => Find(name) is { } value
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, value, "true or false"));

    public double? Number(string name) => Find(name) is not { } value ? null
        : IsNumber(value, out var number) ? number
        : throw Wrong(name, value, "a number");

    /// <summary>Whether the value is a number that a double can hold: 1e999 reads as infinity, which no query takes.</summary>
    public static bool IsNumber(JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && double.IsFinite(number);
    }

    public long? WholeNumber(string name, long least, long most)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
        {
            throw Wrong(name, value, "a whole number");
        }

        return number >= least && number <= most ? number : throw ApiException.Invalid($"'{name}' is {number}; expected {least} to {most}.", name);
    }

    public IReadOnlyList<string>? Texts(string name, int most) =>
        List(name, most, item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(name, item, "text in each place"));

    public IReadOnlyList<float>? Floats(string name, int most) =>
        List(name, most, item => item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out var number) && float.IsFinite(number) ? number : throw Wrong(name, item, "a number in each place"));

    public IReadOnlyList<int>? Integers(string name, int most) =>
        List(name, most, item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) ? number : throw Wrong(name, item, "a whole number in each place"));

    public IReadOnlyList<T>? List<T>(string name, int most, Func<JsonElement, T> read)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(name, value, "a list");
        }

        var length = value.GetArrayLength();
        return length <= most
            ? [.. value.EnumerateArray().Select(read)]
            : throw ApiException.Invalid($"'{name}' has {length} values; expected at most {most}.", name);
    }

    public static ApiException Wrong(string name, JsonElement value, string expected)
    {
        var found = value.GetRawText();
        return ApiException.Invalid($"'{name}' has {(found.Length > 40 ? found[..40] + "…" : found)}; expected {expected}.", name);
    }
}
