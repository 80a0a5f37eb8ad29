namespace Lurm.Store.Filters;

/// <summary>Conditions that only the histories can answer: they are no columns.</summary>
internal interface IHistoryConditions
{
    /// <summary>Ascending keys of users with an event of an interest, at any time or in the last months.</summary>
    long[] WithInterest(int interest, int? months);
}
