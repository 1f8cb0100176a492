#!/bin/sh
# SPDX-License-Identifier: MIT
# Switches off one rule after the other and shows that exactly its own scenarios fail: those that name
# its finding in an `expect hazard`. A rule that nothing tests, a scenario that another rule's finding
# satisfies, and a rule that hides another's finding all show here.
#
#   each_rule.sh KSS FOLDER...
#
# A line for each finding: its id and how many scenarios stand on it.
set -u
kss=$1
shift
emulator=${KSS_EMULATOR:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C NO_COLOR=1

find "$@" -name '*.kss' | sort >"$work/files"
# "file finding" for each expectation; a finding is named by its id or its name.
xargs awk '/^[ \t]*expect[ \t]+hazard[ \t]/ {
    name = $3
    sub(/;.*/, "", name)
    print FILENAME, name
}' <"$work/files" >"$work/expected"
$emulator "$kss" list hazards | awk '!/no rule of this version/ { print $1, $2 }' >"$work/hazards"
[ -s "$work/hazards" ] || {
    echo "kss list hazards printed nothing"
    exit 1
}

failed=0
while read -r id name; do
    awk -v id="$id" -v name="$name" '$2 == id || $2 == name { print $1 }' "$work/expected" |
        sort -u >"$work/own"
    $emulator "$kss" run --quiet --without "$id" "$@" >"$work/output" 2>"$work/errors" </dev/null
    awk '/^  (FAIL|ERROR|UNSURE) / { print $2 }' "$work/output" | sort -u >"$work/fail"
    if [ ! -s "$work/own" ]; then
        echo "$id $name: no scenario expects it"
        failed=1
    elif ! cmp -s "$work/own" "$work/fail"; then
        echo "$id $name: these differ (<: expects it and passes without it, >: fails all the same)"
        diff "$work/own" "$work/fail"
        failed=1
    else
        echo "$id $name: $(wc -l <"$work/own" | tr -d ' ')"
    fi
done <"$work/hazards"
exit $failed
