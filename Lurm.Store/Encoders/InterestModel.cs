namespace Lurm.Store.Encoders;

/// <summary>Maps items to interests: what training saw by id, later items by their own vector or their text, the rest to no interest.</summary>
public sealed class InterestModel
{
    /// <summary>How many interests there are.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>A readable name of each interest.</summary>
    public IReadOnlyList<string> Labels => throw new NotImplementedException();

    /// <summary>Inverse document frequency of each interest: ln(users / users that have it), at least 0.</summary>
    public ReadOnlySpan<float> Idf => throw new NotImplementedException();

    /// <summary>The interest of an item; false where nothing is known of it.</summary>
    public bool TryGetInterest(string itemId, string? title, string? category, out int interest) => throw new NotImplementedException();
}
