# Worst-case depth from the compiler's own figures, against the paint of a real kernel stack (chain_driver.c).
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND CMAKE_SIZEOF_VOID_P EQUAL 8 AND NOT KSS_SANITIZE
   AND CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 AND NOT APPLE AND NOT CMAKE_CROSSCOMPILING)
    kss_add_driver(chain_driver SOURCES chain_driver.c EXACT_FRAMES OPTIONS -fcallgraph-info=su,da)
    add_executable(test_chain test_chain.c)
    kss_compile_options(test_chain)
    target_link_libraries(test_chain PRIVATE chain_driver kss)
endif()
