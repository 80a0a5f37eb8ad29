using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using Lurm.Index.Graph;

namespace Lurm.Index.Snapshots;

/// <summary>A mapped snapshot file: header, options and graph are verified at once, vectors and codes block by block on first touch.</summary>
/// <remarks>Safe on any number of threads. The mapping is private to readers: a file is never changed once it has its name.</remarks>
internal sealed unsafe class Snapshot : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SnapshotHeader _header;
    private readonly byte* _start;
    private readonly bool[] _vectorsChecked;
    private readonly bool[] _codesChecked;
    private int _isDisposed;

    /// <summary>Opens and verifies.</summary>
    /// <exception cref="IndexException">The file is not there, not a snapshot, of another version, or damaged.</exception>
    public Snapshot(string path)
    {
        Path = path;
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
            var page = new byte[SnapshotHeader.Bytes];
            var read = stream.ReadAtLeast(page, page.Length, throwOnEndOfStream: false);
            _header = SnapshotHeader.Read(page.AsSpan(0, read), path, stream.Length);
            _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw new IndexException(IndexFault.Unavailable, $"The snapshot '{path}' cannot be opened: {e.Message}", e);
        }
        catch
        {
            stream?.Dispose();
            throw;
        }

        try
        {
            _view = _file.CreateViewAccessor(0, _header.FileBytes, MemoryMappedFileAccess.Read);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            _start = start + _view.PointerOffset;
            _vectorsChecked = new bool[_header.ExpectedBytes(SectionKind.VectorChecks) / sizeof(uint)];
            _codesChecked = new bool[_header.ExpectedBytes(SectionKind.CodeChecks) / sizeof(uint)];
            CheckSections();
            GraphCheck.Run(this, _header);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public HnswOptions Options => _header.Options;

    /// <summary>How its rows are laid out.</summary>
    public RowShape Shape => _header.Shape;

    public string ModelId => _header.ModelId;

    public int Rows => _header.Rows;

    public int UpperLists => _header.UpperLists;

    public int EntryPoint => _header.EntryPoint;

    /// <summary>The first byte of a section.</summary>
    public byte* Section(SectionKind kind) => _start + _header.Section(kind).Offset;

    /// <summary>Verifies the blocks that hold bytes [<paramref name="from"/>, <paramref name="from"/> + <paramref name="count"/>) of the walk's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CheckWalk(bool codes, long from, long count)
    {
        var isChecked = codes ? _codesChecked : _vectorsChecked;
        for (var block = from / SnapshotHeader.BlockBytes; block <= (from + count - 1) / SnapshotHeader.BlockBytes; block++)
        {
            if (!isChecked[block])
            {
                CheckBlock(codes, block);
            }
        }
    }

    /// <summary>Verifies every block.</summary>
    public void CheckAll()
    {
        for (var i = 0; i < _vectorsChecked.Length; i++)
        {
            if (!_vectorsChecked[i])
            {
                CheckBlock(false, i);
            }
        }

        for (var i = 0; i < _codesChecked.Length; i++)
        {
            if (!_codesChecked[i])
            {
                CheckBlock(true, i);
            }
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        if (_start != null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        _view?.Dispose();
        _file?.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckBlock(bool codes, long block)
    {
        var kind = codes ? SectionKind.Codes : SectionKind.Vectors;
        var section = _header.Section(kind);
        var at = block * SnapshotHeader.BlockBytes;
        var expected = ((uint*)Section(codes ? SectionKind.CodeChecks : SectionKind.VectorChecks))[block];
        if (Checksum.Of(_start + section.Offset + at, Math.Min(SnapshotHeader.BlockBytes, section.Bytes - at)) != expected)
        {
            throw SnapshotHeader.Corrupt(Path, $"block {block} of {kind} does not match its checksum");
        }

        (codes ? _codesChecked : _vectorsChecked)[block] = true;
    }

    private void CheckSections()
    {
        foreach (var section in _header.Sections)
        {
            if (section.Kind is not (SectionKind.Vectors or SectionKind.Codes) && Checksum.Of(Section(section.Kind), section.Bytes) != section.Checksum)
            {
                throw SnapshotHeader.Corrupt(Path, $"section {section.Kind} does not match its checksum");
            }
        }
    }
}
