#!/bin/sh
# SPDX-License-Identifier: MIT
# Every NT routine that include/nt declares is served or said not to be, and never both:
#
#   surface.sh SOURCE            compares prototypes, rows, own functions and unserved.def
#   surface.sh SOURCE --prune    drops the rows of unserved.def that routines.def has
set -eu
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
LC_ALL=C
export LC_ALL

cat "$source"/include/nt/*.h "$source"/include/nt/parts/*.h | awk '
    /^(NTKERNELAPI|NTSYSAPI|NTHALAPI|NTSYSCALLAPI|DECLSPEC_NORETURN)/ { text = ""; on = 1 }
    on { text = text " " $0 }
    on && /;/ {
        on = 0
        if (text !~ /\(/)
            next
        sub(/\(.*/, "", text)
        n = split(text, word, /[ *]+/)
        print word[n]
    }' | sort -u >"$work/declared"
sed -n 's/^ROUTINE(\([A-Za-z0-9_]*\),.*/\1/p' "$source/sim/nt/routines.def" | sort >"$work/rows"
sed -n 's/^UNSERVED(\([A-Za-z0-9_]*\),.*/\1/p' "$source/sim/native/unserved.def" >"$work/unserved"
sed -n 's/.*KSS_ENTRY(\([A-Za-z0-9_]*\)).*/\1/p' "$source"/sim/native/*.c | sort -u >"$work/own"

if [ "${2-}" = --prune ]; then
    comm -12 "$work/rows" "$work/unserved" >"$work/both"
    awk -F'[(,]' -v both="$work/both" '
        BEGIN { while ((getline name <both) > 0) drop[name] = 1 }
        $1 != "UNSERVED" || !($2 in drop)' "$source/sim/native/unserved.def" >"$work/pruned"
    cp "$work/pruned" "$source/sim/native/unserved.def"
    exit 0
fi

status=0
complain() { # file, what
    if [ -s "$1" ]; then
        echo "$2:"
        sed 's/^/    /' "$1"
        status=1
    fi
}
sort -c "$work/unserved" || status=1
sort -u "$work/rows" "$work/own" >"$work/served"
sort -u "$work/served" "$work/unserved" >"$work/known"
comm -12 "$work/served" "$work/unserved" >"$work/out"
complain "$work/out" "served and in unserved.def (surface.sh SOURCE --prune drops rows)"
comm -23 "$work/declared" "$work/known" >"$work/out"
complain "$work/out" "declared in include/nt, without a row and not in unserved.def"
comm -23 "$work/unserved" "$work/declared" >"$work/out"
complain "$work/out" "in unserved.def and declared nowhere"
[ "$(wc -l <"$work/declared")" -gt 1000 ] || {
    echo "too few prototypes were read"
    status=1
}
exit $status
