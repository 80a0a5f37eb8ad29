using Lurm.Store;
using Lurm.Store.Ingestion;

namespace Lurm.Campaigns.Fuzzing.Targets;

/// <summary>A reader of rows, and what is made of a row's time.</summary>
internal abstract class RowsTarget(string name) : FuzzTarget(name)
{
    protected static IReadOnlyList<string> Wanted { get; } = ["user", "item", "time", "weight"];

    public sealed override bool Run(byte[] input)
    {
        try
        {
            using var rows = Open(input);
            while (true)
            {
                try
                {
                    if (!rows.Read(CancellationToken.None))
                    {
                        return true;
                    }

                    for (var slot = 0; slot < Wanted.Count; slot++)
                    {
                        _ = EventTime.TryParse(rows[slot], (TimeFormat)slot, out _);
                    }
                }
                catch (RowException)
                {
                    // One bad row; the next read goes on behind it.
                }
            }
        }
        catch (StoreException fault) when (fault.Fault is StoreFault.Invalid or StoreFault.NotFound)
        {
            return false;
        }
    }

    protected abstract RowSource Open(byte[] input);

    protected static bool IsRequired(int slot) => slot < 3;
}
