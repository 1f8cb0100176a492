#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares the grammars of docs/editors with what kss says of the tokens of scenarios:
#   tests/editors/run.sh TOKENS_PROGRAM [FILE...]
# TOKENS_PROGRAM is the target editors_tokens. Without files: the corpus, corner.kss first, whose scopes are compared with
# corner.scopes, too (`sh tests/editors/run.sh PROGRAM --rebase` rewrites that). Needs node, npm and vim; what npm
# installs and what is written goes to build/editors (KSS_EDITORS_OUT).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n 's/^#   //p' "$0" >&2; exit 2; }
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
cd "$here/../.."
out=${KSS_EDITORS_OUT:-build/editors}

mkdir -p "$out"
if ! cmp -s "$here/package-lock.json" "$out/installed.json"; then
    cp "$here/package.json" "$here/package-lock.json" "$out"
    (cd "$out" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$here/package-lock.json" "$out/installed.json"
fi
textmate() { node tests/editors/textmate.mjs "$out" docs/editors "$@"; }

if [ "${1:-}" = --rebase ]; then
    textmate --show tests/editors/corner.kss >tests/editors/corner.scopes
    exit
fi
if [ $# -eq 0 ]; then
    textmate --show tests/editors/corner.kss >"$out/corner.scopes"
    diff -u tests/editors/corner.scopes "$out/corner.scopes"
    # Those in tests/malformed do not parse; the program says so of each.
    find scenarios tests -name '*.kss' | LC_ALL=C sort >"$out/corpus"
    xargs "$program" <"$out/corpus" >"$out/tokens.jsonl" 2>"$out/left-out"
    echo "$(wc -l <"$out/left-out") files are left out because they do not parse"
else
    "$program" "$@" >"$out/tokens.jsonl"
fi
status=0
textmate "$out/tokens.jsonl" || status=1
node tests/editors/vim.mjs docs/editors/vim "$out/tokens.jsonl" "$out" || status=1
exit $status
