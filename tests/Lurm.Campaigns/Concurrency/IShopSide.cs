namespace Lurm.Campaigns.Concurrency;

/// <summary>A way to the shop's folder: an opening of it in this process, or in another.</summary>
/// <remarks>Thread-safe.</remarks>
internal interface IShopSide
{
    /// <summary>One event; the batch's id is its own.</summary>
    void Add(string batch, string user, string item);

    void Erase(string user);

    void SetNote(string user, string value);

    /// <summary>The items of a user in order, between spaces.</summary>
    string ReadItems(string user);

    /// <summary>The note of a user; null where there is none.</summary>
    string? ReadNote(string user);

    /// <summary>Publishes a generation of a model, unless somebody else is at it.</summary>
    void Publish(string model);

    /// <summary>The model that answered, and the scores of the nearest.</summary>
    (string Model, float[] Scores) Similar(string user, int k);
}
