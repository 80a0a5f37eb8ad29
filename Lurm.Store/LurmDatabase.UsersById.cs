using Lurm.Store.Attributes;
using Lurm.Store.Users;

namespace Lurm.Store;

public sealed partial class LurmDatabase
{
    /// <summary>The users of these ids, each in the place of its id, as of one moment; null where nobody has the id.</summary>
    /// <remarks>One read of all of them: cheaper than <see cref="TryGetUser"/> for each.</remarks>
    public IReadOnlyList<UserRecord?> GetUsers(IReadOnlyList<string> userIds)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        using var read = Connections.ReadSnapshot();
        var reader = new UserReader(read.Session, Registry(read.Session));
        var users = new UserRecord?[userIds.Count];
        for (var i = 0; i < users.Length; i++)
        {
            users[i] = UserRows.TryGetKey(read.Session, userIds[i], out var key) ? reader.Read(key) : null;
        }

        return users;
    }
}
