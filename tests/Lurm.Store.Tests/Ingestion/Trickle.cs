namespace Lurm.Store.Tests.Ingestion;

/// <summary>A stream that gives a few bytes at a time, as networks do.</summary>
internal sealed class Trickle(byte[] bytes, int step) : MemoryStream(bytes)
{
    public override bool CanSeek => false;

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(step, buffer.Length)]);
}
