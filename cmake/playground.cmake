# The target `playground`: docs/playground as one page, playground/playground.html of the build folder. It builds
# libkss a second time, for WebAssembly, and takes the editor from npm; nothing of it is needed by anything else.
find_program(KSS_NODE node)
find_program(KSS_NPM npm)
find_program(KSS_WASM_CLANG clang)
find_program(KSS_WASM_LD NAMES wasm-ld wasm-ld-14)
find_file(KSS_WASI_LIBC wasm32-wasi/stdlib.h PATHS /usr/include NO_CMAKE_FIND_ROOT_PATH)
mark_as_advanced(KSS_NODE KSS_NPM KSS_WASM_CLANG KSS_WASM_LD KSS_WASI_LIBC)

set(missing "")
foreach(needed "KSS_NODE|nodejs" "KSS_NPM|npm" "KSS_WASM_CLANG|clang" "KSS_WASM_LD|lld"
               "KSS_WASI_LIBC|wasi-libc libclang-rt-14-dev-wasm32")
    string(REPLACE "|" ";" needed "${needed}")
    list(GET needed 0 tool)
    list(GET needed 1 package)
    if(NOT ${tool})
        string(APPEND missing " ${package}")
    endif()
endforeach()
if(missing)
    add_custom_target(playground
        COMMAND ${CMAKE_COMMAND} -E echo "The playground needs the Debian packages${missing}; configure again then."
        COMMAND ${CMAKE_COMMAND} -E false
        VERBATIM)
    return()
endif()

set(folder ${PROJECT_SOURCE_DIR}/docs/playground)
set(made ${PROJECT_BINARY_DIR}/playground)
file(MAKE_DIRECTORY ${made}/packages)

# The module. Its own build knows what is up to date.
add_custom_target(playground_module
    COMMAND ${CMAKE_COMMAND} -G ${CMAKE_GENERATOR} -S ${PROJECT_SOURCE_DIR} -B ${made}/module
            --toolchain ${PROJECT_SOURCE_DIR}/cmake/toolchains/wasi.cmake
            -DCMAKE_BUILD_TYPE=MinSizeRel "-DCMAKE_C_FLAGS_MINSIZEREL=-Oz -DNDEBUG" -DKSS_WERROR=${KSS_WERROR}
            "-DCMAKE_C_COMPILER_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER}"
    COMMAND ${CMAKE_COMMAND} --build ${made}/module --target playground_module
    BYPRODUCTS ${made}/module/playground.wasm
    COMMENT "Building libkss for WebAssembly"
    VERBATIM)

# The editor and the bundler, as pinned.
add_custom_command(
    OUTPUT ${made}/packages/installed
    COMMAND ${CMAKE_COMMAND} -E copy ${folder}/package.json ${folder}/package-lock.json ${made}/packages
    COMMAND ${KSS_NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${made}/packages/installed
    DEPENDS ${folder}/package.json ${folder}/package-lock.json
    WORKING_DIRECTORY ${made}/packages
    COMMENT "Installing the playground's packages"
    VERBATIM)

file(GLOB page_sources CONFIGURE_DEPENDS ${folder}/build.mjs ${folder}/page/* sim/report/page/*
     scenarios/lessons/*.kss scenarios/incidents/*.kss)
add_custom_command(
    OUTPUT ${made}/playground.html
    COMMAND ${KSS_NODE} ${folder}/build.mjs --packages ${made}/packages --module ${made}/module/playground.wasm
            --out ${made}/playground.html
    DEPENDS ${page_sources} ${made}/packages/installed ${made}/module/playground.wasm playground_module
    COMMENT "Making the playground"
    VERBATIM)
add_custom_target(playground DEPENDS ${made}/playground.html)
