#!/bin/sh
# SPDX-License-Identifier: MIT
# What must hold of docs/workshop as a whole, whatever the exercises are about.
#
#   check.sh KSS FOLDER    says what is wrong; exit status 1 if anything is
# KSS_EMULATOR, if set, is the command that runs a kss built for another machine.
set -u
kss=$1 folder=$2
right=0
links=$(mktemp)
trap 'rm -f "$links"' EXIT

complain() {
    echo "$*"
    right=1
}

run_kss() { ${KSS_EMULATOR:-} "$kss" "$@"; }

# From the line with the goal on, which nobody may change.
goal_of() { sed -n '/^\/\/ The goal\. /,$p' "$1"; }

# Ten folders in order, each with its pages, and a solution that is its exercise with little changed.
number=0
for exercise in "$folder"/[0-9]*/; do
    exercise=${exercise%/}
    number=$((number + 1))
    case ${exercise##*/} in
    "$(printf %02d $number)"-*) ;;
    *) complain "$exercise: exercise $number should be here" ;;
    esac
    for file in README.md exercise.kss solution.kss solution.md; do
        [ -s "$exercise/$file" ] || complain "$exercise/$file is missing"
    done
    for file in exercise.kss solution.kss; do
        run_kss fmt --check "$exercise/$file" || complain "$exercise/$file is not in the usual form"
    done
    [ -n "$(goal_of "$exercise/exercise.kss")" ] || complain "$exercise/exercise.kss has no goal"
    [ "$(goal_of "$exercise/exercise.kss")" = "$(goal_of "$exercise/solution.kss")" ] ||
        complain "$exercise: exercise and solution have different goals"
    changed=$(diff "$exercise/exercise.kss" "$exercise/solution.kss" | grep -c '^[<>]')
    if [ "$changed" -lt 1 ] || [ "$changed" -gt 30 ]; then
        complain "$exercise: the solution changes $changed lines"
    fi
    lines=$(grep -c '' "$exercise/exercise.kss")
    [ "$lines" -le 100 ] || complain "$exercise/exercise.kss has $lines lines"
    run_kss run -q "$exercise/exercise.kss" >/dev/null
    [ $? = 1 ] || complain "$exercise/exercise.kss should fail with exit status 1"
    run_kss run -q "$exercise/solution.kss" || complain "$exercise/solution.kss does not pass"
    if [ -e "$exercise/driver.c" ]; then
        for file in driver-solution.c driver.h test_driver.c; do
            [ -s "$exercise/$file" ] || complain "$exercise/$file is missing"
        done
        changed=$(diff "$exercise/driver.c" "$exercise/driver-solution.c" | grep -c '^[<>]')
        [ "$changed" -le 50 ] || complain "$exercise: the driver's solution changes $changed lines"
    fi
    # The plan's minutes are those that the exercise says.
    minutes=$(sed -n "s/^| [0-9:]* | \([0-9]*\) | \`${exercise##*/}\` .*/\1/p" "$folder/instructor.md")
    case $minutes in
    8) words='Eight minutes' ;;
    10) words='Ten minutes' ;;
    12) words='Twelve minutes' ;;
    *) words="$minutes minutes" ;;
    esac
    grep -q "^\*\*Goal:\*\* .*$words" "$exercise/README.md" ||
        complain "$exercise/README.md does not say: $words, as the plan does"
    for page in README.md handout.md instructor.md; do
        grep -q "${exercise##*/}" "$folder/$page" || complain "$folder/$page does not mention ${exercise##*/}"
    done
done
for source in "$folder"/*/*.[ch]; do
    [ "$(sed -n 1p "$source")" = '// SPDX-License-Identifier: MIT' ] || complain "$source has no licence line"
done
[ $number = 10 ] || complain "$folder has $number exercises"

# Handouts have no solutions.
! grep -n 'solution' "$folder/handout.md" || complain "$folder/handout.md speaks of solutions"

# What is to be installed is what the project's README says.
for page in README.md handout.md; do
    # shellcheck disable=SC2016
    command=$(grep '^\$(command -v sudo)' "$folder/$page")
    if [ -z "$command" ] || ! grep -qxF "$command" README.md; then
        complain "$folder/$page: the command is not one of README.md"
    fi
done

# Relative links lead somewhere.
for page in "$folder"/*.md "$folder"/*/*.md; do
    grep -o '](\([^)]*\))' "$page" | sed 's/^](//; s/)$//; s/#.*//; /^http/d; /^$/d' >"$links"
    while IFS= read -r link; do
        [ -e "$(dirname "$page")/$link" ] || complain "$page: $link leads nowhere"
    done <"$links"
done

# The plan: `| from-to | minutes | what |`, without gaps, two hours, a break in it.
awk -F'|' -v page="$folder/instructor.md" '
    /^\| [0-9]+:[0-9][0-9] \|/ {
        split($2, clock, ":")
        at = clock[1] * 60 + clock[2]
        if (at != sum) { print page ": at" $2 "the plan has come to minute " sum; bad = 1 }
        sum += $3
        if ($4 ~ /Break/) breaks++
        rows++
    }
    END {
        if (sum != 120) { print page ": the plan has " sum + 0 " minutes"; bad = 1 }
        if (breaks != 1) { print page ": the plan has " breaks + 0 " breaks"; bad = 1 }
        exit bad
    }' "$folder/instructor.md" || right=1
exit $right
