using System.Globalization;

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

    public void Add(BusyShop shop, IShopSide side)
    {
        var item = _next++;
        _items.Add(item);
        Items.Write(BusyShop.Items(_items), () => shop.Add(side, Id, item));
    }

    public void Erase(IShopSide side)
    {
        _items.Clear();
        Items.Write(string.Empty, () => Note.Write(None, () => side.Erase(Id)));
    }

    public void SetNote(IShopSide side, double value)
    {
        if (Items.Latest.Length > 0)
        {
            var text = value.ToString(CultureInfo.InvariantCulture);
            Note.Write(text, () => side.SetNote(Id, text));
        }
    }

    public void ReadItems(IShopSide side) => Items.Read(() => side.ReadItems(Id));

    public void ReadNote(IShopSide side) => Note.Read(() => side.ReadNote(Id) ?? None);
}
