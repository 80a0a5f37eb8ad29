using System.Globalization;


namespace Lurm.Api.OData;

/// <summary>What the request's <c>Prefer</c> header asks for, as far as Lurm knows it.</summary>
internal sealed record ODataPreferences(int? MaxPageSize, bool RespondAsync, bool? ReturnRepresentation)
{
    public static ODataPreferences Read(HttpRequest request)
    {
        int? maxPageSize = null;
        var respondAsync = false;
        bool? representation = null;
        foreach (var preference in request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            var parts = preference.Split('=', 2, StringSplitOptions.TrimEntries);
            var value = parts.Length == 2 ? parts[1].Trim('"') : string.Empty;
            switch (parts[0].ToLowerInvariant())
            {
                case "odata.maxpagesize" or "maxpagesize" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0:
                    maxPageSize = size;
                    break;
                case "respond-async":
                    respondAsync = true;
                    break;
                case "return":
                    representation = value.Equals("representation", StringComparison.OrdinalIgnoreCase);
                    break;
                default:
                    // A preference that is not understood is ignored, as RFC 7240 says.
                    break;
            }
        }

        return new ODataPreferences(maxPageSize, respondAsync, representation);
    }

}
