using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lurm.Benchmarks.Endpoints;

/// <summary>One kept-alive HTTP/1.1 connection that costs the client as little as can be: the two share this machine's processors.</summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] Length = "Content-Length: "u8.ToArray();

    private readonly Socket _socket;
    private byte[] _buffer = new byte[64 << 10];

    private HttpConnection(Socket socket) => _socket = socket;

    /// <summary>The last answer's body; until the next request.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public static async Task<HttpConnection> OpenAsync(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address);
        return new HttpConnection(socket);
    }

    /// <summary>A request's bytes.</summary>
    public static byte[] Get(string target) => Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n");

    /// <summary>A request's bytes, with a body.</summary>
    public static byte[] Post(string target, string contentType, string body, string headers = "") =>
        Encoding.UTF8.GetBytes($"POST {target} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nContent-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}");

    /// <summary>Sends a request and reads the whole answer, which must say its length; gives the status.</summary>
    public async Task<int> SendAsync(byte[] request)
    {
        await _socket.SendAsync(request);
        var filled = 0;
        var head = -1;
        var total = int.MaxValue;
        while (filled < total)
        {
            if (filled == _buffer.Length)
            {
                Array.Resize(ref _buffer, 2 * _buffer.Length);
            }

            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled));
            if (read == 0)
            {
                throw new IOException("The server closed the connection within an answer.");
            }

            filled += read;
            if (head < 0 && (head = _buffer.AsSpan(0, filled).IndexOf(EndOfHead)) >= 0)
            {
                head += EndOfHead.Length;
                total = head + LengthOf(_buffer.AsSpan(0, head));
            }
        }

        Body = _buffer.AsMemory(head, total - head);

        // "HTTP/1.1 200 …"
        return Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _) ? status : throw new IOException("The answer has no status.");
    }

    public void Dispose() => _socket.Dispose();

    private static int LengthOf(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf(Length);
        return at >= 0 && Utf8Parser.TryParse(head[(at + Length.Length)..], out int length, out _)
            ? length
            : throw new IOException("The answer does not say its length.");
    }
}
