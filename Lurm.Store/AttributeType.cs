namespace Lurm.Store;

/// <summary>What values a user attribute holds; fixed when it is registered.</summary>
public enum AttributeType
{
    /// <summary>Text of at most 1,024 bytes of UTF-8, compared code point by code point.</summary>
#pragma warning disable CA1720 // The registry's own word for it, in the schema, on the command line and in the API.
    String,
#pragma warning restore CA1720

    /// <summary>A finite double.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A moment, in UTC, to the millisecond.</summary>
    Date,
}
