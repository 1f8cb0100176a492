#!/bin/sh
# SPDX-License-Identifier: MIT
# Golden transcripts. A FILE.t is a text in which
#
#     $ kss run scenarios/lessons/01-fits.kss
#     what the command printed, standard error included
#     [1]
#
# stands indented by four blanks: the command line, its output, and its exit status when that is
# not 0. Lines that are not indented are remarks. Commands run in the project's folder with the given
# kss first in PATH; files they make belong into $TMP.
#
#   run.sh check KSS FILE...    says how the outputs differ; exit status 1 if any does
#   run.sh rebase KSS FILE...   rewrites the outputs; read the diff before you keep it
# KSS_EMULATOR, if set, is the command that runs a kss built for another machine.
set -u
verb=$1 kss=$2
shift 2
TMP=$(mktemp -d)
folder=$(cd "$(dirname "$kss")" && pwd)
if [ -n "${KSS_EMULATOR:-}" ]; then
    mkdir "$TMP/.bin"
    printf '#!/bin/sh\nexec %s "%s/kss" "$@"\n' "$KSS_EMULATOR" "$folder" >"$TMP/.bin/kss"
    chmod +x "$TMP/.bin/kss"
    folder=$TMP/.bin
fi
PATH=$folder:$PATH
export PATH TMP NO_COLOR=1 LC_ALL=C
unset COLUMNS TERM
trap 'rm -rf "$TMP"' EXIT

replay() {
    in_output=0
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        "    $ "*)
            printf '%s\n' "$line"
            sh -c "${line#"    $ "}" >"$TMP/.output" 2>&1 </dev/null
            status=$?
            awk '{ print ($0 == "" ? "" : "    " $0) }' "$TMP/.output"
            [ "$status" = 0 ] || printf '    [%s]\n' "$status"
            in_output=1
            ;;
        "    "*) [ $in_output = 1 ] || printf '%s\n' "$line" ;;
        "") [ $in_output = 1 ] || printf '\n' ;;
        *)
            [ $in_output = 0 ] || printf '\n'
            in_output=0
            printf '%s\n' "$line"
            ;;
        esac
    done <"$1"
}

failed=0
for file in "$@"; do
    replay "$file" >"$TMP/.now"
    if [ "$verb" = rebase ]; then
        cmp -s "$file" "$TMP/.now" || cp "$TMP/.now" "$file"
    elif ! diff -u "$file" "$TMP/.now"; then
        failed=1
    fi
done
exit $failed
