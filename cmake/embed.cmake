# Writes OUT, the C table NAME of FILES (see sim/base/embedded.h), which HEADER declares:
#
#   cmake "-DFILES=docs/explain/KSS1001.md;..." -DNAME=kss_explain_files -DHEADER=rules/explain_data.h
#         -DOUT=explain_data.c -P cmake/embed.cmake
#
# Texts become byte arrays: C11 promises only 4095 bytes for a string literal, and bytes need no
# quoting. Entries are sorted by their files' names.
cmake_minimum_required(VERSION 3.25)

# Base64 of a SHA-256 digest in hexadecimal, as a Content-Security-Policy has it: 10 groups of 3 bytes, then 2.
function(to_base64 hex result)
    set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    set(text "")
    foreach(at RANGE 0 60 6)
        string(SUBSTRING "${hex}0000" ${at} 6 group)
        math(EXPR group "0x${group}")
        foreach(shift 18 12 6 0)
            math(EXPR index "(${group} >> ${shift}) & 63")
            string(SUBSTRING "${alphabet}" ${index} 1 letter)
            string(APPEND text "${letter}")
        endforeach()
    endforeach()
    string(SUBSTRING "${text}" 0 43 text)
    set(${result} "${text}=" PARENT_SCOPE)
endfunction()

# A script without what only readers need: blanks and line ends that stand outside of strings beside anything that is no
# letter, the parentheses of a single parameter, the last semicolon of a block; `const` becomes `let`, and one `let` does for
# several. So it must end
# its statements with semicolons and its strings on their lines, hold no template in a template, and write blanks and
# quotes of regular expressions as \x20, \x22 and \x60.
function(without_blanks text result)
    string(ASCII 1 semicolon)
    string(ASCII 2 open)
    string(ASCII 3 close)
    string(REPLACE ";" "${semicolon}" text "${text}")
    string(REPLACE "[" "${open}" text "${text}")
    string(REPLACE "]" "${close}" text "${text}")
    string(REGEX MATCHALL "\"[^\"\n]*\"|`[^`\n]*`|[^\"`]+|[\"`]" tokens "${text}")
    set(text "")
    foreach(token IN LISTS tokens)
        if(NOT token MATCHES "^[\"`]")
            string(REGEX REPLACE "([ (,])[(]([A-Za-z]+)[)] =>" "\\1\\2=>" token "${token}")
            string(REPLACE "const " "let " token "${token}")
            string(REGEX REPLACE "[ \n]+([^A-Za-z0-9_$])" "\\1" token "${token}")
            string(REGEX REPLACE "([^A-Za-z0-9_$])[ \n]+" "\\1" token "${token}")
            string(REGEX REPLACE "^[ \n]+|[ \n]+$" "" token "${token}")
            string(REPLACE "${semicolon}}" "}" token "${token}")
        endif()
        string(APPEND text "${token}")
    endforeach()
    set(before "")
    while(NOT before STREQUAL text)
        set(before "${text}")
        string(REGEX REPLACE "([${semicolon}{}]let [^${semicolon}{}]*)${semicolon}let *" "\\1," text "${text}")
    endwhile()
    string(REPLACE "${semicolon}" ";" text "${text}")
    string(REPLACE "${open}" "[" text "${text}")
    string(REPLACE "${close}" "]" text "${text}")
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

list(SORT FILES COMPARE FILE_BASENAME)
set(arrays "")
set(entries "")
set(count 0)
foreach(file IN LISTS FILES)
    get_filename_component(name "${file}" NAME)
    if(NOT name MATCHES "^[A-Za-z0-9_.-]+$")
        message(FATAL_ERROR "${file}: the name of an embedded file may hold letters, digits, '_', '.' and '-'")
    endif()
    file(READ "${file}" text)
    file(SIZE "${file}" size)
    string(LENGTH "${text}" length)
    if(NOT length EQUAL size)
        message(FATAL_ERROR "${file}: holds a NUL byte")
    endif()
    # What only readers of the source need goes: indentation, lines that are a comment, blanks that no text holds.
    if(name MATCHES "\\.(js|css)$")
        string(REGEX REPLACE "\n +" "\n" text "${text}")
        string(REGEX REPLACE "(^|\n)//[^\n]*" "" text "${text}")
        string(REGEX REPLACE "\n\n+" "\n" text "${text}")
    endif()
    if(name MATCHES "\\.js$")
        string(REGEX REPLACE "([;,{(]) // [^\n]*" "\\1" text "${text}")
        without_blanks("${text}" text)
    elseif(name MATCHES "\\.css$")
        string(REGEX REPLACE "/[*][^*]*[*]/" "" text "${text}")
        string(REGEX REPLACE " {" "{" text "${text}")
        string(REGEX REPLACE "{[ \n]" "{" text "${text}")
        string(REGEX REPLACE "(:|;|,) " "\\1" text "${text}")
        string(REGEX REPLACE ";?[ \n]*}" "}" text "${text}")
        string(REGEX REPLACE "\n" "" text "${text}")
        string(REGEX MATCHALL "--[a-z]+:" names "${text}") # of custom properties: a letter each
        list(REMOVE_DUPLICATES names)
        set(letter 96)
        foreach(property IN LISTS names)
            math(EXPR letter "${letter} + 1")
            string(ASCII ${letter} short)
            string(REPLACE "${property}" "--${short}:" text "${text}")
            string(REPLACE ":" "" property "${property}")
            string(REGEX REPLACE "[(]${property}([,)])" "(--${short}\\1" text "${text}")
        endforeach()
    endif()
    string(SHA256 sha256 "${text}")
    to_base64(${sha256} sha256)
    string(HEX "${text}" bytes)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "(................................................................................)"
           "\\1\n    " bytes "${bytes}")
    string(APPEND arrays "static const unsigned char file_${count}[] = { // ${name}\n    ${bytes}0};\n\n")
    string(APPEND entries "    {\"${name}\", (const char *)file_${count}, sizeof file_${count} - 1, \"${sha256}\"},\n")
    math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUT}" "// Made by cmake/embed.cmake; changes here are lost.
#include \"${HEADER}\"

${arrays}const struct kss_embedded ${NAME}[] = {
${entries}    {0, 0, 0, 0}};
")
