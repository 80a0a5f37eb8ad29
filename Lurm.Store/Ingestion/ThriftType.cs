namespace Lurm.Store.Ingestion;

/// <summary>A type of Thrift's compact protocol: a scalar, a list, or a struct with its fields' types.</summary>
internal sealed class ThriftType
{
    public static readonly ThriftType Bool = new(True);
    public static readonly ThriftType I8 = new(3);
    public static readonly ThriftType I16 = new(4);
    public static readonly ThriftType I32 = new(5);
    public static readonly ThriftType I64 = new(6);
    public static readonly ThriftType F64 = new(7);
    public static readonly ThriftType Binary = new(8);

    private const int True = 1;
    private const int False = 2;

    private ThriftType(int code) => Code = code;

    /// <summary>The protocol's number for it.</summary>
    public int Code { get; }

    /// <summary>What a list holds.</summary>
    public ThriftType? Element { get; private init; }

    /// <summary>Types of a struct's fields, the first being field 1; null where there is none.</summary>
    public IReadOnlyList<ThriftType?> Fields { get; private init; } = [];

    public static ThriftType ListOf(ThriftType element) => new(9) { Element = element };

    public static ThriftType Struct(params IReadOnlyList<ThriftType?> fields) => new(12) { Fields = fields };

    /// <summary>Whether a field's header says this type; one that is true or false has its value there.</summary>
    public bool IsCoded(int code) => code == Code || (Code == True && code == False);

    /// <summary>The scalar of that number, or null.</summary>
    public static ThriftType? Scalar(int code) => code switch
    {
        True or False => Bool,
        3 => I8,
        4 => I16,
        5 => I32,
        6 => I64,
        7 => F64,
        8 => Binary,
        _ => null,
    };
}
