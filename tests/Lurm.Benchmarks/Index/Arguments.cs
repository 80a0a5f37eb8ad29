using System.Globalization;

namespace Lurm.Benchmarks.Index;

/// <summary>Positional arguments and <c>--name value</c> pairs.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _named = new(StringComparer.Ordinal);
    private readonly List<string> _positional = [];

    public Arguments(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                _positional.Add(args[i]);
                continue;
            }

            if (i + 1 == args.Length)
            {
                throw new ArgumentException($"{args[i]} needs a value.");
            }

            _named[args[i][2..]] = args[++i];
        }
    }

    public int Count => _positional.Count;

    public string this[int i] => _positional[i];

    public string Text(string name, string otherwise) => _named.GetValueOrDefault(name, otherwise);

    public int Number(string name, int otherwise) =>
        _named.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
