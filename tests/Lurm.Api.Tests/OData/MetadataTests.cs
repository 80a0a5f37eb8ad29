using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Microsoft.OData.Edm.Csdl;
using Microsoft.OData.Edm.Validation;

namespace Lurm.Api.Tests.OData;

public sealed class MetadataTests(ShopServer shop) : IClassFixture<ShopServer>
{
    /// <summary>The contract with every client. Delete the golden file, run the test and review the new one to change it.</summary>
    [Fact]
    public async Task The_model_is_the_golden_one()
    {
        var text = XDocument.Parse((await shop.Server.GetAsync("odata/$metadata")).Text).ToString() + "\n";
        var golden = Path.Combine(SourceFolder(), "..", "Golden", "metadata.xml");
        if (!File.Exists(golden))
        {
            await File.WriteAllTextAsync(golden, text, TestContext.Current.CancellationToken);
            Assert.Fail($"Wrote '{golden}': review it, then run again.");
        }

        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), text);
    }

    [Fact]
    public async Task The_model_is_valid_and_a_client_can_read_it()
    {
        using var reader = System.Xml.XmlReader.Create(new StringReader((await shop.Server.GetAsync("odata/$metadata")).Text));

        Assert.True(CsdlReader.TryParse(reader, out var model, out var errors), string.Join('\n', errors));
        model.Validate(out var faults);
        Assert.Empty(faults.Select(fault => fault.ToString()));
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
