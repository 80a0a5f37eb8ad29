using Lurm.Training.Histories;

namespace Lurm.Training.Interests;

/// <summary>Inverse document frequency: ln(users / users that have an interest).</summary>
internal static class InverseFrequency
{
    /// <summary>By interest; 0 for one that every user has, and ln(users) for one that nobody has.</summary>
    public static float[] Of(UserHistories histories, int[] numberOf, int[] assigned, int interests)
    {
        var users = new int[interests];
        var lastUser = new int[interests];
        Array.Fill(lastUser, -1);
        for (var user = 0; user < histories.Count; user++)
        {
            foreach (ref readonly var entry in histories[user])
            {
                if (numberOf[entry.Item] is >= 0 and var number && lastUser[assigned[number]] != user)
                {
                    lastUser[assigned[number]] = user;
                    users[assigned[number]]++;
                }
            }
        }

        return Array.ConvertAll(users, count => (float)Math.Log(histories.Count / (double)Math.Max(1, count)));
    }
}
