#!/bin/sh
# SPDX-License-Identifier: MIT
# Does what docs/native.md says, in a folder of its own: the blocks after `<!-- file: NAME -->` become
# files, those after `<!-- run -->` are commands. Files that tests/consumer has must be the same there.
#
# Those after `<!-- run with Jansson -->` are run when kss was built with it.
#
#   page.sh SOURCES BUILD     CC is the compiler; BUILD stands for the page's build/release
set -eu
sources=$1 build=$2
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir "$home/mydrv"
awk -v folder="$home/mydrv" '
    /^<!-- file: .* -->$/ { to = folder "/" $3; next }
    /^<!-- run -->$/ { to = folder "/commands"; next }
    /^<!-- run with Jansson -->$/ { to = folder "/more"; next }
    to != "" && /^```/ { if (inside) { close(to); to = "" } inside = !inside; next }
    inside { print >> to }
' "$sources/docs/native.md"
for file in mydrv.c test_mydrv.c; do
    diff "$sources/tests/consumer/$file" "$home/mydrv/$file"
done
sed "s|build/release|$build|" "$home/mydrv/commands" >"$home/commands"
cat "$home/commands"
cd "$home/mydrv"
HOME=$home sh -eu "$home/commands"
if ! "$home/kss/bin/kss" report - </dev/null 2>&1 | grep -q 'built without Jansson'; then
    HOME=$home sh -eux "$home/mydrv/more" | tee "$home/said"
    grep -q '3 scenarios: 3 passed' "$home/said"
fi
