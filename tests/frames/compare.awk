# SPDX-License-Identifier: MIT
# Compares what `kss frames --format tsv` read off the unwind data of an object with what the compiler
# wrote beside it:
#
#   awk -f compare.awk -v add=8 OBJECT.su OBJECT.tsv
#
# [add] is what the compiler does not count: the return address (clang, x64). A function without a row, one
# with another figure, and a `dynamic` one that is not `at least` are told and are mismatches. A static one
# may be `at least` (aligning the frame takes what nobody knows), but the figure is the compiler's.
#
# The last line is: compared, mismatches, exact, at least, dynamic.
#
# Two habits of gcc: a clone is Read.constprop in its .su and Read.constprop.0 in the object; and GNU as
# takes static functions whose names begin with L for labels of its own and drops the names, so that their
# rows are nameless ("+0x10").
BEGIN { FS = "\t" }
FNR == 1 { file++ }
file == 1 {
    name = $1
    sub(/^.*:/, "", name)
    bytes[name] = $(NF - 1) + add
    how[name] = $NF
    order[++count] = name
    next
}
FNR > 1 {
    name = $5
    if (!(name in bytes))
        sub(/\.[0-9]+$/, "", name)
    figure[name] = $1
    kind[name] = $2
    rows[name]++
    if (name ~ /^\+0x/)
        nameless[$1]++
}
function wrong(name, why) {
    printf "%s: %s\n", name, why
    mismatches++
}
END {
    for (i = 1; i <= count; i++) {
        name = order[i]
        if (!rows[name] && name ~ /^L/ && nameless[bytes[name]]-- > 0) {
            figure[name] = bytes[name]
            kind[name] = "exact"
            rows[name] = 1
        }
        if (rows[name] != 1)
            wrong(name, rows[name] + 0 " rows")
        else if (kind[name] == "unknown" || figure[name] != bytes[name])
            wrong(name, "unwind " figure[name] " (" kind[name] "), .su " bytes[name] " (" how[name] ")")
        else if (how[name] == "dynamic" && kind[name] != "at least")
            wrong(name, "dynamic, but " kind[name])
        seen[kind[name]]++
        dynamic += how[name] == "dynamic"
    }
    print count + 0, mismatches + 0, seen["exact"] + 0, seen["at least"] + 0, dynamic + 0
}
