# The workshop of docs/workshop: its exercises fail as documented, its solutions pass, its pages are true.
set(workshop_dir ${PROJECT_SOURCE_DIR}/docs/workshop)

# workshop_test(NAME COMMAND...): run in the project's folder.
function(workshop_test name)
    add_test(NAME workshop.${name} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(workshop.${name} PROPERTIES LABELS golden
        ENVIRONMENT "KSS_EMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}")
endfunction()

# ---- Scenarios and pages -------------------------------------------------------------------------------

if(TARGET kss_command)
    set(golden ${PROJECT_SOURCE_DIR}/tests/golden)
    file(GLOB workshop_pages CONFIGURE_DEPENDS ${workshop_dir}/*.md ${workshop_dir}/*/*.md)
    set(pages "")
    foreach(page IN LISTS workshop_pages)
        file(STRINGS ${page} examples REGEX "^```console")
        if(examples)
            list(APPEND pages ${page})
        endif()
    endforeach()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${workshop_pages})
    set(transcripts "")
    foreach(name exercises mistakes answers)
        list(APPEND transcripts ${CMAKE_CURRENT_LIST_DIR}/${name}.t)
    endforeach()
    workshop_test(exercises sh ${golden}/run.sh check $<TARGET_FILE:kss_command> ${transcripts})
    workshop_test(examples sh ${golden}/examples.sh check $<TARGET_FILE:kss_command> ${pages})
    workshop_test(pages sh ${CMAKE_CURRENT_LIST_DIR}/check.sh $<TARGET_FILE:kss_command> docs/workshop)
    if(TARGET rebase)
        add_custom_command(TARGET rebase POST_BUILD
            COMMAND sh ${golden}/run.sh rebase $<TARGET_FILE:kss_command> ${transcripts}
            COMMAND sh ${golden}/examples.sh rebase $<TARGET_FILE:kss_command> ${pages}
            WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
            VERBATIM)
    endif()
endif()

# ---- Drivers -------------------------------------------------------------------------------------------
# workshop_driver(FOLDER NAME): driver.c and driver-solution.c of an exercise, each with its test_driver.c.
# Target workshop-NN is what a participant builds: it compiles driver.c and runs its test.

function(workshop_driver folder name)
    string(SUBSTRING ${folder} 0 2 number)
    set(dir ${workshop_dir}/${folder})
    foreach(kind exercise solution)
        set(driver ${name})
        set(source ${dir}/driver.c)
        if(kind STREQUAL solution)
            set(driver ${name}_solution)
            set(source ${dir}/driver-solution.c)
        endif()
        kss_add_driver(${driver} SOURCES ${source})
        set(test workshop_${number}_${kind})
        add_executable(${test} ${dir}/test_driver.c)
        kss_compile_options(${test})
        target_compile_options(${test} PRIVATE ${workshop_flags})
        target_compile_definitions(${test} PRIVATE DRIVER="${driver}")
        target_include_directories(${test} SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
        target_link_libraries(${test} PRIVATE ${driver} kss ${CMOCKA_LIBRARY})
    endforeach()
    workshop_test(driver.${number}.exercise sh ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/driver.sh ${number}
        ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:workshop_${number}_exercise>)
    workshop_test(driver.${number}.solution
        ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:workshop_${number}_solution>)
    set_tests_properties(workshop.driver.${number}.exercise workshop.driver.${number}.solution
        PROPERTIES LABELS native)
    add_custom_target(workshop-${number}
        COMMAND workshop_${number}_exercise
        COMMENT "Testing docs/workshop/${folder}/driver.c"
        USES_TERMINAL VERBATIM)
endfunction()

# Their figures are those of an x64 machine and of frames without a sanitizer's.
if(COMMAND kss_add_driver AND CMAKE_SIZEOF_VOID_P EQUAL 8 AND NOT KSS_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
    if(NOT CMOCKA_LIBRARY) # its part that these tests use is ours: tests/native/plain
        set(CMOCKA_INCLUDE_DIR ${PROJECT_SOURCE_DIR}/tests/native/plain)
        set(CMOCKA_LIBRARY "")
    endif()
    kss_known_flags(workshop_flags ${KSS_NT_FLAGS})
    workshop_driver(02-recursion-to-iteration quota)
    workshop_driver(03-large-locals-to-pool probe)
    workshop_driver(05-expansion policy)
    workshop_driver(06-stack-events-and-wait-mode card)
    workshop_driver(07-swap-disable flash)
    workshop_driver(08-dispatch-and-dma adc)
    workshop_driver(09-lifetime-and-timeouts sensor)
elseif(COMMAND kss_add_driver)
    message(STATUS "Skipping the workshop's drivers: they are for 64-bit builds for this machine, without sanitizers")
endif()
