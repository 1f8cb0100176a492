# The driver bodies of tests/bodies, run: each checks itself with ASSERT and ends with an expectation.
if(TARGET kss_command)
    add_test(NAME bodies COMMAND kss_command run tests/bodies WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(bodies PROPERTIES LABELS golden)
endif()

# What the kernel must do, one behaviour a file, with the documented answer as its expectation.
if(TARGET kss_command)
    add_test(NAME model COMMAND kss_command run tests/model WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(model PROPERTIES LABELS golden)
endif()

# Driver Verifier, one sub-code of 0xC4 a file, named for it.
if(TARGET kss_command)
    add_test(NAME verifier COMMAND kss_command run tests/verifier WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(verifier PROPERTIES LABELS golden)
endif()

# One rule off after the other: exactly its own scenarios fail.
if(TARGET kss_command)
    add_test(NAME rules.each COMMAND sh ${PROJECT_SOURCE_DIR}/tests/rules/each_rule.sh
             $<TARGET_FILE:kss_command> scenarios WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(rules.each PROPERTIES LABELS "golden;long"
        ENVIRONMENT "KSS_EMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}")
endif()
# Every routine is called by a test.
add_test(NAME coverage.routines
         COMMAND sh tests/coverage.sh
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(coverage.routines PROPERTIES LABELS golden)

# Correct programs with one word changed: one finding each, and the right one.
if(TARGET kss_command)
    add_test(NAME rules.mutation
             COMMAND sh ${PROJECT_SOURCE_DIR}/tests/mutation/run.sh $<TARGET_FILE:kss_command>
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(rules.mutation PROPERTIES LABELS "golden;long"
        ENVIRONMENT "KSS_EMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}")
endif()

# Debugger listings with the verdict they must get.
if(CMOCKA_INCLUDE_DIR AND CMOCKA_LIBRARY)
    add_executable(test_listings listings/run.c)
    kss_compile_options(test_listings)
    target_include_directories(test_listings PRIVATE ${PROJECT_SOURCE_DIR}/sim)
    target_include_directories(test_listings SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
    target_link_libraries(test_listings PRIVATE kss ${CMOCKA_LIBRARY})
    add_test(NAME listings COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:test_listings>
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(listings PROPERTIES LABELS unit)
endif()

# The workshop: exercises, solutions, pages.
include(workshop/workshop.cmake)
