#!/bin/sh
# SPDX-License-Identifier: MIT
# The worst-case depth that `kss stack` adds up from the compiler's figures is the depth that the paint of a
# kernel stack shows, byte for byte (chain_driver.c, test_chain.c):
#
#   chain.sh KSS PROGRAM OBJECTS ANNOTATIONS      OBJECTS: chain_driver's first, parted by semicolons
set -eu
kss=$1 program=$2 ci=${3%%.o;*}.ci annotations=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

"$program" >"$work/painted"
roots=$(awk '{ printf "%s%s", comma, $1; comma = "," }' "$work/painted")
"$kss" stack --machine x64 --annotate "$annotations" --roots "$roots" --format jsonl "$ci" >"$work/stack" ||
    [ $? -eq 1 ] # over a limit is no matter here
status=0 compared=0
while read -r root painted _ entry; do
    line=$(grep "^{\"type\":\"root\",\"symbol\":\"$root\"," "$work/stack" || true)
    depth=$(printf '%s\n' "$line" | sed 's/.*"depth":\([0-9]*\),"bound":"exact".*/\1/')
    printf '%-14s painted %5s, worst case %5s   (less %s above the root: save area, trap frame, entry stub)\n' \
        "$root" "$painted" "$depth" "$entry"
    [ "$depth" = "$painted" ] || status=1
    compared=$((compared + 1))
done <"$work/painted"
[ $compared -ge 6 ] || status=1
exit $status
