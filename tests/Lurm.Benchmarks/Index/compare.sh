#!/usr/bin/env bash
# Measures Lurm.Index against hnswlib on the same vectors, in alternating rounds, and writes the results beside the other committed ones.
#   compare.sh DIR [PEERS]
# DIR    data sets that "run.sh data DIR" made (user128, glove100, …); indexes are kept there and built only where they are missing.
# PEERS  the folder of run.sh, hnswlib_bench.cpp and common.h; default $LURM_PEERS.
# Environment: DATASETS ("user128 glove100"), ROUNDS (3), BUILDS (3), QUERIES (2000), OUT (tests/Lurm.Benchmarks/Results/index/<cpu>), SKIP_BUILD (1 to measure no builds).
# Queries and builds are process CPU seconds on one thread; ratios compare, times do not. Wants an idle machine: about 45 minutes on two cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../../.." && pwd)
[[ $# -ge 1 ]] || { sed -n '2,8p' "$0" >&2; exit 2; }
dir=$1; peers=${2:-${LURM_PEERS:-}}; rounds=${ROUNDS:-3}; builds=${BUILDS:-3}; queries=${QUERIES:-2000}
[[ -n $peers && -f $peers/hnswlib_bench.cpp ]] || { echo "compare.sh: no hnswlib_bench.cpp in '${peers:-(nothing given)}'. Pass the peers' folder as the second argument or in LURM_PEERS." >&2; exit 2; }
[[ -f /usr/include/hnswlib/hnswlib.h ]] || { echo "compare.sh: hnswlib's header is missing. Install it: apt-get install libhnswlib-dev" >&2; exit 2; }
read -r -a sets <<< "${DATASETS:-user128 glove100}"
for name in "${sets[@]}"; do
  [[ -f $dir/$name/meta.json ]] || { echo "compare.sh: '$dir/$name' holds no data set. Make it: $peers/run.sh data $dir" >&2; exit 2; }
done
cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -1); slug=$(echo "${cpu:-unknown}" | tr 'A-Z' 'a-z' | tr -cs 'a-z0-9' '-' | sed 's/^-//; s/-$//')
out=${OUT:-$root/tests/Lurm.Benchmarks/Results/index/$slug}; mkdir -p "$out"
hnsw=$dir/hnswlib; g++ -O3 -march=native -std=c++17 -pthread -fopenmp -DH062 -I"$peers" "$peers/hnswlib_bench.cpp" -o "$hnsw"
[[ ${SKIP_COMPILE:-0} == 1 ]] || dotnet build -c Release --nologo -v quiet "$root/tests/Lurm.Benchmarks" >&2
lurm=$root/artifacts/bin/Lurm.Benchmarks/release/Lurm.Benchmarks
header="peer,dataset,n,d,round,stage,threads,param,cpu_seconds,qps,recall10,distances,rss_mb,peak_mb,file_mb,wall_seconds"
csv=$out/index-queries.csv; other=$out/index-other.csv; echo "$header" > "$csv"; echo "$header" > "$other"
say() { echo "== $(date +%T) $*" >&2; }

for name in "${sets[@]}"; do
  if [[ ${SKIP_BUILD:-0} != 1 || ! -f $dir/$name.hnswlib.idx || ! -f $dir/$name.lurm-float32.idx || ! -f $dir/$name.lurm-int8.idx ]]; then
    for ((build = 1; build <= builds; build++)); do
      say "$name: build hnswlib, $build of $builds"; rm -f "$dir/$name.hnswlib.idx"; "$hnsw" build "$dir/$name" "$dir/$name.hnswlib.idx" $build 1 | grep -v ',save,' >> "$csv"
      for storage in float32 int8; do
        snapshot=$dir/$name.lurm-$storage.idx
        say "$name: build Lurm $storage, $build of $builds"; rm -f "$snapshot"; "$lurm" index "$dir" "$name" --storage $storage --snapshot "$snapshot" --queries 10 --round $build --header no | grep -E ',(build|rss_delta|rss_beyond_float32|save),' >> "$csv"
      done
    done
  fi
  for ((round = 1; round <= rounds; round++)); do
    say "$name: round $round of $rounds"
    "$hnsw" query "$dir/$name" "$dir/$name.hnswlib.idx" $round "$queries" >> "$csv"
    for storage in float32 int8; do "$lurm" index "$dir" "$name" --storage $storage --snapshot "$dir/$name.lurm-$storage.idx" --queries "$queries" --round $round --header no >> "$csv"; done
  done
done

first=${sets[0]}
say "filters";      "$lurm" index-filter "$dir" "$first" --snapshot "$dir/$first.lurm-float32.idx" --header no >> "$other" 2> "$out/index-filter-plans.txt"
say "opening";      "$lurm" index-open "$dir" "$first" --snapshot "$dir/$first.lurm-float32.idx" --header no >> "$other"
say "two threads";  for threads in 1 2; do "$lurm" index "$dir" "${first}_50k" --threads $threads --queries 200 --header no | grep -E ',(build|query),' >> "$other" || true; done
say "churn";        "$lurm" index-churn "$dir" "$first" --header no >> "$other"
say "scan";         "$lurm" index-scan > "$out/index-scan.csv"
say "lookalike";    "$lurm" lookalike > "$out/index-lookalike.csv"

{
  echo "# Lurm.Index against hnswlib"
  echo
  echo "Command: \`DATASETS=\"${sets[*]}\" ROUNDS=$rounds BUILDS=$builds QUERIES=$queries SKIP_BUILD=${SKIP_BUILD:-0} bash tests/Lurm.Benchmarks/Index/compare.sh DIR PEERS\`, $(date -u +%FT%RZ)."
  echo
  echo "CPU: $cpu, $(nproc) cores. Kernel $(uname -r). .NET $(dotnet --version). hnswlib $(dpkg-query -W -f '${Version}' libhnswlib-dev 2>/dev/null || echo unknown), $(g++ --version | head -1)."
  echo "M 16, efConstruction 200, k 10, one query thread, $queries queries, $rounds alternating rounds, process CPU time. Level seeds: Lurm 1, hnswlib 100. Commit $(git -C "$root" rev-parse --short HEAD)."
  echo "Load average at the end: $(cut -d' ' -f1-3 /proc/loadavg)."
  echo
  "$lurm" index-ratios "$csv"
  echo
  "$lurm" index-targets "$other" "$out/index-scan.csv"
} > "$out/index-comparison.md"
say "written to $out"; cat "$out/index-comparison.md"
