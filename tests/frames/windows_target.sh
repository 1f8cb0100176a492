#!/bin/sh
# SPDX-License-Identifier: MIT
# Driver sources to Windows frame sizes without Windows (docs/frames.md): drivers of tests/native are
# compiled for Windows targets against include/nt, without a C library, and `kss frames` reads the objects.
# On x64 and ARM64 every function's figure is compared with the compiler's .su line.
#
#   windows_target.sh KSS SOURCE CLANG [MINGW]
set -eu
kss=$1 source=$2 clang=$3 mingw=${4-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
LC_ALL=C
export LC_ALL
KSS_EMULATOR=${KSS_EMULATOR-}
cd "$source"

# Structured exceptions, every kind of routine type, IRPs, DPCs, spin locks, printing, file systems.
drivers="tests/native/exact_driver.c tests/native/exception_driver.c tests/native/incidents_driver.c
    tests/native/verifier_driver.c tests/native/dma_driver.c tests/native/idioms/waits.c
    tests/native/idioms/requests.c tests/native/drivers/ioctl/crunch.c tests/native/drivers/filter/relay.c
    tests/native/drivers/fsd/grove.c tests/native/drivers/timer/pulse.c
    tests/native/headers/compile_wdm.c tests/native/headers/compile_ifs.c"

status=0
# joined OBJECT SU MACHINE: the object's functions and the compiler's are the same ones. Prints how many,
# and how many are not.
joined() {
    $KSS_EMULATOR "$kss" frames --machine "$3" --format tsv "$1" >"$work/alone"
    $KSS_EMULATOR "$kss" frames --machine "$3" --format tsv "$1" "$2" >"$work/both"
    both=$(($(wc -l <"$work/both") - 1)) alone=$(($(wc -l <"$work/alone") - 1))
    [ "$both" -eq "$alone" ] || echo "$both functions with the .su file, $alone without"
    echo "$(wc -l <"$2")" $((both - alone)) 0 0 0
}

# target NAME MACHINE ADD COMPILER...: all drivers by one compiler (compare.awk). ADD none: there is no
# unwind data, figures are the .su file's.
target() {
    name=$1 machine=$2 add=$3
    shift 3
    for driver in $drivers; do
        at=$work/$name-$(basename "$driver" .c)
        if ! "$@" -w -O2 -fstack-usage -Iinclude/nt -c "$driver" -o "$at.obj" 2>"$at.log"; then
            echo "$name: $driver does not compile:"
            grep error "$at.log" || cat "$at.log"
            status=1
            continue
        fi
        if [ "$add" = none ]; then
            joined "$at.obj" "$at.su" "$machine" >"$at.out"
            continue
        fi
        $KSS_EMULATOR "$kss" frames --format tsv "$at.obj" >"$at.tsv"
        awk -f tests/frames/compare.awk -v add="$add" "$at.su" "$at.tsv" >"$at.out"
        # A clone of gcc's has another name in each file.
        [ "$name" = mingw ] || joined "$at.obj" "$at.su" "$machine" | awk '$2 != 0' >>"$at.out"
    done
    cat "$work/$name"-*.out | awk -v name="$name" '
        NF == 5 && $1 ~ /^[0-9]+$/ { functions += $1; mismatches += $2; next }
        { print name ": " $0 }
        END {
            printf "%-8s %5d functions, %d mismatches\n", name, functions, mismatches
            exit mismatches > 0 || functions < 100
        }' || status=1
}

target x64 x64 8 "$clang" --target=x86_64-pc-windows-msvc
target arm64 arm64 0 "$clang" --target=aarch64-pc-windows-msvc
target x86 x86 none "$clang" --target=i686-pc-windows-msvc -mrtd
[ -z "$mingw" ] || target mingw x64 0 "$mingw"
exit $status
