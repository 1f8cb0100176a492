#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples of the docs, executed: every block fenced as ```console is a transcript of `$ kss ...`
# commands with their output and [status], which must be what kss prints now (run.sh has the format).
# Blocks that need a compiler, or files of the reader's, are fenced otherwise.
#
#   examples.sh check KSS PAGE.md...     says how the outputs differ; exit status 1 if any does
#   examples.sh rebase KSS PAGE.md...    rewrites the outputs; read the diff before you keep it
set -u
verb=$1 kss=$2
shift 2
run=$(dirname "$0")/run.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# A block becomes a remark with its number and the transcript, indented.
transcript() {
    awk '/^```/ { inside = $0 == "```console"; if (inside) print (count++ ? "\n" : "") "block " count "\n"; next }
         inside { print ($0 == "" ? "" : "    " $0) }' "$1"
}

# The page with the blocks of the transcript.
merged() {
    awk 'NR == FNR { if (/^block /) { number = $2; empty = "" }
                     else if ($0 == "") empty = empty "\n"
                     else { text[number] = text[number] (text[number] == "" ? "" : empty) substr($0, 5) "\n"; empty = "" }
                     next }
         /^```/ { if (inside) inside = 0
                  else if ($0 == "```console") { print; printf "%s", text[++count]; inside = 1; next } }
         !inside' "$1" "$2"
}

for page in "$@"; do
    made=$folder/$(basename "$page" .md).t
    transcript "$page" >"$made"
    grep -q '^    \$ ' "$made" || {
        echo "$page has no examples"
        failed=1
        continue # and stays as it is
    }
    sh "$run" "$verb" "$kss" "$made" || failed=1
    [ "$verb" != rebase ] || { merged "$made" "$page" >"$folder/page" && cp "$folder/page" "$page"; }
done
exit $failed
