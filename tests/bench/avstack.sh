#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Worst-case depth beside avstack.pl, Daniel Beer's stack checker, which is not part of this project:
#
#   avstack.sh AVSTACK.PL KSS [FUNCTIONS]      default 10000
#
# A program of so many functions in files of 500 is made and compiled by gcc once:
#
#                +-> .su, .o -> objdump | avstack.pl -> main = N
#   C -> gcc ----|
#                +-> .ci ----------------> kss stack -> main: N
#
# Both must say the same of main. avstack.pl is set up as it asks for: the disassembler is a wrapper that gives
# x86's relocations of calls the names it knows, and a call costs nothing, since gcc's frames count the
# return address. Functions are global, nothing is inlined and no call is a jump, so that the relocations show
# every call.
set -euo pipefail
avstack=$(realpath "$1") kss=$(realpath "$2") functions=${3:-10000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

awk -v count="$functions" 'BEGIN {
    srand(1)
    for (i = 0; i < count; i++) {
        file = sprintf("unit%03d.c", i / 500)
        if (i % 500 == 0)
            print "int main(void);\nvoid use(volatile char *);" > file
        calls = 1 + int(rand() * 3)
        declarations = body = ""
        for (k = 0; k < calls; k++) {
            to = i + 1 + int(rand() * 60)
            if (to >= count)
                continue
            declarations = declarations sprintf("int f%d(int);", to)
            body = body sprintf("s += f%d(s);", to)
        }
        printf "%s int f%d(int s) { volatile char b[%d]; b[s & 7] = 1; %s return s + b[0]; }\n",
            declarations, i, 8 + int(rand() * 300), body > file
    }
    print "int f0(int); int main(void) { int s = f0(1); return s + 1; }" > "unit000.c"
}'
for source in unit*.c; do
    gcc -O1 -fno-inline -fno-ipa-cp -fno-ipa-sra -fno-optimize-sibling-calls -fno-pic -fstack-usage \
        -fcallgraph-info=su -c "$source"
done

cat >disassemble <<'END'
#!/bin/sh
exec objdump "$@" | sed 's/R_X86_64_PLT32\([[:space:]]*\)\(.*\)-0x4$/R_X86_64_CALL\1\2/'
END
chmod +x disassemble
sed -e "s|^my \$objdump = .*|my \$objdump = \"$work/disassemble\";|" \
    -e "s|^my \$call_cost = .*|my \$call_cost = 0;|" \
    "$avstack" >peer.pl
echo 'root thread main' >roots.txt

TIMEFORMAT='%R %U %S'
theirs() { perl -X peer.pl unit*.o >theirs.txt; }
ours() { "$kss" stack --machine x64 --limit 64M --annotate roots.txt unit*.ci >ours.txt || true; }
median() { sort -n | sed -n 2p; }
for _ in 1 2 3; do
    { time theirs; } 2>>theirs.times
    { time ours; } 2>>ours.times
done
mapfile -t sums < <(for who in theirs ours; do awk '{ print $2 + $3 }' "$who.times" | median; done)
peer=$(sed -n 's/^ *main = \([0-9]*\),.*/\1/p' theirs.txt)
mine=$(($(sed -n 's/^main (thread): \(at least \)*\(0x[0-9A-F]*\) .*/\2/p' ours.txt)))
echo "$functions functions: main takes $mine bytes by kss, $peer by avstack.pl"
awk -v a="${sums[1]}" -v b="${sums[0]}" 'BEGIN {
    printf "kss stack %.3f s, avstack.pl with objdump %.3f s (user and system): %.0f times as fast\n", a, b, b / a }'
[ "$mine" = "$peer" ]
