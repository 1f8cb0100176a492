# Jansson reads JSON (sim/report/parsed.c): `kss report` draws from saved events. Optional; without it nothing is read
# back. JANSSON_INCLUDE_DIR and JANSSON_LIBRARY say where it lies when it is not where libraries are. What is found
# must link: a cross compiler finds the machine's own library, too.
option(KSS_JANSSON "Read saved events with Jansson" ON)
set(KSS_HAS_JANSSON OFF)
if(KSS_JANSSON AND NOT KSS_WASI)
    find_path(JANSSON_INCLUDE_DIR jansson.h)
    find_library(JANSSON_LIBRARY jansson)
    mark_as_advanced(JANSSON_INCLUDE_DIR JANSSON_LIBRARY)
    if(JANSSON_INCLUDE_DIR AND JANSSON_LIBRARY)
        include(CheckCSourceCompiles)
        set(CMAKE_REQUIRED_INCLUDES ${JANSSON_INCLUDE_DIR})
        set(CMAKE_REQUIRED_LIBRARIES ${JANSSON_LIBRARY})
        check_c_source_compiles("
            #include <jansson.h>
            _Static_assert(JANSSON_VERSION_HEX >= 0x020b00, \"too old\");
            int main(void) {
                json_error_t error;
                json_t *value = json_loadb(\"{}\", 2, JSON_ALLOW_NUL, &error);
                json_decref(value);
                return (int)json_error_code(&error);
            }" KSS_JANSSON_LINKS)
        unset(CMAKE_REQUIRED_INCLUDES)
        unset(CMAKE_REQUIRED_LIBRARIES)
        set(KSS_HAS_JANSSON ${KSS_JANSSON_LINKS})
    endif()
    if(NOT KSS_HAS_JANSSON)
        kss_missing("kss report" "Jansson was not found (Debian: libjansson-dev, Homebrew: jansson)")
    endif()
endif()

# Adds it to the library. A static libkss leaves it to whoever links that: kssConfig.cmake makes kss::jansson.
function(kss_link_jansson target)
    if(NOT KSS_HAS_JANSSON)
        return()
    endif()
    set_source_files_properties(${PROJECT_SOURCE_DIR}/sim/report/parsed.c PROPERTIES
        COMPILE_DEFINITIONS KSS_JANSSON INCLUDE_DIRECTORIES ${JANSSON_INCLUDE_DIR})
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:${JANSSON_LIBRARY}>)
    if(NOT BUILD_SHARED_LIBS)
        target_link_libraries(${target} PRIVATE $<INSTALL_INTERFACE:kss::jansson>)
    endif()
endfunction()
