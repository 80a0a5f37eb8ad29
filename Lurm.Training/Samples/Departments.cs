namespace Lurm.Training.Samples;

/// <summary>The words of the sample's shop: departments, what each sells, and the styles everything comes in.</summary>
internal static class Departments
{
    /// <summary>Departments, as they stand before the slash of a category.</summary>
    public static readonly string[] Names =
        ["Kitchen", "Garden", "Furniture", "Outdoor", "Sports", "Electronics", "Books", "Toys", "Fashion", "Beauty", "Pets", "Office"];

    /// <summary>Who shops there; with a style this names a persona ("vintage gardener").</summary>
    public static readonly string[] Shoppers =
        ["cook", "gardener", "decorator", "camper", "athlete", "gadgeteer", "reader", "parent", "dresser", "groomer", "petkeeper", "organiser"];

    /// <summary>What each department sells, ten categories each.</summary>
    public static readonly string[][] Categories =
    [
        ["Frying pan", "Chef's knife", "Mixing bowl", "Espresso cup", "Cake tin", "Cutting board", "Teapot", "Spice jar", "Apron", "Storage box"],
        ["Watering can", "Rose bush", "Herb seeds", "Plant pot", "Garden fork", "Bird feeder", "Trellis", "Lawn edging", "Compost bin", "Greenhouse"],
        ["Side table", "Armchair", "Bookcase", "Floor lamp", "Wall mirror", "Rug", "Curtain", "Bed frame", "Cushion", "Picture frame"],
        ["Tent", "Sleeping bag", "Head torch", "Camping stove", "Rucksack", "Hiking pole", "Water flask", "Rain poncho", "Compass", "Hammock"],
        ["Running shoe", "Yoga mat", "Dumbbell", "Cycling jersey", "Swim goggles", "Tennis racket", "Football", "Skipping rope", "Climbing harness", "Fitness band"],
        ["Headphones", "Bluetooth speaker", "Phone case", "Charger", "Webcam", "Keyboard", "Smart bulb", "Memory card", "Tripod", "Router"],
        ["Crime novel", "Cookery book", "Travel guide", "Poetry volume", "Biography", "Science primer", "History atlas", "Comic", "Language course", "Art catalogue"],
        ["Wooden train", "Jigsaw puzzle", "Board game", "Soft bear", "Building blocks", "Doll", "Kite", "Paint set", "Toy car", "Science kit"],
        ["Linen shirt", "Denim jacket", "Wool scarf", "Leather belt", "Summer dress", "Rain boots", "Straw hat", "Ankle socks", "Silk tie", "Cardigan"],
        ["Hand cream", "Shampoo bar", "Lip balm", "Shaving brush", "Bath salts", "Nail polish", "Perfume", "Face mask", "Hair clip", "Sun lotion"],
        ["Dog lead", "Cat tree", "Fish tank", "Bird cage", "Dog bed", "Cat toy", "Rabbit hutch", "Pet brush", "Food bowl", "Aquarium plant"],
        ["Notebook", "Fountain pen", "Desk lamp", "File box", "Wall planner", "Stapler", "Paper tray", "Whiteboard", "Office chair", "Pencil case"],
    ];

    /// <summary>The styles; each item has one, each persona prefers two.</summary>
    public static readonly string[] Styles = ["Vintage", "Modern", "Rustic", "Pastel", "Industrial", "Nordic", "Classic", "Playful"];

    /// <summary>Categories of all departments together.</summary>
    public static int CategoryCount => Names.Length * Categories[0].Length;

    /// <summary>Department / thing, as the events' <c>category</c> has it; no comma, no quote.</summary>
    public static string CategoryName(int category) => $"{Names[category / 10]}/{Categories[category / 10][category % 10]}";

    /// <summary>The thing itself.</summary>
    public static string Thing(int category) => Categories[category / 10][category % 10];
}
