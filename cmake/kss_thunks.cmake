# Run by kss_add_driver for EXACT_FRAMES, after the driver's objects have become one: the driver calls
# everything by the Microsoft convention, and everything else expects the host's. Each routine NAME that
# the object imports becomes kss_ms_NAME: libkss defines some of those, the rest get a thunk here.
#
#   cmake -DOBJECT=mydrv.o -DLIBRARY=libkss.a -DDIR=... -DCC=... -DNM=... -DOBJCOPY=... -P kss_thunks.cmake
#
# A thunk hands on twelve arguments of 64 bits, keeps what a Microsoft caller expects kept (rsi, rdi, xmm6
# to xmm15), and has a frame of its own: 248 bytes below the driver's frame while the routine runs.

cmake_policy(VERSION 3.25)

function(run result)
    execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE text ERROR_VARIABLE text_of_error RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${ARGN}: ${text_of_error}")
    endif()
    string(REPLACE ";" "" text "${text}")
    string(REPLACE "\n" ";" text "${text}")
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

set(host "^(_GLOBAL_OFFSET_TABLE_|kss_module_register|kss_ms_.*|__start_.*|__stop_.*)$")
# Variables of NT, as the WDK declares them; the name alone tells them from routines.
set(variables "^(Mm(HighestUserAddress|SystemRangeStart|UserProbeAddress|BadPointer)|.*ObjectType|Ps.*Type|\
SeTokenObjectType|PsInitialSystemProcess|Kd(DebuggerEnabled|DebuggerNotPresent|ComPortInUse)|KeNumberProcessors|\
NtBuildNumber|NtGlobalFlag|InitSafeBootMode|SeExports|FsRtlLegalAnsiCharacterArray|Nls.*Tag|HalDispatchTable|\
GUID_.*|IID_.*|.*_GUID)$")

run(defined ${NM} ${NM_FLAGS} ${LIBRARY})
set(ready "")
foreach(line IN LISTS defined)
    if(line MATCHES " [TtWV] (kss_ms_[A-Za-z0-9_]+)")
        list(APPEND ready ${CMAKE_MATCH_1})
    endif()
endforeach()

run(imports ${NM} -u ${OBJECT})
set(renames "")
set(thunks "")
foreach(line IN LISTS imports)
    string(REGEX REPLACE "^.* ([^ ]+)$" "\\1" symbol "${line}")
    if(symbol STREQUAL "" OR symbol MATCHES "${host}" OR symbol MATCHES "${variables}")
        continue()
    endif()
    string(APPEND renames "${symbol} kss_ms_${symbol}\n")
    if(NOT kss_ms_${symbol} IN_LIST ready)
        string(APPEND thunks "thunk ${symbol}\n")
    endif()
endforeach()

set(keep "")
set(restore "")
foreach(i RANGE 6 15)
    math(EXPR at "(${i} - 6) * 16")
    string(APPEND keep "    movups %xmm${i}, ${at}(%rsp)\n")
    math(EXPR at "${at} - 176") # from rbp: rdi and rsi lie between
    string(APPEND restore "    movups ${at}(%rbp), %xmm${i}\n")
endforeach()
file(WRITE ${DIR}/thunks.s ".macro thunk name
    .globl kss_ms_\\name
    .type kss_ms_\\name, @function
kss_ms_\\name:
    .cfi_startproc
    push %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_offset %rbp, -16
    mov %rsp, %rbp
    .cfi_def_cfa_register %rbp
    push %rdi
    push %rsi
    sub $160, %rsp
${keep}    push 0x68(%rbp)
    push 0x60(%rbp)
    push 0x58(%rbp)
    push 0x50(%rbp)
    push 0x48(%rbp)
    push 0x40(%rbp)
    mov %rcx, %rdi
    mov %rdx, %rsi
    mov %r8, %rdx
    mov %r9, %rcx
    mov 0x30(%rbp), %r8
    mov 0x38(%rbp), %r9
    xor %eax, %eax
    call \\name@PLT
${restore}    lea -16(%rbp), %rsp
    pop %rsi
    pop %rdi
    pop %rbp
    ret
    .cfi_endproc
    .size kss_ms_\\name, .-kss_ms_\\name
.endm
.text
${thunks}.section .note.GNU-stack,\"\",@progbits
")
file(WRITE ${DIR}/renames "${renames}")
run(ignored ${OBJCOPY} --redefine-syms=${DIR}/renames ${OBJECT})
run(ignored ${CC} -c ${DIR}/thunks.s -o ${DIR}/thunks.o)
file(RENAME ${OBJECT} ${OBJECT}.imports)
run(ignored ${CC} -r -nostdlib -o ${OBJECT} ${OBJECT}.imports ${DIR}/thunks.o)
file(REMOVE ${OBJECT}.imports)
