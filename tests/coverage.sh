#!/bin/sh
# SPDX-License-Identifier: MIT
# Every routine of sim/nt/routines.def is called by some test: a row of mode S by a scenario, a row of
# mode N by a native driver (tests/native, tests/differential, examples), a row of both by both.
# Prints the rows nobody calls, with what is missing, and fails if there are any.
#
# coverage.sh [PATTERN]: only rows whose names match the extended regular expression count; the others
# are printed all the same.
set -eu
cd "$(dirname "$0")/.."
pattern=${1:-.}

scripted=$(mktemp) native=$(mktemp)
trap 'rm -f "$scripted" "$native"' EXIT
calls() { # the names that are called in the files on standard input, one a line
    xargs cat | grep -oE '\b[A-Za-z_][A-Za-z0-9_]*[ ]*\(' | tr -d ' (' | sort -u
}
find scenarios tests/bodies tests/model tests/differential -name '*.kss' | calls >"$scripted"
find tests/native tests/differential examples -name '*.c' ! -name 'test_*' 2>/dev/null | calls >"$native"

sed -n 's/^ROUTINE(\([A-Za-z0-9_]*\), .*, \(S\|N\|SN\), "[a-z]*\.h", .*/\1 \2/p' sim/nt/routines.def |
    awk -v pattern="$pattern" -v scripted="$scripted" -v native="$native" '
    BEGIN {
        while ((getline name < scripted) > 0) in_script[name] = 1
        while ((getline name < native) > 0) in_driver[name] = 1
        # What the headers make of these names.
        if (in_driver["IoCallDriver"]) in_driver["IofCallDriver"] = 1
        if (in_driver["IoCompleteRequest"]) in_driver["IofCompleteRequest"] = 1
    }
    { rows++ }
    {
        missing = ""
        if ($2 ~ /S/ && !($1 in in_script)) missing = missing " scenario"
        if ($2 ~ /N/ && !($1 in in_driver)) missing = missing " driver"
        if (missing == "") next
        counts = $1 ~ pattern
        print $1 ": no" missing (counts ? "" : " (does not count)")
        bad += counts
    }
    END {
        if (rows == 0) { print "coverage.sh: no rows in sim/nt/routines.def"; exit 2 }
        if (bad) print bad " of " rows " rows"
        exit bad != 0
    }'
