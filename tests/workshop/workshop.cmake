# The workshop of docs/workshop: its exercises fail as documented, its solutions pass, its pages are true.
set(workshop_dir ${PROJECT_SOURCE_DIR}/docs/workshop)

# ---- Drivers -------------------------------------------------------------------------------------------
# workshop_driver(NUMBER FOLDER): FOLDER/driver.c and driver-solution.c, each with FOLDER/test_driver.c.
# Target workshop-NUMBER is what a participant builds: it compiles driver.c and runs its test.
function(workshop_driver number folder)
    set(dir ${workshop_dir}/${folder})
    foreach(kind exercise solution)
        set(source driver.c)
        set(driver driver${number})
        if(kind STREQUAL solution)
            set(source driver-solution.c)
            set(driver driver${number}_solution)
        endif()
        kss_add_driver(${driver} SOURCES ${dir}/${source})
        set(test workshop_${number}_${kind})
        add_executable(${test} ${dir}/test_driver.c)
        kss_compile_options(${test})
        target_compile_options(${test} PRIVATE ${workshop_flags})
        target_compile_definitions(${test} PRIVATE DRIVER="${driver}")
        target_include_directories(${test} SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
        target_link_libraries(${test} PRIVATE ${driver} kss ${CMOCKA_LIBRARY})
    endforeach()
    add_custom_target(workshop-${number}
        COMMAND workshop_${number}_exercise
        COMMENT "Testing docs/workshop/${folder}/driver.c"
        USES_TERMINAL VERBATIM)
endfunction()
if(CMOCKA_LIBRARY)
kss_known_flags(workshop_flags ${KSS_NT_FLAGS})
workshop_driver(02 02-recursion-to-iteration)
workshop_driver(03 03-large-locals-to-pool)
workshop_driver(06 06-stack-events-and-wait-mode)
workshop_driver(07 07-swap-disable)
workshop_driver(09 09-lifetime-and-timeouts)
endif()
