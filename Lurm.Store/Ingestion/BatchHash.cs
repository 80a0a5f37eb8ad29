using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lurm.Store.Ingestion;

/// <summary>The default batch id: SHA-256 of each file's bytes, in order, and of the mapping.</summary>
internal static class BatchHash
{
    public static string Of(IReadOnlyList<string> paths, EventMapping mapping, CancellationToken cancellationToken)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        all.AppendData(Encoding.UTF8.GetBytes(Describe(mapping)));
        foreach (var path in paths)
        {
            using var feed = RowFiles.OpenBytes(path);
            using var one = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 20];
            int read;
            while ((read = feed.Read(buffer)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                one.AppendData(buffer, 0, read);
            }

            all.AppendData(one.GetHashAndReset());
        }

        return "sha256:" + Convert.ToHexStringLower(all.GetHashAndReset());
    }

    // One text per meaning: what changes the events changes the text, nothing else does.
    private static string Describe(EventMapping mapping) => JsonSerializer.Serialize(new object?[]
    {
        1, mapping.UserColumn, mapping.ItemColumn, mapping.TimeColumn, mapping.KindColumn, mapping.WeightColumn, mapping.TitleColumn, mapping.CategoryColumn,
        mapping.Attributes.Select(attribute => $"{attribute.Column}={attribute.Name}:{attribute.Type}").ToArray(),
        mapping.Rules.Select(rule => rule.ToString()).ToArray(),
        mapping.TimeFormat.ToString(), mapping.Delimiter?.ToString(),
    });
}
