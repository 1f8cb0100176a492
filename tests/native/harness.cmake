# Tests of drivers under the harness: test_NAME.c with the driver DRIVER_driver.c.
function(kss_harness_test name driver)
    kss_add_driver(${driver} SOURCES ${driver}_driver.c)
    add_executable(test_${name} test_${name}.c)
    kss_compile_options(test_${name})
    target_include_directories(test_${name} SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
    target_link_libraries(test_${name} PRIVATE ${driver} kss ${CMOCKA_LIBRARY})
    add_test(NAME native.${name} COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:test_${name}>)
    set_tests_properties(native.${name} PROPERTIES LABELS native)
endfunction()

foreach(name swap irp overflow headroom)
    kss_harness_test(${name} ${name})
endforeach()
if(CMAKE_CROSSCOMPILING_EMULATOR MATCHES qemu)
    target_compile_definitions(test_overflow PRIVATE KSS_EMULATED)
endif()
kss_harness_test(faults fault)
kss_harness_test(exceptions exception)
kss_harness_test(sys sys)

# Every prototype of include/nt is a routine, or is said not to be served.
add_test(NAME native.surface COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/surface.sh ${PROJECT_SOURCE_DIR})
set_tests_properties(native.surface PROPERTIES LABELS native)
