#!/bin/sh
# SPDX-License-Identifier: MIT
# Frame sizes that `kss frames` derives from unwind data, against what the compilers say they made:
#
#   unwind.sh KSS GENERATE CLANG [MINGW]
#
# GENERATE writes functions of many shapes (generate.c), another slice for each level of optimisation.
# They are compiled for Windows x64 (clang with both ABIs, mingw-w64 gcc) and ARM64, and every function of
# every object is compared with the compiler's .su line.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kss=$1 generate=$2 clang=$3 mingw=${4-}
count=70
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
LC_ALL=C
export LC_ALL
cd "$work"

# one FAMILY LEVEL SOURCE ADD COMPILER...: compiles, reads, compares. Its report is FAMILY-LEVEL.out.
one() {
    name=$1-$2 level=$2 source=$3 add=$4
    shift 4
    "$@" -w "-O$level" -fstack-usage -c "$source" -o "$name.obj"
    $KSS_EMULATOR "$kss" frames --format tsv "$name.obj" >"$name.tsv"
    awk -f "$here/compare.awk" -v add="$add" "$name.su" "$name.tsv" >"$name.out"
}

level_of() { # NUMBER LEVEL: one source, all compilers
    $KSS_EMULATOR "$generate" "$1" $count >"plain$1.c"
    $KSS_EMULATOR "$generate" "$1" $count seh >"seh$1.c"
    one clang-msvc "$2" "seh$1.c" 8 "$clang" --target=x86_64-pc-windows-msvc
    one clang-gnu "$2" "plain$1.c" 8 "$clang" --target=x86_64-w64-windows-gnu
    one clang-arm64 "$2" "seh$1.c" 0 "$clang" --target=aarch64-pc-windows-msvc
    [ -z "$mingw" ] || one mingw "$2" "plain$1.c" 0 "$mingw"
}

KSS_EMULATOR=${KSS_EMULATOR-}
(level_of 0 0 && level_of 1 1 && level_of 2 2) &
first=$!
level_of 3 3
level_of 4 s
wait $first

status=0 total=0 mismatches=0 exact=0
printf '%-16s %9s %10s %6s %9s %8s\n' Build Functions Mismatches Exact 'At least' Dynamic
for out in *.out; do
    name=${out%.out}
    sed '$d' "$out" | sed "s/^/$name: /"
    # shellcheck disable=SC2046
    set -- $(tail -n 1 "$out")
    printf '%-16s %9s %10s %6s %9s %8s\n' "$name" "$@"
    total=$((total + $1)) mismatches=$((mismatches + $2)) exact=$((exact + $3))
    if [ "$1" -lt $count ] || [ "$5" -eq 0 ]; then
        echo "$name: too few functions or dynamic frames to say anything"
        status=1
    fi
done
echo "$total functions compared, $mismatches mismatches"
if [ $exact -lt $((total / 2)) ]; then
    echo "too few exact figures to say anything: $exact"
    status=1
fi
[ $mismatches -eq 0 ] && exit $status
exit 1
