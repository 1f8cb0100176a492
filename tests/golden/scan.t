What `kss scan` says about driver sources. tests/golden/scan/refused.c has every refusal, fine.c none.

    $ kss scan tests/golden/scan/refused.c
    error: `break` out of a __try block cannot be compiled on this host
     --> tests/golden/scan/refused.c:8:17
      |
    5 |     while (Count-- > 0) {
      |     ----- (2) what it is meant to leave
    6 |         __try {
      |         ----- (1) this block
    7 |             if (IsListEmpty(Head))
    8 |                 break;
      |                 ^^^^^ would leave the __try statement only
      = help: use `goto` to a label behind, or set a variable and test it there
    error: `continue` out of a __try block cannot be compiled on this host
      --> tests/golden/scan/refused.c:10:21
       |
     5 |     while (Count-- > 0) {
       |     ----- (2) what it is meant to go on with
     6 |         __try {
       |         ----- (1) this block
    ...
    10 |             case 3: continue;
       |                     ^^^^^^^^ would leave the __try statement only
       = help: use `goto` to a label at the end of the loop's body
    error: `continue` out of a __except block cannot be compiled on this host
      --> tests/golden/scan/refused.c:14:13
       |
     5 |     while (Count-- > 0) {
       |     ----- (2) what it is meant to go on with
    ...
    13 |         } __except (EXCEPTION_EXECUTE_HANDLER) {
       |           -------- (1) this block
    14 |             continue;
       |             ^^^^^^^^ would leave the __except statement only
       = help: use `goto` to a label behind, or set a variable and test it there
    error: `break` out of a __finally block cannot be compiled on this host
      --> tests/golden/scan/refused.c:22:17
       |
    17 |     do
       |     -- (2) what it is meant to leave
    ...
    20 |         } __finally {
       |           --------- (1) this block
    21 |             if (AbnormalTermination())
    22 |                 break;
       |                 ^^^^^ would leave the __finally statement only
       = help: use `goto` to a label behind, or set a variable and test it there
    error: `break` out of a __try block cannot be compiled on this host
      --> tests/golden/scan/refused.c:28:13
       |
    25 |     switch (Count) {
       |     ------ (2) what it is meant to leave
    26 |     case 1:
    27 |         __try {
       |         ----- (1) this block
    28 |             break;
       |             ^^^^^ would leave the __try statement only
       = help: use `goto` to a label behind, or set a variable and test it there
    error: `break` out of a __try block cannot be compiled on this host
      --> tests/golden/scan/refused.c:40:22
       |
    39 |     for (;;)
       |     --- (2) what it is meant to leave
    40 |         __try { a++; break; } __finally { a--; }
       |         -----        ^^^^^ would leave the __try statement only
       |         |
       |         (1) this block
       = help: use `goto` to a label behind, or set a variable and test it there
    [2]
    $ kss scan tests/golden/scan/fine.c
    tests/golden/scan/fine.c:4:26: DriverEntry is in section INIT
    tests/golden/scan/fine.c:5:26: ReadDispatch is in section PAGE: pageable
    tests/golden/scan/fine.c:6:20: Close is in section PAGE: pageable
    tests/golden/scan/fine.c:6:43: Cleanup is in section PAGE: pageable
    tests/golden/scan/fine.c:7:31: Late is in section PAGEkss: pageable
    $ kss scan -o - tests/golden/scan/fine.c
    // Routines that #pragma alloc_text makes pageable; written by kss scan.
    "ReadDispatch",
    "Close",
    "Cleanup",
    "Late",
    $ kss scan tests/golden/scan/long.c
    warning: `long` has 32 bits on Windows, but 64 on a 64-bit host
     --> tests/golden/scan/long.c:1:10
      |
    1 | unsigned long one;
      |          ^^^^ 32 bits in the driver, 64 in its test
      = help: use LONG or ULONG, which have 32 bits everywhere
    warning: `long` has 32 bits on Windows, but 64 on a 64-bit host
     --> tests/golden/scan/long.c:2:7
      |
    2 | const long int two = 2;
      |       ^^^^ 32 bits in the driver, 64 in its test
      = help: use LONG or ULONG, which have 32 bits everywhere
    warning: `long` has 32 bits on Windows, but 64 on a 64-bit host
     --> tests/golden/scan/long.c:6:11
      |
    6 | ULONG Sum(long a, LONG b) { return (ULONG)(unsigned long)(a + b); }
      |           ^^^^ 32 bits in the driver, 64 in its test
      = help: use LONG or ULONG, which have 32 bits everywhere
    warning: `long` has 32 bits on Windows, but 64 on a 64-bit host
     --> tests/golden/scan/long.c:6:53
      |
    6 | ULONG Sum(long a, LONG b) { return (ULONG)(unsigned long)(a + b); }
      |                                                     ^^^^ 32 bits in the driver, 64 in its test
      = help: use LONG or ULONG, which have 32 bits everywhere
    $ kss scan tests/golden/scan/framework.c
    error: kss models WDM; KMDF is not modelled
     --> tests/golden/scan/framework.c:2:10
      |
    2 | #include <wdf.h>
      |          ^^^^^^^
      = note: a driver's framework objects and its dispatching are inside Wdf01000.sys
      = help: put what is to be tested into a file of its own that includes ntddk.h
    error: kss models WDM; the filter manager is not modelled
     --> tests/golden/scan/framework.c:3:10
      |
    3 | #include "ddk\FltKernel.h"
      |          ^^^^^^^^^^^^^^^^^
      = note: minifilters are called by fltmgr.sys
      = help: put what is to be tested into a file of its own that includes ntddk.h
    [2]
    $ kss scan tests/golden/scan/deep.c
    error: statements are nested more than 500 deep
     --> tests/golden/scan/deep.c:1:516
      |
    1 | ...{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{...
      |                                            ^
    [2]
    $ kss scan
    kss: scan needs a FILE
    [2]
    $ kss scan tests/golden/scan
    kss: tests/golden/scan: is a directory; scan takes C files
    [2]
    $ kss scan tests/golden/scan/fien.c
    kss: tests/golden/scan/fien.c: no such file; did you mean `tests/golden/scan/fine.c`?
    [2]
