# What every target of this project is compiled with.

# Says that [part] is left out and why; with KSS_REQUIRE_ALL that is an error.
function(kss_missing part reason)
    if(KSS_REQUIRE_ALL)
        message(FATAL_ERROR "${part}: ${reason}")
    endif()
    message(STATUS "Skipping ${part}: ${reason}")
endfunction()

set(KSS_WARNINGS -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes)
if(KSS_WERROR)
    list(APPEND KSS_WARNINGS -Werror)
endif()

function(kss_compile_options target)
    target_compile_options(${target} PRIVATE ${KSS_WARNINGS})
endfunction()

option(KSS_UCONTEXT "Switch stacks by ucontext instead of assembly (slow; for other processors)" OFF)
if(KSS_UCONTEXT)
    add_compile_definitions(KSS_UCONTEXT)
endif()

if(KSS_SANITIZE)
    add_compile_options(-fsanitize=${KSS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
    add_link_options(-fsanitize=${KSS_SANITIZE})
    add_compile_definitions(KSS_MOVE_ALWAYS) # the state block moves at every event
endif()
if(KSS_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "KSS_FUZZ needs clang (libFuzzer): configure with -DCMAKE_C_COMPILER=clang")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
                        -fno-omit-frame-pointer -O1)
    add_link_options(-fsanitize=address,undefined)
endif()
