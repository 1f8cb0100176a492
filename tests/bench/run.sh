#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The benchmarks, each beside its named peer in the same run, as ratios. Nothing is asserted: the
# machine decides the figures. Needs Lua 5.4 and a build with -DKSS_BENCH=ON:
#
#   cmake --preset release -DKSS_BENCH=ON && cmake --build --preset release && tests/bench/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release}
lua=$(command -v lua5.4 || command -v lua)

# Median user seconds of five runs of two commands in turn, and their ratio.
pair() {
    local name=$1 ours=$2 theirs=$3 i
    local -a a=() b=()
    TIMEFORMAT=%U
    for i in 1 2 3 4 5; do
        a+=("$({ time bash -c "exec $ours" >/dev/null 2>&1; } 2>&1)")
        b+=("$({ time bash -c "exec $theirs" >/dev/null 2>&1; } 2>&1)")
    done
    local ma mb
    ma=$(printf '%s\n' "${a[@]}" | sort -n | sed -n 3p)
    mb=$(printf '%s\n' "${b[@]}" | sort -n | sed -n 3p)
    awk -v name="$name" -v a="$ma" -v b="$mb" 'BEGIN {
        printf "%s: kss %.2f s, peer %.2f s, %.2f times as fast\n", name, a, b, b / a }'
}

calls=33554431 # of the call tree
pair "nested calls, all checks on, events off (peer: Lua 5.4)" \
    "$build/kss run -q --max-steps 10000000000 tests/bench/calls.kss" "$lua tests/bench/calls.lua"
TIMEFORMAT=%U
seconds=$({ time "$build/kss" run -q --max-steps 10000000000 tests/bench/calls.kss >/dev/null; } 2>&1)
awk -v n=$calls -v s="$seconds" 'BEGIN { printf "  %.0f M calls/s\n", n / s / 1e6 }'

files=$(find scenarios -name '*.kss' | wc -l)
seconds=$({ time for _ in {1..20}; do "$build/kss" run -q scenarios >/dev/null; done; } 2>&1)
awk -v n="$files" -v s="$seconds" 'BEGIN {
    printf "the corpus: %d files, %.3f ms each, start-up and summary included\n", n, s / 20 / n * 1e3 }'
"$build/bench/bench_state"
"$build/bench/bench_parse"
"$build/bench/bench_listing"
"$build/bench/bench_jsonl"
"$build/bench/bench_fiber"
"$build/bench/bench_image"
"$build/bench/bench_native"
"$build/bench/bench_depth"
# avstack.sh measures worst-case depth beside a checker that has to be given: see there.
