# kss_add_driver(NAME SOURCES a.c b.c ... [MACHINE x64|x86|arm64] [ENTRY DriverEntry]
#                [INCLUDES dir...] [DEFINITIONS X=1...] [OPTIONS flag...] [LOCAL] [EXACT_FRAMES])
#
# A Windows driver's own sources, unchanged, as something a test program links:
#
#     find_package(kss REQUIRED)
#     kss_add_driver(mydrv SOURCES driver.c read.c)
#     add_executable(test_mydrv test_mydrv.c)
#     target_link_libraries(test_mydrv PRIVATE mydrv kss::kss)
#
# What it does:
#   1. `kss scan` reads the sources and refuses, with the place, what cannot work here.
#   2. They are compiled against kss's NT headers with the flags driver code needs, and with a glue.
#   3. The objects become one, whose code, .data and .bss are sections of the driver's own. So libkss
#      knows whose an address is, and can put the driver's variables back between two machines.
#   4. ENTRY (DriverEntry) becomes local: each driver of a program has one. Other globals stay visible
#      to tests; LOCAL makes them all local, for drivers that name things alike.
#
# MACHINE     the machine whose pointers the sources are compiled for; the default is the host's. x86
#             needs a 32-bit build (-m32).
# EXACT_FRAMES (gcc on x86-64) compiles for the Microsoft calling convention, so that frames are as large
#             as mingw-w64 gcc makes them. Not with sanitizers or coverage. Every routine the driver
#             imports is called through a small thunk that translates the arguments.
#
# The driver is an interface library; NAME_objects is the target that compiles.

include_guard(GLOBAL)
cmake_policy(VERSION 3.25)
include(CheckCCompilerFlag)

if(CMAKE_CURRENT_LIST_DIR STREQUAL "${PROJECT_SOURCE_DIR}/cmake" AND PROJECT_NAME STREQUAL kss)
    set(KSS_NT_DIR ${PROJECT_SOURCE_DIR}/include/nt CACHE INTERNAL "")
    set(KSS_INCLUDE_DIR ${PROJECT_SOURCE_DIR}/include CACHE INTERNAL "")
    set(KSS_GLUE ${PROJECT_SOURCE_DIR}/sim/native/driver_glue.c CACHE INTERNAL "")
endif() # else kssConfig.cmake has set them
set(KSS_DRIVER_SCRIPTS ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "")

set(KSS_DRIVER_FLAGS
    -mno-red-zone -fstack-clash-protection -fno-optimize-sibling-calls -fno-strict-aliasing -fwrapv
    -fms-extensions -fshort-wchar -fsigned-char -mms-bitfields -fno-omit-frame-pointer -fno-stack-protector -fno-common
    -fno-function-sections -fno-data-sections -fno-lto -malign-double
    -Wno-unknown-pragmas -Wno-multichar -Wno-clobbered -Wno-ignored-pragmas -Wno-microsoft-anon-tag)
# What sources need to read the NT headers; tests that include them get these.
set(KSS_NT_FLAGS -fms-extensions -fshort-wchar -fsigned-char -Wno-multichar -Wno-unknown-pragmas)

# The flags of [ARGN] that this compiler knows. Asked once each: clang only warns about some.
function(kss_known_flags result)
    set(known "")
    set(CMAKE_REQUIRED_QUIET ON)
    foreach(flag IN LISTS ARGN)
        string(MAKE_C_IDENTIFIER "KSS_HAS${flag}" variable)
        string(REGEX REPLACE "^-Wno-" "-W" asked ${flag}) # -Wno-X is accepted for any X
        set(CMAKE_REQUIRED_FLAGS "-Werror")
        check_c_compiler_flag(${asked} ${variable})
        if(${variable})
            list(APPEND known ${flag})
        endif()
    endforeach()
    set(${result} ${known} PARENT_SCOPE)
endfunction()

# kss::nt: the NT headers, for tests that name their types.
function(kss_nt_target)
    if(NOT TARGET kss::nt)
        kss_known_flags(flags ${KSS_NT_FLAGS})
        add_library(kss::nt INTERFACE IMPORTED GLOBAL)
        target_include_directories(kss::nt SYSTEM INTERFACE ${KSS_NT_DIR})
        target_compile_options(kss::nt INTERFACE ${flags})
    endif()
