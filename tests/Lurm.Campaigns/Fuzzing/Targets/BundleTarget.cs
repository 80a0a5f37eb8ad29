using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Tests.Encoders;
using Lurm.TestKit;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>The card and the interests of a model bundle, under a manifest that vouches for them. The first byte of an input says which file it is.</summary>
internal sealed class BundleTarget : FuzzTarget
{
    public const string TargetName = "bundle";

    private static readonly string[] Files = [ModelBundle.CardName, ModelBundle.InterestsName, ModelBundle.TablesName, ModelBundle.ManifestName];

    private readonly TemporaryFolder _folder = new();
    private readonly string _bundle;
    private readonly byte[][] _good;
    private readonly string _manifest;

    public BundleTarget()
        : base(TargetName)
    {
        _bundle = _folder["bundle"];
        var card = Models.Card(4, bags: [Models.Lifetime(), Models.Recent(2, 3)]);
        var table = Enumerable.Range(0, card.Interests * card.Dimensions).Select(i => (float)Math.Sin(i)).ToArray();
        ModelBundle.Write(_bundle, card, Models.Interests(1, 2, 1, 1), TinyOnnx.Encoder(card, table), new EncoderHead(TinyOnnx.Head(card), [new PoolingTable(["lifetime", "recent"], card.Dimensions, table)]));
        _good = [.. Files.Select(file => File.ReadAllBytes(Path.Combine(_bundle, file)))];
        _manifest = File.ReadAllText(Path.Combine(_bundle, ModelBundle.ManifestName));
        Seeds = [.. _good.Select((bytes, file) => (byte[])[(byte)file, .. bytes])];
    }

    public override double Share => 4;

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IReadOnlyList<byte[]> Words => ["\"anchors\":"u8.ToArray(), "null"u8.ToArray(), "-1"u8.ToArray(), "2147483647"u8.ToArray(), "1e308"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "\"lifetime\""u8.ToArray(), "../"u8.ToArray()];

    public override bool Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        var file = input[0] % Files.Length;
        Put(file, input[1..]);
        try
        {
            ModelBundle.Read(_bundle);
            return true;
        }
        catch (StoreException fault) when (fault.Fault is StoreFault.Corrupt or StoreFault.Incompatible)
        {
            return false;
        }
        finally
        {
            Put(file, _good[file]);
        }
    }

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }

    private void Put(int file, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(_bundle, Files[file]), bytes);
        if (Files[file] == ModelBundle.ManifestName)
        {
            return;
        }

        var manifest = JsonNode.Parse(_manifest)!;
        var entry = manifest["files"]!.AsArray().Single(one => (string)one!["name"]! == Files[file])!;
        entry["bytes"] = bytes.Length;
        entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        File.WriteAllText(Path.Combine(_bundle, ModelBundle.ManifestName), manifest.ToJsonString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}
