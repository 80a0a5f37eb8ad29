using System.Xml.Linq;
using Microsoft.OData.Edm.Csdl;
using Microsoft.OData.Edm.Validation;

namespace Lurm.Api.Tests.OData;

public sealed class MetadataTests(ShopServer shop) : IClassFixture<ShopServer>
{
    /// <summary>The contract with every client. A difference is either a mistake or a change to review: then put the new text into the golden file.</summary>
    [Fact]
    public async Task The_model_is_the_golden_one()
    {
        var golden = Path.Combine(AppContext.BaseDirectory, "Golden", "metadata.xml");

        var text = XDocument.Parse((await shop.Server.GetAsync("odata/$metadata")).Text).ToString() + "\n";

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
}
