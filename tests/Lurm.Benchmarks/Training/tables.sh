#!/usr/bin/env bash
# Fits, embeds and evaluates one set with three seeds, by default options, and writes the table of medians.
#   bash tests/Lurm.Benchmarks/Training/tables.sh ml-100k|completejourney|onlineretail|sample DATA OUT [SEEDS]
# DATA holds the folders of the public sets (see README.md beside the results); OUT takes SET.json and SET.md. ABLATIONS=1 adds the ablation table to the first seed.
# Build before: dotnet build -c Release tests/Lurm.Benchmarks
set -euo pipefail
set_name=$1 data=$2 out=$3 seeds=${4:-"1 2 3"}
source "$(dirname "$0")/sets.sh"
reports=() ablations=${ABLATIONS:+--ablations}
for seed in $seeds; do
  train fit "$db" --seed "$seed" --restart ${THREADS:+--threads "$THREADS"}
  lurm embed "$db" > /dev/null
  train evaluate "$db" --seed "$seed" "${labels[@]}" $ablations --out "$work/$seed"
  reports+=("$work/$seed/evaluation.json")
  [[ $seed != "${seeds%% *}" ]] || cp "$work/$seed/evaluation.html" "${HTML:-/dev/null}"
  ablations=
done
mkdir -p "$out"
dotnet "$bin/Lurm.Benchmarks/release/Lurm.Benchmarks.dll" training-tables "$set_name" "$out" "${reports[@]}"
