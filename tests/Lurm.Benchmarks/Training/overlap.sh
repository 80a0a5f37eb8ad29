#!/usr/bin/env bash
# Fits one set with a number of clustered interests, and prints for each seed how many of the ten nearest by exact bags of those interests are the ten nearest by representation.
#   bash tests/Lurm.Benchmarks/Training/overlap.sh ml-100k|completejourney|onlineretail|sample DATA INTERESTS [SEEDS]
# Build before: dotnet build -c Release tests/Lurm.Benchmarks
set -euo pipefail
set_name=$1 data=$2 interests=$3 seeds=${4:-"1 2 3"}
source "$(dirname "$0")/sets.sh"
for seed in $seeds; do
  printf '%s, %s interests, seed %s: ' "$set_name" "$interests" "$seed"
  train fit "$db" --seed "$seed" --interests "$interests" --restart 2>&1 | grep -o 'neighbour overlap@10.*'
done
