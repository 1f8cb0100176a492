# Zydis decodes x86 instructions for sim/frames/code_x86.c: calls in objects and images. Optional; without it
# x86 code is not searched for calls. Where its own CMake package does not fit (another architecture unpacked
# into a folder), ZYDIS_INCLUDE_DIR, ZYDIS_LIBRARY and ZYCORE_LIBRARY say what to use.
option(KSS_ZYDIS "Read calls in x86 code with Zydis" ON)
if(KSS_ZYDIS AND NOT KSS_WASI)
    find_path(ZYDIS_INCLUDE_DIR Zydis/Zydis.h)
    find_library(ZYDIS_LIBRARY Zydis)
    find_library(ZYCORE_LIBRARY Zycore)
    mark_as_advanced(ZYDIS_INCLUDE_DIR ZYDIS_LIBRARY ZYCORE_LIBRARY)
    if(ZYDIS_INCLUDE_DIR AND ZYDIS_LIBRARY)
        set(KSS_HAS_ZYDIS ON)
    else()
        kss_missing("calls in x86 code" "Zydis was not found (Debian: libzydis-dev, Homebrew: zydis)")
    endif()
endif()
