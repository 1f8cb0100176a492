# Writes OUT, the C table of every *.md in DIR (see sim/rules/explain_data.h):
#
#   cmake -DDIR=docs/explain -DOUT=explain_data.c -P cmake/embed_explain.cmake
#
# Texts become byte arrays: C11 promises only 4095 bytes for a string literal, and bytes need no
# quoting.
cmake_minimum_required(VERSION 3.25)

file(GLOB texts "${DIR}/*.md")
list(SORT texts COMPARE STRING)

set(arrays "")
set(entries "")
set(count 0)
foreach(text IN LISTS texts)
    get_filename_component(name "${text}" NAME)
    string(REGEX REPLACE "\\.md$" "" name "${name}")
    if(NOT name MATCHES "^[A-Za-z0-9_.-]+$")
        message(FATAL_ERROR "${text}: the name of an explain text may hold letters, digits, '_', '.' and '-'")
    endif()
    file(READ "${text}" bytes HEX)
    if(bytes MATCHES "^(..)*00")
        message(FATAL_ERROR "${text}: holds a NUL byte")
    endif()
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "(................................................................................)"
           "\\1\n    " bytes "${bytes}")
    string(APPEND arrays "static const unsigned char text_${count}[] = { // ${name}\n    ${bytes}0};\n\n")
    string(APPEND entries "    {\"${name}\", (const char *)text_${count}},\n")
    math(EXPR count "${count} + 1")
endforeach()
if(count EQUAL 0)
    set(entries "    {0, 0},\n")
endif()

set(source "// Made by cmake/embed_explain.cmake from docs/explain/*.md; changes here are lost.
#include \"rules/explain_data.h\"

${arrays}const struct kss_explain_entry kss_explain_entries[] = {
${entries}};

const unsigned kss_explain_entry_count = ${count};
")
file(WRITE "${OUT}" "${source}")
