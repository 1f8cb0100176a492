#!/bin/sh
# SPDX-License-Identifier: MIT
# Reads what kss writes for other programs (perfetto, folded, csv, dot, mermaid) with programs that are not kss:
#   tests/formats/traces.sh KSS_COMMAND [FILE|DIR...]
# Without FILEs: every scenario, the driver bodies, the kernel's and the verifier's models, names that mean something
# to the readers. Needs node (20 or newer), npm, Graphviz and Chromium; what npm installs goes to build/formats
# (KSS_FORMATS_OUT).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n 's/^#   //p' "$0" >&2; exit 2; }
command=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
out=${KSS_FORMATS_OUT:-$here/../../build/formats}/traces
mkdir -p "$out"
out=$(cd "$out" && pwd)
# Installed again only when what is pinned has changed.
if ! cmp -s "$here/traces/package-lock.json" "$out/installed.json"; then
    cp "$here/traces/package.json" "$here/traces/package-lock.json" "$out"
    (cd "$out" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$here/traces/package-lock.json" "$out/installed.json"
fi
cd "$here/../.."
[ $# -gt 0 ] || set -- scenarios tests/bodies tests/model tests/verifier tests/formats/traces
exec node "$here/traces/traces.mjs" "$command" "$out" "$@"
