using Lurm.Index;
using Lurm.Store.Generations;

namespace Lurm.Store;

/// <content>How every query meets the index.</content>
public sealed partial class LurmDatabase
{
    /// <summary>
    /// Why queries are answered from an index that was built from the representations, because its snapshot is missing or damaged; null where they
    /// are answered from the snapshot, or none was asked yet. <see cref="Check"/> with repair writes the snapshot anew.
    /// </summary>
    public string? IndexFallback => _views?.Fallback;

    private delegate TAnswer Answer<in TQuestion, out TAnswer>(LurmDatabase database, GenerationView view, TQuestion question, CancellationToken cancellationToken);

    /// <summary>Answers from the current view. Blocks of a snapshot are checked when first touched: where one does not hold, the index is built anew and asked again.</summary>
    private TAnswer Ask<TQuestion, TAnswer>(TQuestion question, Answer<TQuestion, TAnswer> answer, CancellationToken cancellationToken)
    {
        using (var view = Views.Borrow(cancellationToken))
        {
            try
            {
                return answer(this, view, question, cancellationToken);
            }
            catch (IndexException damaged) when (damaged.Fault == IndexFault.Corrupt)
            {
                Views.Rebuild(view, damaged.Message, cancellationToken);
            }
        }

        using var rebuilt = Views.Borrow(cancellationToken);
        return answer(this, rebuilt, question, cancellationToken);
    }
}
