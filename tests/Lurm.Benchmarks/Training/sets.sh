# Makes the database of a set from its raw files; sourced by tables.sh and overlap.sh, which set set_name and data.
# Gives db, labels (options of 'evaluate'), work, lurm and train.
root=$(cd "$(dirname "$0")/../../.." && pwd)
bin=${LURM_BIN:-$root/artifacts/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lurm() { dotnet "$bin/Lurm.Api/release/Lurm.Api.dll" "$@"; }
train() { dotnet "$bin/Lurm.Training/release/Lurm.Training.dll" "$@"; }
db=$work/$set_name.lurm labels=()
lurm create "$db" > /dev/null
case $set_name in
ml-100k)
  { echo -e 'user\titem\trating\ttime'; zcat "$data/ml-100k/u.data.gz"; } > "$work/events.tsv"
  { echo -e 'user\tage40\tgender\toccupation'; awk -F'|' -v OFS='\t' '{ print $1, ($2 > 40 ? "over 40" : "up to 40"), $3, $4 }' "$data/ml-100k/u.user"; } > "$work/labels.tsv"
  lurm ingest "$db" "$work/events.tsv" --user user --item item --time time --time-format unix
  labels=(--labels "$work/labels.tsv") ;;
completejourney)
  # Lines get their product's type as title and its category.
  awk -F'\t' -v OFS='\t' 'NR == FNR { title[$1] = $6; category[$1] = $5; next }
    FNR == 1 { print "household", "product", "time", "title", "category"; next } { print $1, $4, $11, title[$4], category[$4] }' \
    <(zcat "$data/completejourney/products.tsv.gz") <(zcat "$data/completejourney/transactions_sample.tsv.gz") > "$work/events.tsv"
  lurm ingest "$db" "$work/events.tsv" --user household --item product --time time --title title --category category --time-format unix
  labels=(--labels "$data/completejourney/demographics.tsv") ;;
onlineretail)
  lurm ingest "$db" "$data/onlineretail/onlineretail.tsv.gz" --user CustomerID --item StockCode --title Description --time InvoiceDate \
    --time-format unix --attribute Country --where-present CustomerID --where-positive Quantity ;;
sample)
  train sample "$work/sample" --users 5000 --items 2000 --months 24
  lurm ingest "$db" "$work/sample/events.csv" --user user --item item --time time --kind kind --title title --category category --time-format unix
  labels=(--labels "$work/sample/labels.csv" --label current_persona --label first_persona) ;;
*)
  echo "unknown set '$set_name'; expected ml-100k, completejourney, onlineretail or sample" >&2
  exit 2 ;;
esac
