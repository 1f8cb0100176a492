# cmake --install: the command, the library, headers, a CMake package, a pkg-config file, man pages and
# shell completions.
install(TARGETS kss EXPORT kssTargets)
if(TARGET kss_command)
    install(TARGETS kss_command EXPORT kssTargets)
endif()
foreach(folder kss nt)
    if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/include/${folder})
        install(DIRECTORY include/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
                FILES_MATCHING PATTERN "*.h")
    endif()
endforeach()

# What a static libkss needs besides, for kssConfig.cmake and kss.pc.
set(KSS_NEEDS_ZYDIS OFF)
set(KSS_PC_LIBS "")
if(KSS_HAS_ZYDIS AND NOT BUILD_SHARED_LIBS)
    set(KSS_NEEDS_ZYDIS ON)
    set(KSS_PC_LIBS " -lZydis -lZycore")
endif()
set(KSS_NEEDS_JANSSON OFF)
if(KSS_HAS_JANSSON AND NOT BUILD_SHARED_LIBS)
    set(KSS_NEEDS_JANSSON ON)
    string(APPEND KSS_PC_LIBS " -ljansson")
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kss)
configure_package_config_file(cmake/kssConfig.cmake.in generated/kssConfig.cmake
    INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(generated/kssConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT kssTargets NAMESPACE kss:: DESTINATION ${package_dir})
install(FILES cmake/kss_add_driver.cmake cmake/kss_thunks.cmake sim/native/driver_glue.c
        DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/generated/kssConfig.cmake
              ${PROJECT_BINARY_DIR}/generated/kssConfigVersion.cmake DESTINATION ${package_dir})

# Relative to the .pc file, so that the installed tree can be moved.
file(RELATIVE_PATH pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
configure_file(cmake/kss.pc.in generated/kss.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/generated/kss.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

file(GLOB man_pages CONFIGURE_DEPENDS docs/man/*.1)
if(man_pages)
    install(FILES ${man_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
foreach(completion "kss.bash|bash-completion/completions|kss" "_kss|zsh/site-functions|_kss"
                   "kss.fish|fish/vendor_completions.d|kss.fish")
    string(REPLACE "|" ";" completion "${completion}")
    list(GET completion 0 file)
    list(GET completion 1 folder)
    list(GET completion 2 name)
    if(EXISTS ${PROJECT_SOURCE_DIR}/docs/completions/${file})
        install(FILES docs/completions/${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder} RENAME ${name})
    endif()
endforeach()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
