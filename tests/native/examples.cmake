# The example drivers of drivers/, each in a folder with its test: docs/native.md walks through them.
kss_known_flags(example_flags ${KSS_NT_FLAGS})

# kss_example_test(NAME DRIVERS...): drivers/NAME/test_NAME.c with its drivers.
function(kss_example_test name)
    add_executable(example_${name} drivers/${name}/test_${name}.c)
    kss_compile_options(example_${name})
    target_compile_options(example_${name} PRIVATE ${example_flags})
    target_include_directories(example_${name} SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
    target_link_libraries(example_${name} PRIVATE ${ARGN} kss ${CMOCKA_LIBRARY})
    add_test(NAME native.example.${name}
             COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:example_${name}>)
    set_tests_properties(native.example.${name} PROPERTIES LABELS native)
endfunction()

# crunch thrice: as it should be, as it should not be, and killable. LOCAL, since all name things alike.
set(crunch drivers/ioctl/crunch.c drivers/ioctl/thread.c)
kss_add_driver(crunch SOURCES ${crunch} LOCAL)
kss_add_driver(crunch_user SOURCES ${crunch} LOCAL DEFINITIONS CRUNCH_WAIT_MODE=UserMode)
kss_add_driver(crunch_pinned SOURCES ${crunch} LOCAL
    DEFINITIONS CRUNCH_WAIT_MODE=UserMode CRUNCH_PIN_STACK=1)
kss_example_test(ioctl crunch crunch_user crunch_pinned)
kss_add_driver(relay SOURCES drivers/filter/relay.c)
kss_example_test(filter relay)

kss_add_driver(grove SOURCES drivers/fsd/grove.c LOCAL)
kss_add_driver(grove_user SOURCES drivers/fsd/grove.c LOCAL DEFINITIONS GROVE_WAIT_MODE=UserMode)
kss_example_test(fsd grove grove_user)

kss_add_driver(pulse SOURCES drivers/timer/pulse.c)
kss_add_driver(pulse_paged SOURCES drivers/timer/mistakes.c)
kss_example_test(timer pulse pulse_paged)

# docs/native.md, done: an installed kss, the page's files, its commands.
if(CMOCKA_LIBRARY AND NOT KSS_SANITIZE AND NOT CMAKE_CROSSCOMPILING AND NOT CMAKE_C_FLAGS)
    add_test(NAME native.page COMMAND ${CMAKE_COMMAND} -E env CC=${CMAKE_C_COMPILER}
             sh ${PROJECT_SOURCE_DIR}/tests/consumer/page.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
    set_tests_properties(native.page PROPERTIES LABELS native)
endif()

# Under valgrind, as docs/native.md has it.
if(VALGRIND_COMMAND AND KSS_HAVE_VALGRIND_H AND NOT KSS_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
    foreach(name ioctl filter fsd timer)
        add_test(NAME native.valgrind.${name}
                 COMMAND ${VALGRIND_COMMAND} -q --error-exitcode=9
                         --vex-iropt-register-updates=allregs-at-mem-access $<TARGET_FILE:example_${name}>)
        set_tests_properties(native.valgrind.${name} PROPERTIES LABELS "native;long" TIMEOUT 300)
    endforeach()
endif()
