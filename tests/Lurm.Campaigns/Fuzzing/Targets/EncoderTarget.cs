using Lurm.Store;
using Lurm.Store.Encoders;
using Lurm.Store.Tests.Encoders;
using Lurm.TestKit;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>ONNX files that a manifest would vouch for: loading them and comparing their signature with the card. They are not run: a model is code, and is trusted by its digest.</summary>
internal sealed class EncoderTarget : FuzzTarget
{
    public const string TargetName = "encoder";

    private readonly TemporaryFolder _folder = new();
    private readonly ModelCard _card = Models.Card(4);

    public EncoderTarget()
        : base(TargetName)
    {
        Seeds = [TinyOnnx.Encoder(_card, [.. Enumerable.Range(0, _card.Interests * _card.Dimensions).Select(i => (float)Math.Cos(i))])];
    }

    public override double Share => 0.3;

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IReadOnlyList<byte[]> Words => ["Gather"u8.ToArray(), "MatMul"u8.ToArray(), "representation"u8.ToArray(), "lifetime_keys"u8.ToArray(), "Loop"u8.ToArray()];

    public override bool Run(byte[] input)
    {
        File.WriteAllBytes(_folder["encoder.onnx"], input);
        try
        {
            using var encoder = new OnnxUserEncoder(_card, OnnxSessions.OpenCpu(_folder["encoder.onnx"], threads: 1), "cpu");
            return true;
        }
        catch (StoreException fault) when (fault.Fault is StoreFault.Corrupt or StoreFault.Incompatible)
        {
            return false;
        }
    }

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }
}
