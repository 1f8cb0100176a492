# The driver bodies of tests/bodies, run: each checks itself with ASSERT and ends with an expectation.
if(TARGET kss_command)
    add_test(NAME bodies COMMAND kss_command run tests/bodies WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(bodies PROPERTIES LABELS golden)
endif()
