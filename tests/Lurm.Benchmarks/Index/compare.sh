#!/usr/bin/env bash
# Measures Lurm.Index against hnswlib on the same vectors, in alternating rounds, and writes the results beside the other committed ones.
#   compare.sh DIR PEERS [STAGE…]
# DIR    data sets that "run.sh data DIR" made (user128, glove100, …); indexes are kept there and built only where they are missing.
# PEERS  the folder of run.sh, hnswlib_bench.cpp and common.h.
# STAGE  clear builds queries filters opening threads churn scan lookalike report; all of them, in this order, where none is named. Named one by
#        one, each appends its rows, so that a long comparison can be cut into short ones on a machine that is in use.
# Environment: DATASETS ("user128 glove100"), ROUNDS ("1 2 3"), BUILDS ("1"), QUERIES (2000), OUT (tests/Lurm.Benchmarks/Results/index/<cpu>), SKIP_COMPILE (1 to use what is built).
# Queries and builds are process CPU seconds on one thread; ratios compare, times do not. Wants an idle machine: about 15 minutes on two cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../../.." && pwd)
[[ $# -ge 2 ]] || { sed -n '2,10p' "$0" >&2; exit 2; }
dir=$1; peers=$2; shift 2; queries=${QUERIES:-2000}
[[ -f $peers/hnswlib_bench.cpp ]] || { echo "compare.sh: no hnswlib_bench.cpp in '$peers'. Pass the peers' folder as the second argument." >&2; exit 2; }
[[ -f /usr/include/hnswlib/hnswlib.h ]] || { echo "compare.sh: hnswlib's header is missing. Install it: apt-get install libhnswlib-dev" >&2; exit 2; }
read -r -a sets <<< "${DATASETS:-user128 glove100}"; read -r -a rounds <<< "${ROUNDS:-1 2 3}"; read -r -a builds <<< "${BUILDS:-1}"
for name in "${sets[@]}"; do
  [[ -f $dir/$name/meta.json ]] || { echo "compare.sh: '$dir/$name' holds no data set. Make it: $peers/run.sh data $dir" >&2; exit 2; }
done
cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -1); slug=$(echo "${cpu:-unknown}" | tr 'A-Z' 'a-z' | tr -cs 'a-z0-9' '-' | sed 's/^-//; s/-$//')
out=${OUT:-$root/tests/Lurm.Benchmarks/Results/index/$slug}; mkdir -p "$out"
hnsw=$dir/hnswlib; [[ -x $hnsw && $hnsw -nt $peers/hnswlib_bench.cpp ]] || g++ -O3 -march=native -std=c++17 -pthread -fopenmp -DH062 -I"$peers" "$peers/hnswlib_bench.cpp" -o "$hnsw"
[[ ${SKIP_COMPILE:-0} == 1 ]] || dotnet build -c Release --nologo -v quiet "$root/tests/Lurm.Benchmarks" >&2
lurm=$root/artifacts/bin/Lurm.Benchmarks/release/Lurm.Benchmarks
csv=$out/index-queries.csv; other=$out/index-other.csv; scan=$out/index-scan.csv; first=${sets[0]}
say() { echo "== $(date +%T) $*" >&2; }

clear() {
  header="peer,dataset,n,d,round,stage,threads,param,cpu_seconds,qps,recall10,distances,rss_mb,peak_mb,file_mb,wall_seconds"
  echo "$header" > "$csv"; echo "$header" > "$other"
}
builds() {
  for name in "${sets[@]}"; do
    for build in "${builds[@]}"; do
      say "$name: build hnswlib, round $build"; rm -f "$dir/$name.hnswlib.idx"
      "$hnsw" build "$dir/$name" "$dir/$name.hnswlib.idx" "$build" 1 | grep -v ',save,' >> "$csv"
      for storage in float32 int8; do
        snapshot=$dir/$name.lurm-$storage.idx; say "$name: build Lurm $storage, round $build"; rm -f "$snapshot"
        "$lurm" index "$dir" "$name" --storage $storage --snapshot "$snapshot" --queries 10 --round "$build" --header no | grep -E ',(build|save|rss_[a-z0-9_]+|reserved_[a-z0-9_]+),' >> "$csv"
      done
    done
  done
}
queries() {
  for name in "${sets[@]}"; do
    for round in "${rounds[@]}"; do
      say "$name: queries, round $round"
      "$hnsw" query "$dir/$name" "$dir/$name.hnswlib.idx" "$round" "$queries" >> "$csv"
      for storage in float32 int8; do "$lurm" index "$dir" "$name" --storage $storage --snapshot "$dir/$name.lurm-$storage.idx" --queries "$queries" --round "$round" --header no >> "$csv"; done
    done
  done
}
filters() {
  for round in "${rounds[@]}"; do
    "$lurm" index-filter "$dir" "$first" --snapshot "$dir/$first.lurm-float32.idx" --round "$round" --header no >> "$other" 2> "$out/index-filter-plans.txt"
  done
}
opening()   { "$lurm" index-open "$dir" "$first" --snapshot "$dir/$first.lurm-float32.idx" --header no >> "$other"; }
threads()   { for threads in 1 2; do "$lurm" index "$dir" "${first}_50k" --threads $threads --queries 200 --header no | grep -E ',(build|query),' >> "$other"; done; }
churn()     { "$lurm" index-churn "$dir" "$first" --header no >> "$other"; }
scan()      { "$lurm" index-scan > "$scan"; }
lookalike() { "$lurm" lookalike > "$out/index-lookalike.csv"; }
report() {
  {
    echo "# Lurm.Index against hnswlib"
    echo
    echo "Command: \`bash tests/Lurm.Benchmarks/Index/compare.sh DIR PEERS\`, $(date -u +%FT%RZ); commit \"$(git -C "$root" log -1 --format=%s)\"."
    echo
    echo "CPU: $cpu ($(grep -q avx512bw /proc/cpuinfo && echo AVX-512 || echo "no AVX-512")), $(nproc) cores. Kernel $(uname -r). .NET SDK $(dotnet --version). hnswlib $(dpkg-query -W -f '${Version}' libhnswlib-dev 2>/dev/null || echo unknown), $(g++ --version | head -1)."
    echo "M 16, efConstruction 200, k 10, one query thread, $queries queries, alternating rounds, process CPU time, interpolated in log space at equal recall. Level seeds: Lurm 1, hnswlib 100."
    echo
    "$lurm" index-ratios "$csv"
    echo
    "$lurm" index-targets "$other" "$scan"
  } > "$out/index-comparison.md"
  say "written to $out"; cat "$out/index-comparison.md"
}

[[ $# -gt 0 ]] || set -- clear builds queries filters opening threads churn scan lookalike report
for stage in "$@"; do
  [[ $(type -t "$stage") == function && $stage != say ]] || { echo "compare.sh: there is no stage '$stage'. Stages: clear builds queries filters opening threads churn scan lookalike report" >&2; exit 2; }
  say "$stage"; "$stage"
done
