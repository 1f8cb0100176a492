#!/bin/sh
# SPDX-License-Identifier: MIT
# A long run on a terminal shows how far it is on one line, and leaves nothing of it behind; the report has the same
# bytes as without. A terminal is made by `script` (util-linux).
#
#   progress.sh KSS
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
kss=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$folder"
long() { # TURNS: a run that long
    printf '%s\n' '// It counts for a while.' \
        "thread App { ULONG i; for (i = 0; i < $1; i++) { } }" 'expect clean;' >long.kss
}
export TERM=xterm
unset NO_COLOR
on_terminal() { # COMMAND: what the terminal gets goes to the file `screen`
    script -qec "$1" screen >/dev/null
    sed -i '/^Script \(started\|done\)/d' screen
}
options='--max-steps 20000000000 long.kss'
escape=$(printf '\033')
turns=10000000
for _ in 1 2 3 4 5; do # until it takes long enough here
    long $turns
    on_terminal "'$kss' run $options >shown"
    ! grep -q "$escape\\[Klong.kss, [0-9,]* steps" screen || break
    turns=$((turns * 2))
done
grep -q "$escape\\[Klong.kss, [0-9,]* steps" screen # it was there
tr '\r' '\n' <screen | grep . | tail -n 1 | grep -qx "$escape\\[K" # and is not any more
# shellcheck disable=SC2086
"$kss" run $options >plain 2>said
[ ! -s said ]
cmp plain shown
mkdir many
for i in 1 2 3 4 5 6 7 8; do
    long $((turns / 4))
    mv long.kss many/$i.kss
done
on_terminal "'$kss' run --max-steps 20000000000 many >shown"
tr '\r' '\n' <screen | grep -q "$escape\\[K[2-8] of 8: many/[2-8].kss" # with standard output elsewhere it stays on
tr '\r' '\n' <screen | grep . | tail -n 1 | grep -qx "$escape\\[K"
long 1000
on_terminal "'$kss' run -q long.kss >shown"
[ "$(wc -c <screen)" -le 1 ]
echo "the line came and went"
