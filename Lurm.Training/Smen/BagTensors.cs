using static TorchSharp.torch;

namespace Lurm.Training.Smen;

/// <summary>One bag input of a batch of users, as tensors.</summary>
/// <param name="Users">Users of the batch (B).</param>
/// <param name="Keys">Interests of all parts, shape [N]; its last entry is padding of value 0.</param>
/// <param name="Values">Values of all parts, shape [N].</param>
/// <param name="Offsets">Where each part begins, shape [Q].</param>
/// <param name="KeyParts">The part of each key, shape [N].</param>
/// <param name="PartUsers">The user of each part, shape [Q]; with one part per user, 0 to B − 1.</param>
/// <param name="Ages">Age of each part, shape [Q].</param>
/// <param name="Slots">Place of each part among its user's, oldest first, shape [Q].</param>
/// <param name="PartCounts">Parts of each user, shape [B].</param>
/// <param name="MaxParts">The most parts of a user, at least 1 (P).</param>
/// <param name="Gate">Gate of each user, shape [B, 1].</param>
internal sealed record BagTensors(int Users, Tensor Keys, Tensor Values, Tensor Offsets, Tensor KeyParts, Tensor PartUsers, Tensor Ages, Tensor Slots, Tensor PartCounts, int MaxParts, Tensor Gate)
{
    /// <summary>The tensors of these users; they belong to the caller's dispose scope.</summary>
    /// <param name="column">The bags.</param>
    /// <param name="users">Users of the column.</param>
    /// <param name="oneEach">Whether every user gets exactly one part, empty if need be: scales of one bag.</param>
    /// <param name="device">Where they go.</param>
    public static BagTensors From(BagColumn column, ReadOnlySpan<int> users, bool oneEach, Device device)
    {
        var keys = new List<long>();
        var values = new List<float>();
        var offsets = new List<long>();
        var keyParts = new List<long>();
        var partUsers = new List<long>();
        var ages = new List<long>();
        var slots = new List<long>();
        var counts = new long[users.Length];
        var gates = new float[users.Length];
        for (var row = 0; row < users.Length; row++)
        {
            gates[row] = column.Gate(users[row]);
            var (start, length) = column.PartsOf(users[row]).GetOffsetAndLength(column.Parts.Count);
            counts[row] = length;
            for (var slot = 0; slot < (oneEach ? 1 : length); slot++)
            {
                var part = offsets.Count;
                offsets.Add(keys.Count);
                partUsers.Add(row);
                slots.Add(slot);
                ages.Add(slot < length ? column.Age(start + slot) : 0);
                if (slot < length)
                {
                    foreach (var key in column.Parts.Keys(start + slot))
                    {
                        keys.Add(key);
                        keyParts.Add(part);
                    }

                    values.AddRange(column.Parts.Values(start + slot));
                }
            }
        }

        if (offsets.Count == 0)
        {
            offsets.Add(0);
            partUsers.Add(0);
            slots.Add(0);
            ages.Add(0);
        }

        keys.Add(0);
        values.Add(0);
        keyParts.Add(offsets.Count - 1);
        return new BagTensors(
            users.Length,
            Long(keys),
            tensor(values.ToArray(), device: device),
            Long(offsets),
            Long(keyParts),
            Long(partUsers),
            Long(ages),
            Long(slots),
            tensor(counts, device: device),
            (int)Math.Max(1, counts.Length == 0 ? 1 : counts.Max()),
            tensor(gates, [users.Length, 1], device: device));

        Tensor Long(List<long> list) => tensor(list.ToArray(), device: device);
    }
}
