#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests the pages of kss in Chromium:
#   tests/browser/run.sh KSS_COMMAND [PLAYGROUND_PAGE [NAME...]]
# PLAYGROUND_PAGE may be "-": tests of the playground are then skipped. A NAME picks the tests that begin with it.
# Needs node (20 or newer), npm and Chromium; what npm installs, pages and pictures go to build/browser
# (KSS_BROWSER_OUT).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n 's/^#   //p' "$0" >&2; exit 2; }
KSS_COMMAND=$1
KSS_PLAYGROUND=${2:--}
[ "$KSS_PLAYGROUND" != - ] || KSS_PLAYGROUND=
if [ $# -ge 2 ]; then shift 2; else shift; fi
KSS_BROWSER_OUT=${KSS_BROWSER_OUT:-$here/../../build/browser}
export KSS_COMMAND KSS_PLAYGROUND KSS_BROWSER_OUT

mkdir -p "$KSS_BROWSER_OUT"
# Installed again only when what is pinned has changed.
if ! cmp -s "$here/package-lock.json" "$KSS_BROWSER_OUT/installed.json"; then
    cp "$here/package.json" "$here/package-lock.json" "$KSS_BROWSER_OUT"
    (cd "$KSS_BROWSER_OUT" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$here/package-lock.json" "$KSS_BROWSER_OUT/installed.json"
fi
exec node "$here/run.mjs" "$@"
