#!/bin/sh
# SPDX-License-Identifier: MIT
# The formats of CI systems over the whole corpus: every scenario and driver body, inputs that do not load, scenarios
# without their expectations, runs that are given up, hostile names and texts. SARIF is validated with the schema and
# the rules of Microsoft's SARIF tools and with check_sarif.mjs; JUnit XML with junit.xsd; TAP with perl's TAP::Parser
# and npm's tap-parser. Two runs, and two builds when two are given, must write the same bytes.
#
#   ci.sh KSS [OTHER-KSS]       Debian: libxml2-utils, perl, nodejs, npm. Packages of npm go to build/formats.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
kss=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
other=$kss
[ $# -lt 2 ] || other=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
modules=${KSS_FORMATS_MODULES:-$top/build/formats}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1 NODE_PATH="$modules/node_modules" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

mkdir -p "$modules"
if ! cmp -s "$here/package-lock.json" "$modules/package-lock.json"; then
    cp "$here/package.json" "$modules/"
    (cd "$modules" && cp "$here/package-lock.json" . && npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1) || {
        cat "$modules/npm.log"
        rm -f "$modules/package-lock.json"
        exit 1
    }
fi
tools=$modules/node_modules/@microsoft/sarif-multitool-linux
cp "$here"/check_*.mjs "$modules/" # modules are looked up beside the file

# ---- What is run

cp -R "$top/scenarios" "$top/tests/malformed" "$top/tests/bodies" "$work/"
mkdir "$work/unexpected" "$work/hostile"
for file in "$work"/scenarios/*/*.kss; do
    sed '/^expect /d' "$file" >"$work/unexpected/$(basename "$file")"
done

hostile() { # NAME: the scenario on standard input under that name
    cat >"$work/hostile/$1"
}
body() {
    cat <<'KSS'
// </script> ]]> -- "quoted" 'quoted' & <b>bold</b> \x1B # TODO
routine Done(PKEVENT done) { KeSetEvent(done, IO_NO_INCREMENT, FALSE); }
routine mydrv!Read() {
    KEVENT done;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    after 30s dpc Done(&done);
    /* 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ßü */ KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);
    ASSERT("]]></failure>" == NULL && "[a](b) # SKIP \\ ..." == NULL);
}
thread App { mydrv!Read(); }
KSS
}
body | hostile 'plain.kss'
body | hostile 'a blank.kss'
body | hostile '100%#?&=.kss'
body | hostile '<script>alert(1)<&script>.kss'
body | hostile 'quo"te'\''s.kss'
body | hostile 'näme-😀.kss'
body | hostile 'c:drive.kss'
body | hostile '# SKIP \.kss'
body | sed 's/$/\r/' | hostile 'crlf.kss'
{ printf '\357\273\277' && body; } | hostile 'mark.kss'
{ body && printf 'expect thread App exits;\nexpect thread App exits;\nexpect always clean;\n'; } | hostile 'twice.kss'
body | sed 's/UserMode/KernelMode/' | hostile 'assert.kss'
{ body && printf 'thread Bad { \360\220 Nope(); }\n'; } | hostile 'bytes.kss'
printf 'thread T { Nope();' | hostile 'no-line-end.kss'
printf 'thread T {\n' | hostile 'at-the-end.kss'
: | hostile 'empty.kss'

# ---- How it is checked

same() { # NAME: two files of one format
    cmp "$work/$1" "$work/again-$1" || { echo "$1: two runs write different bytes" && exit 1; }
}

# written NAME OPTIONS... FILES...: all formats at once, twice; sets status
written() {
    name=$1
    shift
    for prefix in '' again-; do
        status=0
        (cd "$work" && if [ -z "$prefix" ]; then binary=$kss; else binary=$other; fi &&
            "$binary" run --format sarif -o "$prefix$name.sarif" --format junit -o "$prefix$name.xml" \
                --format tap -o "$prefix$name.tap" --format tap13 -o "$prefix$name.tap13" "$@" >"$name.out" 2>&1) || status=$?
        [ "$status" -le 3 ] || { cat "$work/$name.out" && exit 1; }
    done
    same "$name.sarif"
    same "$name.xml"
    same "$name.tap"
    same "$name.tap13"
    sed '1s/14/13/' "$work/$name.tap" | cmp - "$work/$name.tap13"
}

count() { xmllint --xpath "count($2)" "$1"; }

# The schema of Jenkins' xUnit plugin has neither of the two attributes.
junit() {
    xmllint --noout --schema "$here/junit.xsd" "$1" 2>"$work/xmllint.log" || { cat "$work/xmllint.log" && exit 1; }
    bad=$(count "$1" '//failure|//error')
    wrong=$(count "$1" '//testsuite[@tests!=count(testcase) or @failures!=count(testcase/failure) or
        @errors!=count(testcase/error) or @skipped!=count(testcase/skipped)]')
    [ "$wrong" = 0 ] || { echo "$1: $wrong suites count wrongly" && exit 1; }
    if [ "$status" = 0 ]; then [ "$bad" = 0 ]; else [ "$bad" != 0 ]; fi ||
        { echo "$1: $bad test cases failed, kss exited with $status" && exit 1; }
    echo "$1: $(count "$1" //testcase) test cases, $bad failed"
}

# Microsoft's validator, over what has most kinds of results; that kss has no web page is all it may warn of. It would ask the network
# for the schema's address.
rules() {
    (cd "$work" && https_proxy=http://127.0.0.1:9 "$tools/Sarif.Multitool" validate \
        unexpected.sarif malformed.sarif hostile.sarif missing.sarif --rule-kind "Sarif;Gh" \
        --level "Error;Warning" --kind Fail --output found --log ForceOverwrite >rules.log 2>&1) || true
    if ! grep -q 'Analysis completed successfully' "$work/rules.log" ||
        grep -E '(error|warning) [A-Z]+[0-9]+:' "$work/rules.log" | grep -v 'warning SARIF2005: '; then
        cat "$work/rules.log"
        exit 1
    fi
    echo "SARIF: passes Microsoft's rules"
}

checked() {
    written "$@"
    node "$modules/check_sarif.mjs" "$tools/sarif-2.1.0.json" "$work" "$status" "$work/$1.sarif"
    junit "$work/$1.xml"
    node "$modules/check_tap.mjs" "$status" "$work/$1.tap"
    perl "$here/check_tap.pl" "$status" "$work/$1.tap13"
}

chmod u+x "$tools/Sarif.Multitool"
checked corpus scenarios bodies
checked unexpected unexpected
checked malformed malformed
checked hostile hostile
checked given-up --max-steps=40 scenarios
checked eager --swap=eager scenarios
checked x64 --machine=x64 scenarios
KSS_STRICT=1 checked strict --strict scenarios
checked single scenarios/lessons/16-user-mode-wait.kss
checked missing scenarios/lessons/16-user-mode-wait.kss hostile/mark.kss malformed/open-brace.kss
(cd "$work" && rm -f again-* && prove --exec "$kss run --format tap13" scenarios/lessons/*.kss 2>&1 | tail -n 1)
rules
echo "all formats are valid"