endfunction()

# How the C compiler is asked to link relocatable objects together.
function(kss_relocatable_link result)
    set(command ${CMAKE_C_COMPILER})
    if(CMAKE_C_COMPILER_TARGET)
        list(APPEND command --target=${CMAKE_C_COMPILER_TARGET})
    endif()
    separate_arguments(given UNIX_COMMAND "${CMAKE_C_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}")
    foreach(flag IN LISTS given)
        if(flag MATCHES "^(-m|-fuse-ld=|--target=|-target|-arch$|--sysroot|-B)")
            list(APPEND command ${flag})
        endif()
    endforeach()
    list(APPEND command -r -nostdlib)
    set(${result} ${command} PARENT_SCOPE)
endfunction()

function(kss_check_driver_machine name machine exact sizeof)
    set(x86 x86)
    set(wide x64 x64-xsave arm64)
    if(machine STREQUAL x86 OR machine STREQUAL arm)
        if(NOT sizeof EQUAL 4)
            message(FATAL_ERROR "kss_add_driver(${name}): MACHINE ${machine} has 32-bit pointers and this "
                "build's have 64: configure with -DCMAKE_C_FLAGS=-m32, or leave MACHINE out")
        endif()
    elseif(machine IN_LIST wide)
        if(NOT sizeof EQUAL 8)
            message(FATAL_ERROR "kss_add_driver(${name}): MACHINE ${machine} has 64-bit pointers and this "
                "build's have 32: build without -m32, or say MACHINE x86")
        endif()
    else()
        message(FATAL_ERROR "kss_add_driver(${name}): unknown MACHINE ${machine}: "
            "x86, x64, x64-xsave, arm or arm64 (`kss list machines`)")
    endif()
    if(NOT exact)
        return()
    endif()
    if(NOT CMAKE_C_COMPILER_ID STREQUAL GNU)
        message(FATAL_ERROR "kss_add_driver(${name}): EXACT_FRAMES needs gcc: "
            "${CMAKE_C_COMPILER_ID} accepts -mabi=ms and ignores it")
    endif()
    if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" OR NOT sizeof EQUAL 8 OR APPLE)
        message(FATAL_ERROR "kss_add_driver(${name}): EXACT_FRAMES needs a 64-bit x86 ELF host")
    endif()
    get_directory_property(options COMPILE_OPTIONS)
    if("${CMAKE_C_FLAGS};${options}" MATCHES "-fsanitize=|--coverage|-fprofile-arcs|-finstrument-functions|-pg")
        message(FATAL_ERROR "kss_add_driver(${name}): EXACT_FRAMES cannot be combined with sanitizers, "
            "coverage or profiling: their code is called by the host's convention")
    endif()
endfunction()

