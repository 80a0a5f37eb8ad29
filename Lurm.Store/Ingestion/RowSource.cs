namespace Lurm.Store.Ingestion;

/// <summary>Rows of a file or stream, of which the wanted columns are read, each into a slot.</summary>
/// <remarks>Spans live until the next <see cref="Read"/>. One thread.</remarks>
internal abstract class RowSource(string name) : IDisposable
{
    /// <summary>What to call it in messages: the file's name, or "the stream".</summary>
    public string Name { get; } = name;

    /// <summary>The present row's first line, from 1, the header's being line 1; or the row's number where there are no lines.</summary>
    public long Line { get; protected set; }

    /// <summary>How much of it was read, 0 to 1; 0 where its length is not known.</summary>
    public abstract double Fraction { get; }

    /// <summary>Whether users and items were looked up ahead of the reader.</summary>
    public virtual bool IsLookedUp => false;

    /// <summary>The ordinal of the present row's user where it was looked up ahead; -1 where its id is none.</summary>
    public virtual int UserOrdinal => -1;

    /// <summary>The ordinal of the present row's item, likewise.</summary>
    public virtual int ItemOrdinal => -1;

    /// <summary>Goes to the next row.</summary>
    /// <exception cref="RowException">The row cannot be taken apart; the next call goes on behind it.</exception>
    public abstract bool Read(CancellationToken cancellationToken);

    /// <summary>The text of a wanted column in this row, as UTF-8; empty where the row has none.</summary>
    public abstract ReadOnlySpan<byte> this[int slot] { get; }

    public abstract void Dispose();
}
