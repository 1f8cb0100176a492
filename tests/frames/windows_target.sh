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
# target NAME ADD ROOM COMPILER...: all drivers by one compiler (compare.awk). ADD none: there is no unwind data, figures are
# the .su file's, and that each function has a row is what counts.
target() {
    name=$1 add=$2 room=$3
    shift 3
    for driver in $drivers; do
        at=$work/$name-$(basename "$driver" .c)
        if ! "$@" -w -O2 -fstack-usage -Iinclude/nt -c "$driver" -o "$at.obj" 2>"$at.log"; then
            echo "$name: $driver does not compile:"
            grep error "$at.log" || cat "$at.log"
            status=1
        elif [ "$add" = none ]; then
            $KSS_EMULATOR "$kss" frames --format tsv "$at.obj" "$at.su" >"$at.tsv"
            awk -v name="$name: $driver" '
                FNR == NR { sub(/^[^\t]*:/, "", $1); wanted[$1]; functions++; next }
                { delete wanted[$5] }
                END {
                    for (f in wanted) { print name ": " f " has no row"; missing++ }
                    print functions + 0, missing + 0, 0, 0, 0, 0
                }' FS='\t' "$at.su" "$at.tsv" >"$at.out"
        else
            $KSS_EMULATOR "$kss" frames --format tsv "$at.obj" >"$at.tsv"
            awk -f tests/frames/compare.awk -v add="$add" -v room="$room" "$at.su" "$at.tsv" >"$at.out"
        fi
    done
    cat "$work/$name"-*.out | awk -v name="$name" '
        NF == 6 && $1 ~ /^[0-9]+$/ { functions += $1; mismatches += $2; next }
        { print name ": " $0 }
        END {
            printf "%-8s %5d functions, %d mismatches\n", name, functions, mismatches
            exit mismatches > 0 || functions < 100
        }' || status=1
}

target x64 8 176 "$clang" --target=x86_64-pc-windows-msvc
target arm64 0 0 "$clang" --target=aarch64-pc-windows-msvc
target x86 none 0 "$clang" --target=i686-pc-windows-msvc -mrtd
[ -z "$mingw" ] || target mingw 0 0 "$mingw"
exit $status
