using System.Globalization;
using Lurm.Store;

namespace Lurm.Campaigns.Concurrency;

/// <summary>A user whom one thread writes and all read.</summary>
internal sealed class BusyUser(string id)
{
    private const string None = "none";

    private readonly List<int> _items = [];
    private int _next;

    public string Id { get; } = id;

    public SingleWriterLog<string> Items { get; } = new(string.Empty);

    public SingleWriterLog<string> Note { get; } = new(None);

    public void Add(BusyShop shop, LurmDatabase database)
    {
        var item = _next++;
        _items.Add(item);
        Items.Write(BusyShop.Items(_items), () => shop.Add(database, Id, item));
    }

    public void Erase(LurmDatabase database)
    {
        _items.Clear();
        Items.Write(string.Empty, () => Note.Write(None, () => BusyShop.Erase(database, Id)));
    }

    public void SetNote(LurmDatabase database, double value)
    {
        if (Items.Latest.Length > 0)
        {
            Note.Write(value.ToString(CultureInfo.InvariantCulture), () => BusyShop.SetNote(database, Id, value));
        }
    }

    public void ReadItems(LurmDatabase database) => Items.Read(() => BusyShop.Items(database, Id));

    public void ReadNote(LurmDatabase database) => Note.Read(() =>
        database.TryGetUser(Id, out var user) && user.Attributes.TryGetValue("Note", out var value) && value is double number ? number.ToString(CultureInfo.InvariantCulture) : None);
}
