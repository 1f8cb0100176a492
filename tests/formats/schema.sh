#!/bin/sh
# SPDX-License-Identifier: MIT
# The events of the corpus against the published schema, by ajv, a validator that is not ours. Needs node and npm
# with a registry; the schema itself is compared by tests/golden/report.t.
#
#   schema.sh KSS
set -eu
kss=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
sources=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$sources"
"$kss" list events --schema >"$folder/schema.json"
for corpus in scenarios tests/malformed tests/verifier tests/differential tests/frames; do
    "$kss" run --format jsonl --max-steps 100000 $corpus >"$folder/$(basename $corpus).jsonl" 2>"$folder/said" ||
        [ $? -le 3 ] || { cat "$folder/said"; exit 1; }
done
modules=${KSS_FORMATS_MODULES:-$sources/build/formats} # where packages of npm are kept
if [ ! -e "$modules/node_modules/ajv/package.json" ]; then
    mkdir -p "$modules"
    (cd "$modules" && npm install --no-save --silent --no-audit --no-fund --ignore-scripts ajv@8.20.0)
fi
node "$sources/tests/formats/schema.mjs" "$modules" "$folder/schema.json" "$folder"/*.jsonl
