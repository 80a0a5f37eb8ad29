using Lurm.Store;

namespace Lurm.Api.OData;

/// <summary>The model of the registry as it is now; built again only when the registry has changed.</summary>
internal sealed class LurmModelCache(LurmDatabase lurm)
{
    private volatile LurmModel? _model;

    public LurmModel Current
    {
        get
        {
            var attributes = lurm.Attributes;
            var model = _model;
            if (model is not null && (ReferenceEquals(model.Attributes, attributes) || model.Attributes.SequenceEqual(attributes)))
            {
                return model;
            }

            return _model = new LurmModel(attributes);
        }
    }
}
