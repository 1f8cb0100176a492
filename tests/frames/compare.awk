# SPDX-License-Identifier: MIT
# Compares what `kss frames --format tsv` read off the unwind data of an object with what the compiler
# wrote beside it:
#
#   awk -f compare.awk -v add=8 OBJECT.su OBJECT.tsv
#
# [add] is what the compiler does not count: the return address (clang, x64). A function without a row, one
# with another figure, and a `dynamic` one that is not `at least` are told and are mismatches. A static one
# may be `at least` (whether code moves the stack later is not in the unwind data), but the fixed part is as
# the compiler says. The last line is: compared, mismatches, exact, at least, dynamic.
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
    figure[$5] = $1
    kind[$5] = $2
    rows[$5]++
}
function wrong(name, why) {
    printf "%s: %s\n", name, why
    mismatches++
}
END {
    for (i = 1; i <= count; i++) {
        name = order[i]
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
