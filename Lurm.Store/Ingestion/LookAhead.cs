namespace Lurm.Store.Ingestion;

/// <summary>What looks up users and items ahead of a reader of rows, and the slots their ids lie in.</summary>
internal sealed record LookAhead(ILookAhead Table, int UserSlot, int ItemSlot);
