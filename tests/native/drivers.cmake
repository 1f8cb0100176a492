# How drivers are built and found: kss_add_driver, the module registry, symbols, SEH. Also without CMocka.
kss_add_driver(image-first SOURCES image_driver.c DEFINITIONS NAME=image_first ALLOC_PRAGMA=1)
kss_add_driver(image_second SOURCES image_driver.c DEFINITIONS NAME=image_second)
kss_add_driver(seh_driver SOURCES seh_driver.c)

kss_bottom_test(image test_image.c kss)
target_link_libraries(test_native_image PRIVATE image-first image_second)
kss_bottom_test(seh test_seh.c kss)
target_link_libraries(test_native_seh PRIVATE seh_driver)

# LOCAL: two drivers that name all things alike.
kss_add_driver(local_one SOURCES local_driver.c LOCAL DEFINITIONS VALUE=1)
kss_add_driver(local_two SOURCES local_driver.c LOCAL DEFINITIONS VALUE=2)
kss_bottom_test(local test_local.c kss)
target_link_libraries(test_native_local PRIVATE local_one local_two)

# What the scan refuses does not build, and the place is said.
add_test(NAME native.refused COMMAND ${CMAKE_COMMAND} -E env ${CMAKE_CROSSCOMPILING_EMULATOR}
         $<TARGET_FILE:kss_command> scan ${PROJECT_SOURCE_DIR}/tests/golden/scan/refused.c)
set_tests_properties(native.refused PROPERTIES LABELS native
    PASS_REGULAR_EXPRESSION "refused.c:8:17")

# Exact frames, where they can be made.
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND CMAKE_SIZEOF_VOID_P EQUAL 8 AND NOT KSS_SANITIZE
   AND CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 AND NOT APPLE)
    kss_add_driver(exact_driver SOURCES exact_driver.c EXACT_FRAMES)
    kss_bottom_test(exact test_exact.c kss)
    target_link_libraries(test_native_exact PRIVATE exact_driver)
    kss_add_driver(exact_seh SOURCES seh_driver.c EXACT_FRAMES)
endif()
