#!/bin/sh
# SPDX-License-Identifier: MIT
# Reports of native machines, saved in every format there is, are the same drawn again from their events; and
# KSS_REPORTS saves the events of a program that knows nothing of it.
#
#   saved.sh KSS TEST_SAVED OTHER     OTHER is a test program of three machines that end as they should
set -eu
kss=$1 program=$2 other=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
formats=$("$kss" report --format '?' 2>&1 | sed -n 's/.*takes one of \([^,]*\), not.*/\1/p' | tr '|' ' ')
# shellcheck disable=SC2086
set -- $formats
[ $# -ge 2 ]
mkdir "$folder/saved" "$folder/events"
KSS_REPORTS='' "$program" "$folder/saved" "$@" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
compared=0
for machine in stops finds odd fails; do
    for format; do
        "$kss" report --format "$format" "$folder/saved/$machine.jsonl" >"$folder/drawn" || [ $? = 1 ]
        cmp "$folder/saved/$machine.$format" "$folder/drawn"
        compared=$((compared + 1))
    done
done
echo "$compared reports are the same"
grep -q 'assertion at test_else.c:41' "$folder/saved/fails.text"

cp "$other" "$folder/mydrv_test"
KSS_REPORTS="$folder/events" "$folder/mydrv_test" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
"$kss" report "$folder"/events/mydrv_test-*.jsonl >"$folder/drawn"
grep 'PASS  mydrv_test-' "$folder/drawn"
[ "$(grep -c 'PASS  mydrv_test-[123]$' "$folder/drawn")" = 3 ]
grep '3 scenarios: 3 passed' "$folder/drawn"
if KSS_REPORTS="$folder/nowhere" "$folder/mydrv_test" >"$folder/log" 2>&1; then
    exit 1
fi
grep 'nowhere/mydrv_test-1.jsonl: no such file or directory' "$folder/log"
