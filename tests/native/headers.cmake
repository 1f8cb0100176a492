# What drivers include: the headers of NT against the tables of sim/nt and against public layouts (the
# compiler checks), against driver code, against the host's headers, and the safe strings run.
kss_known_flags(nt_flags ${KSS_NT_FLAGS})
kss_known_flags(driver_flags ${KSS_DRIVER_FLAGS})

# musl's headers have a 32-bit wchar_t whatever -fshort-wchar says; WCHAR is 16 bits there, too.
include(CheckCSourceCompiles)
set(CMAKE_REQUIRED_FLAGS -fshort-wchar)
check_c_source_compiles("#include <stddef.h>
_Static_assert(sizeof(wchar_t) == 2, \"\"); int main(void) { return 0; }" KSS_HOST_WCHAR_FOLLOWS)
unset(CMAKE_REQUIRED_FLAGS)

add_library(nt_headers_agree OBJECT headers/table_types.c headers/table_routines.c headers/test_layout.c)
target_compile_options(nt_headers_agree PRIVATE -Wall -Wextra -Werror ${nt_flags})
if(NOT KSS_HOST_WCHAR_FOLLOWS)
    target_compile_definitions(nt_headers_agree PRIVATE KSS_HOST_WCHAR_IS_WIDE)
endif()
target_include_directories(nt_headers_agree PRIVATE ${KSS_NT_DIR} ${PROJECT_SOURCE_DIR}/sim)

foreach(optimization O0 O2)
    add_library(nt_headers_compile_${optimization} OBJECT headers/compile_wdm.c headers/compile_ifs.c)
    target_compile_options(nt_headers_compile_${optimization} PRIVATE -Wall -Wextra -Werror
        ${driver_flags} -${optimization})
    if(CMAKE_C_COMPILER_ID MATCHES Clang) # kss_seh.h warns of optimising clang: nothing runs here
        target_compile_options(nt_headers_compile_${optimization} PRIVATE "-Wno-#pragma-messages" "-Wno-#warnings")
    endif()
    target_include_directories(nt_headers_compile_${optimization} PRIVATE ${KSS_NT_DIR})
endforeach()

set(orders 0 1)
if(NOT KSS_HOST_WCHAR_FOLLOWS) # sources cannot have both wchar_t
    set(orders "")
endif()
foreach(last IN LISTS orders)
    add_library(nt_headers_mixed_${last} OBJECT headers/compile_mixed.c)
    target_compile_options(nt_headers_mixed_${last} PRIVATE -Wall -Wextra -Werror ${nt_flags})
    if(last)
        target_compile_definitions(nt_headers_mixed_${last} PRIVATE LIBC_LAST)
    endif()
    target_include_directories(nt_headers_mixed_${last} PRIVATE ${KSS_NT_DIR})
    target_include_directories(nt_headers_mixed_${last} SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
endforeach()

add_executable(test_strsafe headers/test_strsafe.c)
target_compile_options(test_strsafe PRIVATE -Wall -Wextra -Werror ${nt_flags})
target_include_directories(test_strsafe PRIVATE ${KSS_NT_DIR})
target_include_directories(test_strsafe SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
target_link_libraries(test_strsafe PRIVATE kss ${CMOCKA_LIBRARY})
add_test(NAME native.strsafe COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:test_strsafe>)
set_tests_properties(native.strsafe PROPERTIES LABELS native)

# A framework's header says so, in one line.
foreach(header wdf.h:KMDF ndis.h:NDIS fltKernel.h:FltMgr storport.h:Storport)
    string(REPLACE ":" ";" pair ${header})
    list(GET pair 0 file)
    list(GET pair 1 framework)
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/include_${framework}.c "#include <${file}>\n")
    add_test(NAME native.headers.${framework}
             COMMAND ${CMAKE_C_COMPILER} -fsyntax-only -I${KSS_NT_DIR}
                     ${CMAKE_CURRENT_BINARY_DIR}/include_${framework}.c)
    set_tests_properties(native.headers.${framework} PROPERTIES LABELS native
        PASS_REGULAR_EXPRESSION "kss models WDM drivers; .*${framework}.* is not modelled")
endforeach()
