#!/bin/sh
# SPDX-License-Identifier: MIT
# Correct programs with one word changed. Each row of list.txt names a clean scenario, the word, what
# it becomes, and the hazard that must appear: that one, once, and no second finding for the same cause.
#
#   run.sh KSS      from the project's folder
set -u
kss=$1
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
failed=0 rows=0

# file: replaces the n-th `old` by `new`; says nothing of expectations, which the change breaks.
mutate() {
    awk -v old="$2" -v new="$3" -v nth="$4" '
        /^expect / { next }
        /^\/\// { print; next }
        {
            line = $0; out = ""
            while ((at = index(line, old)) > 0) {
                out = out substr(line, 1, at - 1) (++seen == nth ? new : old)
                line = substr(line, at + length(old))
            }
            print out line
        }
        END { exit seen < nth }' "$1"
}

while IFS='|' read -r file old new hazard nth; do
    case $file in '' | '#'*) continue ;; esac
    rows=$((rows + 1))
    name=$(basename "$file")
    if ! mutate "scenarios/$file" "$old" "$new" "${nth:-1}" >"$TMP/$name"; then
        echo "$file: no \`$old\` to change"
        failed=1
        continue
    fi
    ${KSS_EMULATOR:-} "$kss" run --format jsonl "$TMP/$name" >"$TMP/out" 2>"$TMP/err"
    found=$(sed -n '/"type":"finding",/{/"severity":"note"/!s/.*"hazard":"\([^"]*\)".*/\1/p;}' "$TMP/out" | tr '\n' ' ')
    if [ "$found" != "$hazard " ]; then
        echo "$file: \`$old\` -> \`$new\`: expected $hazard, found ${found:-nothing}"
        sed -n '1,5p' "$TMP/err"
        failed=1
    fi
done <tests/mutation/list.txt
echo "$rows mutations"
[ "$rows" -ge 20 ] || failed=1
exit $failed
