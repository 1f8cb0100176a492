# Correct drivers: idioms/*.c, one routine for each idiom, run and found clean.
kss_known_flags(idiom_flags ${KSS_NT_FLAGS})
kss_add_driver(idioms SOURCES idioms/waits.c idioms/levels.c idioms/requests.c
    idioms/objects.c)
add_executable(test_idioms idioms/test_idioms.c)
kss_compile_options(test_idioms)
target_compile_options(test_idioms PRIVATE ${idiom_flags})
target_include_directories(test_idioms SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
target_link_libraries(test_idioms PRIVATE idioms kss ${CMOCKA_LIBRARY})
add_test(NAME native.idioms COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:test_idioms>)
set_tests_properties(native.idioms PROPERTIES LABELS native)