function(kss_add_driver name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "LOCAL;EXACT_FRAMES" "MACHINE;ENTRY"
        "SOURCES;INCLUDES;DEFINITIONS;OPTIONS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "kss_add_driver(${name}): unexpected `${arg_UNPARSED_ARGUMENTS}`")
    endif()
    if(NOT arg_SOURCES)
        message(FATAL_ERROR "kss_add_driver(${name}): SOURCES is missing")
    endif()
    if(NOT TARGET kss::command)
        message(FATAL_ERROR "kss_add_driver(${name}): the kss command is missing, which scans the sources")
    endif()
    if(NOT arg_MACHINE)
        set(arg_MACHINE x64)
        if(CMAKE_SIZEOF_VOID_P EQUAL 4)
            set(arg_MACHINE x86)
        endif()
    endif()
    if(NOT arg_ENTRY)
        set(arg_ENTRY DriverEntry)
    endif()
    kss_check_driver_machine(${name} ${arg_MACHINE} ${arg_EXACT_FRAMES} ${CMAKE_SIZEOF_VOID_P})
    kss_nt_target()

    string(MAKE_C_IDENTIFIER ${name} id)
    string(MD5 short ${name})
    string(SUBSTRING ${short} 0 8 short)
    set(dir ${CMAKE_CURRENT_BINARY_DIR}/${name}.kss)
    file(MAKE_DIRECTORY ${dir})
    list(TRANSFORM arg_INCLUDES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/" REGEX "^[^/$]")

    set(sources "")
    set(guarded "")
    foreach(source IN LISTS arg_SOURCES)
        get_filename_component(path ${source} ABSOLUTE)
        list(APPEND sources ${path})
        if(EXISTS ${path})
            file(STRINGS ${path} tries REGEX "(^|[^A-Za-z0-9_])(__try|try)([^A-Za-z0-9_]|$)" LIMIT_COUNT 1)
            if(tries)
                list(APPEND guarded ${path})
            endif()
        endif()
    endforeach()

    # 1. The scan; also makes the list of pageable routines that the glue includes.
    add_custom_command(
        OUTPUT ${dir}/pageable.h
        COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:kss::command> scan -o ${dir}/pageable.h ${arg_SOURCES}
        WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
        DEPENDS ${sources} kss::command
        COMMENT "Scanning the sources of ${name}"
        VERBATIM)

    # 2. Compiling. Coverage counters must outlive a machine: each in a section of its own, they can be
    # told from variables.
    kss_known_flags(flags ${KSS_DRIVER_FLAGS})
    string(TOUPPER "CMAKE_C_FLAGS_${CMAKE_BUILD_TYPE}" of_type)
    get_directory_property(of_directory COMPILE_OPTIONS)
    set(counted OFF)
    if("${CMAKE_C_FLAGS};${${of_type}};${of_directory};${arg_OPTIONS}" MATCHES "--coverage|-fprofile-arcs")
        set(counted ON)
        list(REMOVE_ITEM flags -fno-data-sections)
        list(APPEND flags -fdata-sections)
    endif()
    set(definitions ${arg_DEFINITIONS})
    if(arg_EXACT_FRAMES)
        list(APPEND flags -mabi=ms)
        list(APPEND definitions KSS_EXACT_FRAMES=1)
    endif()
    configure_file(${KSS_GLUE} ${dir}/glue.c COPYONLY)
    add_library(${name}_objects OBJECT ${sources} ${dir}/glue.c ${dir}/pageable.h)
    set_source_files_properties(${dir}/pageable.h PROPERTIES HEADER_FILE_ONLY ON)
    set_property(SOURCE ${dir}/glue.c APPEND PROPERTY COMPILE_DEFINITIONS
        KSS_DRIVER_NAME="${name}" KSS_DRIVER_ID=${id} KSS_DRIVER_SHORT=k${short}
        KSS_DRIVER_ENTRY=${arg_ENTRY} KSS_DRIVER_MACHINE="${arg_MACHINE}"
        KSS_DRIVER_PAGEABLE="${dir}/pageable.h")
    set_property(SOURCE ${dir}/glue.c PROPERTY INCLUDE_DIRECTORIES ${KSS_INCLUDE_DIR})
    set_target_properties(${name}_objects PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS ON
        INTERPROCEDURAL_OPTIMIZATION OFF UNITY_BUILD OFF)
    target_compile_options(${name}_objects PRIVATE ${flags} ${arg_OPTIONS})
    target_compile_definitions(${name}_objects PRIVATE ${definitions})
    target_include_directories(${name}_objects PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${arg_INCLUDES})
    target_include_directories(${name}_objects SYSTEM PRIVATE ${KSS_NT_DIR})
    kss_guarded_options(${name}_objects "${guarded}")

    # 3. and 4. One object of its own sections.
    set(merged ${dir}/${name}${CMAKE_C_OUTPUT_EXTENSION})
    kss_merge_commands(commands ${name} ${id} ${short} ${dir} ${merged} ${arg_ENTRY} "${arg_LOCAL}"
                       "${arg_EXACT_FRAMES}" ${counted})
    set(thunks "")
    if(arg_EXACT_FRAMES)
        set(thunks kss::kss ${KSS_DRIVER_SCRIPTS}/kss_thunks.cmake)
    endif()
    add_custom_command(
        OUTPUT ${merged}
        ${commands}
        DEPENDS ${name}_objects $<TARGET_OBJECTS:${name}_objects> ${thunks}
        COMMENT "Linking driver ${name}"
        COMMAND_EXPAND_LISTS VERBATIM)
    add_custom_target(${name}_merge DEPENDS ${merged})

    add_library(${name} INTERFACE)
    add_dependencies(${name} ${name}_merge)
    target_link_libraries(${name} INTERFACE ${merged} kss::kss kss::nt)
    if(NOT APPLE)
        target_link_options(${name} INTERFACE -Wl,-z,now)
    endif()
endfunction()

# Files with __try (kss_seh.h says why): clang must not keep locals in registers; gcc must not let values
# that are alive across a jump share a stack slot.
function(kss_guarded_options target files)
    if(NOT files)
        return()
    endif()
    if(CMAKE_C_COMPILER_ID MATCHES "Clang")
        set(flags -O0 -U_FORTIFY_SOURCE)
    else()
        kss_known_flags(flags -fstack-reuse=none -fno-ira-share-spill-slots)
    endif()
    set_property(SOURCE ${files} APPEND PROPERTY COMPILE_OPTIONS ${flags})
endfunction()

function(kss_merge_commands result name id short dir merged entry local exact counted)
    kss_relocatable_link(link)
    set(objects $<TARGET_OBJECTS:${name}_objects>)
    if(APPLE) # written after ld64's manual, not yet run
        set(edges -Wl,-rename_section,__TEXT,__text,__TEXT,k${short}_t
                  -Wl,-rename_section,__DATA,__data,__DATA,k${short}_d
                  -Wl,-rename_section,__DATA,__bss,__DATA,k${short}_b)
        if(local)
            file(WRITE ${dir}/exported "")
            list(APPEND edges -Wl,-exported_symbols_list,${dir}/exported)
        else()
            list(APPEND edges -Wl,-unexported_symbol,_${entry})
        endif()
        set(${result} COMMAND ${link} ${edges} -o ${merged} ${objects} PARENT_SCOPE)
        return()
    endif()
    if(NOT CMAKE_OBJCOPY)
        message(FATAL_ERROR "kss_add_driver(${name}): objcopy was not found (Debian: binutils or llvm)")
    endif()
    # Not .data.rel.ro: the loader makes that read-only. Not the code that objects share (.text.__x86...).
    set(apart "")
    set(data ".data .data.rel .data.rel.local")
    set(bss ".bss")
    if(counted)
        set(apart "    .data.rel.ro 0 : { *(.data.rel.ro .data.rel.ro.*) }
    .data.counts 0 : { *(.data.__gcov* .data.rel.__gcov* .data.rel.local.__gcov* .data.__llvm_gcov*) }
    .bss.counts 0 : { *(.bss.__gcov* .bss.__llvm_gcov*) }
")
        set(data ".data .data.*")
        set(bss ".bss .bss.*")
    endif()
    file(CONFIGURE OUTPUT ${dir}/sections.ld CONTENT "SECTIONS
{
@apart@    kss_@id@_text 0 : { *(.text .text.hot .text.unlikely .text.startup .text.exit) *(.text.hot.* .text.unlikely.*) *(PAGE PAGE* INIT) }
    kss_@id@_data 0 : { *(@data@) }
    kss_@id@_bss 0 : { *(@bss@) }
}
" @ONLY)
    if(local)
        set(symbols --wildcard --keep-global-symbol=__x86.get_pc_thunk.*) # i386: shared by all objects
    else()
        set(symbols --localize-symbol=${entry})
    endif()
    set(commands COMMAND ${link} -Wl,-T,${dir}/sections.ld -o ${merged} ${objects})
    if(exact)
        list(APPEND commands COMMAND ${CMAKE_COMMAND} -DOBJECT=${merged} -DDIR=${dir}
            -DLIBRARY=$<TARGET_FILE:kss::kss> -DCC=${CMAKE_C_COMPILER} -DNM=${CMAKE_NM}
            -DNM_FLAGS=$<$<STREQUAL:$<TARGET_PROPERTY:kss::kss,TYPE>,SHARED_LIBRARY>:-D>
            -DOBJCOPY=${CMAKE_OBJCOPY} -P ${KSS_DRIVER_SCRIPTS}/kss_thunks.cmake)
        list(APPEND symbols --wildcard --localize-symbol=kss_ms_*)
    endif()
    list(APPEND commands COMMAND ${CMAKE_OBJCOPY} ${symbols} ${merged})
    set(${result} ${commands} PARENT_SCOPE)
endfunction()
