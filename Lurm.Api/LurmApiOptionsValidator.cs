using Microsoft.Extensions.Options;

namespace Lurm.Api;

/// <summary>Checks <see cref="LurmApiOptions"/> at start-up and reports all that is wrong together.</summary>
[OptionsValidator]
internal sealed partial class LurmApiOptionsValidator : IValidateOptions<LurmApiOptions>;
