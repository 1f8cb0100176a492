#!/bin/sh
# SPDX-License-Identifier: MIT
# An exercise's driver fails as drivers.txt says, and as nothing else.
#
#   driver.sh NUMBER PROGRAM...    PROGRAM is the exercise's test
set -u
number=$1
shift
expected=$(dirname "$0")/drivers.txt
output=$("$@" 2>&1)
status=$?
right=0

complain() {
    echo "workshop $number: $*"
    right=1
}

[ $status -ne 0 ] || complain "the exercise passes: is it solved already?"
# CMocka names a failed test when it has run, and again at the end; the stand-in for CMocka once.
failed=$(printf '%s\n' "$output" | sed -n 's/^\[  FAILED  \] \([a-z_0-9]*\)$/\1/p; s/^FAILED \([a-z_0-9]*\)$/\1/p' | sort -u)
wanted=$(sed -n "s/^$number fails //p" "$expected" | tr ' ' '\n' | sort -u)
[ "$failed" = "$wanted" ] || complain "these tests fail:
$failed
and these should:
$wanted"
while IFS= read -r line; do
    case $line in
    "$number says "*)
        text=${line#"$number says "}
        case $output in
        *"$text"*) ;;
        *) complain "nothing says: $text" ;;
        esac
        ;;
    "$number twice "*)
        text=${line#"$number twice "}
        [ "$(printf '%s\n' "$output" | grep -cF -- "$text")" = 2 ] || complain "not said twice: $text"
        ;;
    esac
done <"$expected"
[ $right = 0 ] || printf '%s\n' "$output"
exit $right
