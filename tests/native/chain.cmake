# Worst-case depth from the compiler's own figures, against the paint of a real kernel stack (chain_driver.c).
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND CMAKE_SIZEOF_VOID_P EQUAL 8 AND NOT KSS_SANITIZE
   AND CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 AND NOT APPLE AND NOT CMAKE_CROSSCOMPILING
   AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 10)
    kss_add_driver(chain_driver SOURCES chain_driver.c EXACT_FRAMES OPTIONS -fcallgraph-info=su,da)
    # A compiler cache keeps the object and not the .ci beside it.
    set_target_properties(chain_driver_objects PROPERTIES C_COMPILER_LAUNCHER "")
    add_executable(test_chain test_chain.c)
    kss_compile_options(test_chain)
    target_link_libraries(test_chain PRIVATE chain_driver kss)
    add_test(NAME native.chain
             COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/chain.sh $<TARGET_FILE:kss_command> $<TARGET_FILE:test_chain>
                     "$<TARGET_OBJECTS:chain_driver_objects>" ${PROJECT_SOURCE_DIR}/tests/frames/chain.txt)
    set_tests_properties(native.chain PROPERTIES LABELS native)
endif()
