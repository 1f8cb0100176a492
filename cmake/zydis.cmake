# Zydis decodes x86 instructions (sim/frames/code_x86.c): calls in objects and images. Optional; without it x86
# code is not searched for calls. ZYDIS_INCLUDE_DIR, ZYDIS_LIBRARY and ZYCORE_LIBRARY say where it lies when it is
# not where libraries are. What is found must link: a cross compiler finds the machine's own library, too.
option(KSS_ZYDIS "Read calls in x86 code with Zydis" ON)
set(KSS_HAS_ZYDIS OFF)
if(KSS_ZYDIS AND NOT KSS_WASI)
    find_path(ZYDIS_INCLUDE_DIR Zydis/Zydis.h)
    find_library(ZYDIS_LIBRARY Zydis)
    find_library(ZYCORE_LIBRARY Zycore)
    mark_as_advanced(ZYDIS_INCLUDE_DIR ZYDIS_LIBRARY ZYCORE_LIBRARY)
    if(ZYDIS_INCLUDE_DIR AND ZYDIS_LIBRARY AND ZYCORE_LIBRARY)
        include(CheckCSourceCompiles)
        set(CMAKE_REQUIRED_INCLUDES ${ZYDIS_INCLUDE_DIR})
        set(CMAKE_REQUIRED_LIBRARIES ${ZYDIS_LIBRARY} ${ZYCORE_LIBRARY})
        check_c_source_compiles("
            #include <Zydis/Zydis.h>
            _Static_assert(ZYDIS_VERSION_MAJOR(ZYDIS_VERSION) >= 4, \"too old\");
            int main(void) {
                ZydisDecoder decoder;
                return (int)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
            }" KSS_ZYDIS_LINKS)
        unset(CMAKE_REQUIRED_INCLUDES)
        unset(CMAKE_REQUIRED_LIBRARIES)
        set(KSS_HAS_ZYDIS ${KSS_ZYDIS_LINKS})
    endif()
    if(NOT KSS_HAS_ZYDIS)
        kss_missing("calls in x86 code" "Zydis 4 was not found (Debian: libzydis-dev, Homebrew: zydis)")
    endif()
endif()

# Adds it to the library. A static libkss leaves it to whoever links that: kssConfig.cmake makes kss::zydis.
function(kss_link_zydis target)
    if(NOT KSS_HAS_ZYDIS)
        return()
    endif()
    set_source_files_properties(${PROJECT_SOURCE_DIR}/sim/frames/code_x86.c PROPERTIES
        COMPILE_DEFINITIONS KSS_ZYDIS INCLUDE_DIRECTORIES ${ZYDIS_INCLUDE_DIR})
    target_link_libraries(${target} PRIVATE
        $<BUILD_INTERFACE:${ZYDIS_LIBRARY}> $<BUILD_INTERFACE:${ZYCORE_LIBRARY}>)
    if(NOT BUILD_SHARED_LIBS)
        target_link_libraries(${target} PRIVATE $<INSTALL_INTERFACE:kss::zydis>)
    endif()
endfunction()
