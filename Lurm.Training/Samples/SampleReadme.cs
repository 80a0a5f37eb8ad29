namespace Lurm.Training.Samples;

/// <summary>The page that lies beside a sample and says what its files are.</summary>
internal static class SampleReadme
{
    public static string Text(SampleOptions options, int switched) => FormattableString.Invariant(
        $"""
        # Synthetic shoppers
        Made by `lurm-train sample --users {options.Users} --months {options.Months} --events {options.EventCount} --items {options.Items} --seed {options.Seed}`; the same command gives the same bytes.

        | file | columns |
        | --- | --- |
        | `events.csv` | user, item, time (Unix seconds, ascending), kind (view, cart, buy), title, category, country; {options.EventCount} rows |
        | `items.csv` | item, title, category; {options.Items} rows |
        | `labels.csv` | user, first_persona, current_persona, switched (yes, no), switch_month, country; {options.Users} rows |

        Every shopper is one of {Personas.Count} personas; {switched} of {options.Users} switch to another one during the log: the new one takes over within
        three months. 45 % of a shopper's events follow the persona, 20 % a taste of the shopper's own, the rest the popularity of items, which is
        Zipf with exponent 0.8. Shoppers come and go; activity is lognormal. The labels are the planted truth; no event shows them.

        To use it:

            lurm create shop.lurm
            lurm ingest shop.lurm events.csv --user user --item item --time time --kind kind --title title --category category --attribute country=Country
            lurm-train fit shop.lurm
            lurm embed shop.lurm
            lurm-train evaluate shop.lurm --labels labels.csv

        """);
}
