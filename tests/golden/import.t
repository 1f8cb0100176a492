kss import windbg: what a debugger listing proves, and the scenario that replays it.

The overflow of a multipath driver under a QLogic adapter. The double fault's rows lie on a stack of
their own.

    $ kss import windbg --format text tests/listings/real-ql2300-mpio-x64.txt
    tests/listings/real-ql2300-mpio-x64.txt: overflow: SP is 0xF0 (240) bytes below the limit
      machine x64, Base 0xFFFFF8800B9C7000 (listed), limit 0xFFFFF8800B9C1000 (listed), SP 0xFFFFF8800B9C0F10
      used      0x60F0 (24,816) bytes
      listed    0x2280 (8,832) bytes
      unlisted  0x3E70 (15,984) bytes
      recursion period 0x4D0 (1,232) bytes, 11 frames, 5 complete turns
    evidence
      line 9     the bug check is 0x7F UNEXPECTED_KERNEL_MODE_TRAP
      line 9     P1 = 8: a double fault, which is what an overflow into the guard page comes to (and what bad memory or a lost SP can come to)
      line 9     P2 and P3 (0x80050033, 0x406F8) look like CR0 and CR4, as older x64 systems pass them; P3 is no stack pointer here
      line 18    the stack changes before row 03: what ends there is the double-fault stack; the pointer jumps by 0x984C660, more than the largest stack (0x12000); nt!KiDoubleFaultAbort names it; nothing is subtracted across it
      line 11    Base is 0xFFFFF8800B9C7000 (listed)
      line 12    the limit is 0xFFFFF8800B9C1000 (listed)
      line 89    from the last row's pointer to Base 0x3E70 (15,984) bytes are not listed, the last row's own among them
      line 18    Child-SP of the innermost row (ql2300) is 0xFFFFF8800B9C0F10
      line 32    from row 11 to row 47 the path repeats: 5 complete turns of 11 frames, 0x4D0 (1,232) bytes each
      line 18    SP is 0xF0 (240) bytes below the limit
    rows, innermost first
         Depth   Memory  Row Call Site
      -- double-fault stack
                      8  00  nt!KeBugCheckEx
                    140  01  nt!KiBugCheckDispatch+0x69
                      ?  02  nt!KiDoubleFaultAbort+0x28b
      -- thread stack, judged
          60F0      140  03  ql2300+0x69416
          5FB0       80  04  ql2300+0x6dc7a
          5F30       70  05  storport!RaidpAdapterContinueScatterGather+0xc3
          5EC0       70  06  hal!HalBuildScatterGatherList+0x203
          5E50       80  07  storport!RaUnitStartIo+0x28a
          5DD0       C0  08  storport!RaUnitScsiIrp+0x397
          5D10       40  09  storport!RaDriverScsiIrp+0x5d
          5CD0       C0  0a  rosempio!DsmWriteEvent+0x3e3f3
          5C10      280  0b  rosempio!DsmWriteEvent+0x3c4f4
          5990       60  0c  rosempio!DsmWriteEvent+0x19144
          5930       C0  0d  rosempio!DsmWriteEvent+0x187c9
          5870       60  0e  rosempio!DsmWriteEvent+0x19028
          5810       40  0f  rosempio!DsmWriteEvent+0x118ae
          57D0       90  10  rosempio!DsmWriteEvent+0x3175b
          5740       60  11  rosempio!DsmWriteEvent+0x220a8
          56E0       60  12  rosempio!DsmWriteEvent+0x21f75
          5680       50  13  rosempio!DsmWriteEvent+0x221d9
          5630       50  14  rosempio!DsmWriteEvent+0x20f93
          55E0       60  15  rosempio!DsmWriteEvent+0x20943
          5580       40  16  rosempio!DsmWriteEvent+0x118cb
          5540       A0  17  CLASSPNP!ServiceTransferRequest+0x355
          54A0       30  18  CLASSPNP!ClasspServiceIdleRequest+0x26
          5470       80  19  CLASSPNP! ?? ::FNODOBFM::string'+0x4bb3
          53F0       F0  1a  nt!IopfCompleteRequest+0x341
          5300       90  1b  rosempio!DsmWriteEvent+0x317f1
                         ..  4 more turns of these 11 rows
          3F30       60  48  rosempio!DsmWriteEvent+0x220a8
          3ED0       60  49  rosempio!DsmWriteEvent+0x21f75
          3E70        ?  4a  rosempio!DsmWriteEvent+0x221d9
          3E70     3E70  --  not listed, up to Base
    use per module, of what is listed
      rosempio         0x1320 (4,896) bytes
      CLASSPNP         0x690 (1,680) bytes
      nt               0x4B0 (1,200) bytes
      storport         0x1F0 (496) bytes
      ql2300           0x1C0 (448) bytes
      hal              0x70 (112) bytes
    why this may be wrong or inexact
      the last row (line 89, rosempio!DsmWriteEvent) is no thread start and no system service entry: outer rows are missing
      line 25: rosempio!DsmWriteEvent+0x3e3f3 is too far from its symbol to be in that function; 45 such rows: the symbol is the nearest one known (an export), the function has no name here
    what would have made it fit
      1 turn less of the recursion (0x4D0 (1,232) bytes each) would have fitted; a bound on its depth, or the next turn on a work item, keeps it so
      0xF0 (240) bytes less in rosempio, which takes most, 0x1320 (4,896) bytes of what is listed, would have fitted
      KeExpandKernelStackAndCallout around the inner part gives it up to 0x11800 (71,680) bytes; a recursion without a bound uses that up as well

The same as a scenario, replayed.

    $ kss import windbg tests/listings/real-ql2300-mpio-x64.txt | kss run -
    PASS  stdin
          tests/listings/real-ql2300-mpio-x64.txt: overflow: SP is 0xF0 (240) bytes below the limit
          error[KSS1001] line 114, expected: the kernel stack overflows: `ql2300+0x69416` needs 320 bytes and 80 are left
          warning[KSS1004] line 100, expected: the path that overflows repeats: 5 turns of 11 frames, 1,232 bytes each
          STOP 0x0000007F, expected: bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, 0, _, _) in "ql2300+0x69416" at 0.000 s
          x64: thread Listed needed 0x60F0 of 0x6000 bytes

Page faults inside the dispatch of page faults: x86, so a distance belongs to the row further out. Without
Base and limit nobody can tell.

    $ kss import windbg -f text tests/listings/real-nested-trap-x86.txt
    tests/listings/real-nested-trap-x86.txt: cannot tell: neither Base nor the limit is known
      machine x86, SP 0xF793E0EC
      listed    0x780 (1,920) bytes
      recursion period 0x640 (1,600) bytes, 8 frames, 1 complete turn
    evidence
      line 7     ChildEBP of the innermost row (nt!KiDispatchException) is 0xF793E0EC
      line 8     from row 01 to row 08 the path goes round once and begins again in the same functions with the same sizes: a period of 8 frames, 0x640 (1,600) bytes
      line 7     2 exceptions were being dispatched on this stack, each inside the one before: row 08 to row 00
    rows, innermost first
         Depth   Memory  Row Call Site
                      ?  00  nt!KiDispatchException+0x25
                     7C  01  nt!KiDispatchExceptionFromTrapFrame+0xa7
                     28  02  nt!KiDispatchException2Args+0x24
                     9C  03  nt!KiTrap0EHandler+0x5b6
                      0  04  nt!KiTrap0E+0x8f
                     78  05  0xcccccccc
                     24  06  nt!RtlpExecuteHandler2+0x26
                     DC  07  nt!RtlpExecuteHandlerForUnwind+0x29
                    388  08  nt!KiDispatchException+0x1ad
                     7C  09  nt!KiDispatchExceptionFromTrapFrame+0xa7
                     28  0a  nt!KiDispatchException2Args+0x24
                     9C  0b  nt!KiTrap0EHandler
    use per module, of what is listed
      nt               0x708 (1,800) bytes
      (no symbol)      0x78 (120) bytes
    why nobody can tell
      the last row (line 19, nt!KiTrap0EHandler) is no thread start and no system service entry: outer rows are missing, and without Base nobody knows how many bytes
      ChildEBP is EBP, not ESP: the innermost function's own bytes lie below it and are not in the figures
      what is listed, 0x780 (1,920) bytes, would fit a stack: !thread prints Base and Limit; give them with --base and --limit
      line 11, row 04: the return address is a fill pattern, no code: rows further out may be wrong
      line 13, row 05: no symbol for this address: no module, or one the debugger does not know
      7 rows, the first in line 13 (row 05): the debugger warns before this row: it had no unwind data and guessed
    [3]
    $ kss import windbg tests/listings/real-nested-trap-x86.txt
    // tests/listings/real-nested-trap-x86.txt: cannot tell: neither Base nor the limit is known
    //
    // line 7: ChildEBP of the innermost row (nt!KiDispatchException) is 0xF793E0EC
    // line 8: from row 01 to row 08 the path goes round once and begins again in the same functions
    // with the same sizes: a period of 8 frames, 0x640 (1,600) bytes
    // line 7: 2 exceptions were being dispatched on this stack, each inside the one before: row 08 to
    // row 00
    //
    // Why nobody can tell:
    //   the last row (line 19, nt!KiTrap0EHandler) is no thread start and no system service entry:
    //   outer rows are missing, and without Base nobody knows how many bytes
    //   ChildEBP is EBP, not ESP: the innermost function's own bytes lie below it and are not in the
    //   figures
    //   what is listed, 0x780 (1,920) bytes, would fit a stack: !thread prints Base and Limit; give
    //   them with --base and --limit
    //   line 11, row 04: the return address is a fill pattern, no code: rows further out may be wrong
    //   line 13, row 05: no symbol for this address: no module, or one the debugger does not know
    //   7 rows, the first in line 13 (row 05): the debugger warns before this row: it had no unwind
    //   data and guessed
    //
    // A frame is the distance to the row above (ChildEBP belongs to the caller).
    // Base and limit are unknown: the rows hang below a save area of the usual size, and the stack's
    // size is assumed.
    machine x86 {
        stack = 0x3000;
        reserve = 0x210;
        trap_frame = 0;
    }

    thread Listed {
        call "nt!KiTrap0EHandler" frame(0x9C)
        call "nt!KiDispatchException2Args+0x24" frame(0x28)
        call "nt!KiDispatchExceptionFromTrapFrame+0xa7" frame(0x7C)
        call "nt!KiDispatchException+0x1ad" frame(0x388)
        call "nt!RtlpExecuteHandlerForUnwind+0x29" frame(0xDC)
        call "nt!RtlpExecuteHandler2+0x26" frame(0x24)
        call "0xcccccccc" frame(0x78)
        // row 04, nt!KiTrap0E+0x8f: no bytes of its own
        call "nt!KiTrap0EHandler+0x5b6" frame(0x9C)
        call "nt!KiDispatchException2Args+0x24" frame(0x28)
        call "nt!KiDispatchExceptionFromTrapFrame+0xa7" frame(0x7C);
        // row 00, nt!KiDispatchException+0x25: its bytes are not listed
    }

    expect clean;
    [3]
    $ kss import windbg tests/listings/real-nested-trap-x86.txt | kss run -
    PASS  stdin
          tests/listings/real-nested-trap-x86.txt: cannot tell: neither Base nor the limit is known
          x86: thread Listed used 0x990 of 0x3000 bytes

With bounds it can be told (these are made up).

    $ kss import windbg -f text --base f793f000 --limit 0xf793c000 tests/listings/real-nested-trap-x86.txt
    tests/listings/real-nested-trap-x86.txt: not an overflow: 0x20EC (8,428) bytes are left
      machine x86, Base 0xF793F000 (given), limit 0xF793C000 (given), SP 0xF793E0EC
      used      0xF14 (3,860) bytes
      listed    0x780 (1,920) bytes
      unlisted  0x794 (1,940) bytes
      recursion period 0x640 (1,600) bytes, 8 frames, 1 complete turn
    evidence
                 Base is 0xF793F000 (given)
                 the limit is 0xF793C000 (given)
      line 19    from the last row's pointer to Base 0x794 (1,940) bytes are not listed
      line 7     ChildEBP of the innermost row (nt!KiDispatchException) is 0xF793E0EC
      line 8     from row 01 to row 08 the path goes round once and begins again in the same functions with the same sizes: a period of 8 frames, 0x640 (1,600) bytes
      line 7     from SP down to the limit 0x20EC (8,428) bytes are left
      line 7     2 exceptions were being dispatched on this stack, each inside the one before: row 08 to row 00
    rows, innermost first
         Depth   Memory  Row Call Site
           F14        ?  00  nt!KiDispatchException+0x25
           E98       7C  01  nt!KiDispatchExceptionFromTrapFrame+0xa7
           E70       28  02  nt!KiDispatchException2Args+0x24
           DD4       9C  03  nt!KiTrap0EHandler+0x5b6
           DD4        0  04  nt!KiTrap0E+0x8f
           D5C       78  05  0xcccccccc
           D38       24  06  nt!RtlpExecuteHandler2+0x26
           C5C       DC  07  nt!RtlpExecuteHandlerForUnwind+0x29
           8D4      388  08  nt!KiDispatchException+0x1ad
           858       7C  09  nt!KiDispatchExceptionFromTrapFrame+0xa7
           830       28  0a  nt!KiDispatchException2Args+0x24
           794       9C  0b  nt!KiTrap0EHandler
           794      794  --  not listed, up to Base
    use per module, of what is listed
      nt               0x708 (1,800) bytes
      (no symbol)      0x78 (120) bytes
    why this may be wrong or inexact
      the last row (line 19, nt!KiTrap0EHandler) is no thread start and no system service entry: outer rows are missing
      ChildEBP is EBP, not ESP: the innermost function's own bytes lie below it and are not in the figures
      line 11, row 04: the return address is a fill pattern, no code: rows further out may be wrong
      line 13, row 05: no symbol for this address: no module, or one the debugger does not know
      7 rows, the first in line 13 (row 05): the debugger warns before this row: it had no unwind data and guessed

A stack pointer that was on no stack at all is another class.

    $ kss import windbg --format jsonl tests/listings/real-invalid-stack-1aa-x64.txt
    {"type":"listing","name":"tests/listings/real-invalid-stack-1aa-x64.txt","lines":15,"stacks":1,"stack":1,"line":14,"last_line":15,"command":"k","arch":"x64","machine":"x64-xsave","os":null,"build":null,"bugcheck":{"code":"0x1AA","name":"EXCEPTION_ON_INVALID_STACK","line":5,"parameters":["0x18940FFBE8","0x3","0xFFFFE301C8DB2900","0xFFFFDC0E9EE665D8"]},"segments":[{"what":"thread","first":0,"end":2,"why":null,"judged":true}]}
    {"type":"row","row":0,"line":14,"segment":0,"sp":"0xFFFFDC0E9EE66810","return":"0x0","bytes":64,"symbol":"dxgmms2!VidSchiSignalRegisteredSyncObjects","offset":63,"module":"dxgmms2","marks":[]}
    {"type":"row","row":1,"line":15,"segment":0,"sp":"0xFFFFDC0E9EE66850","return":"0xFFFFF8002B7F8801","bytes":null,"symbol":"dxgmms2!VidSchiMarkDeviceAsError","offset":77,"module":"dxgmms2","marks":[]}
    {"type":"evidence","line":5,"text":"the bug check is 0x1AA EXCEPTION_ON_INVALID_STACK"}
    {"type":"evidence","line":6,"text":"P1 (0x18940FFBE8) is the stack pointer found invalid: an address of user space"}
    {"type":"evidence","line":7,"text":"P2 (3): it should have lain on a normal kernel thread stack"}
    {"type":"evidence","line":10,"text":"Base is 0xFFFFDC0E9EE68000 (listed)"}
    {"type":"evidence","line":11,"text":"the limit is 0xFFFFDC0E9EE61000 (listed)"}
    {"type":"evidence","line":15,"text":"from the last row's pointer to Base 0x17B0 (6,064) bytes are not listed, the last row's own among them"}
    {"type":"evidence","line":14,"text":"Child-SP of the innermost row (dxgmms2!VidSchiSignalRegisteredSyncObjects) is 0xFFFFDC0E9EE66810"}
    {"type":"evidence","line":14,"text":"from SP down to the limit 0x5810 (22,544) bytes are left"}
    {"type":"evidence","line":6,"text":"P1 lies outside this stack, and not in its guard page"}
    {"type":"verdict","verdict":"not-overflow","used":6128,"span":64,"base":"0xFFFFDC0E9EE68000","limit":"0xFFFFDC0E9EE61000","sp":"0xFFFFDC0E9EE66810","recursion":null,"modules":[{"name":"dxgmms2","bytes":64}],"unlisted":6064,"reasons":["the last row (line 15, dxgmms2!VidSchiMarkDeviceAsError) is no thread start and no system service entry: outer rows are missing"],"headline":"not an overflow: the stack pointer 0x18940FFBE8 is invalid, it should lie on a normal kernel thread stack","base_source":"listed","limit_source":"listed","fits":[]}
    $ kss import windbg tests/listings/real-invalid-stack-1aa-x64.txt | kss run -
    PASS  stdin
          tests/listings/real-invalid-stack-1aa-x64.txt: not an overflow: the stack pointer 0x18940FFBE8 is invalid, it should lie on a normal kernel thread stack
          x64-xsave: thread Listed used 0x17F0 of 0x7000 bytes

From standard input, and what is wrong with the command.

    $ printf 'kd> kc\n # Call Site\n00 nt!KeBugCheckEx\n01 mydrv!Read\n' | kss import windbg -f text -
    stdin: cannot tell: the listing has no stack-pointer column
    evidence
      line 3     the 2 rows from here on have no Child-SP or ChildEBP
    why nobody can tell
      names say in which order functions were called, not how many bytes they took: list the stack again with `k`, `kv` or `kf`
    [3]
    $ printf 'It just crashed.\n' | kss import windbg -
    kss: stdin: no stack in this text; what is recognised: the output of k, kb, kv, kn, kf, kp, !thread, !stacks, and STACK_TEXT of !analyze -v
    [2]
    $ kss import
    kss: import what? `kss import windbg FILE`, `kss import ci FILE`, `kss import pe FILE`
    [2]
    $ kss import windgb tests/listings/real-ql2300-mpio-x64.txt
    kss: unknown kind of import `windgb`; did you mean `windbg`?
    [2]
    $ kss import windbg
    kss: import windbg reads one FILE, or - for standard input
    [2]
    $ kss import windbg no-such-file.txt
    kss: no-such-file.txt: no such file or directory
    [2]
    $ kss import windbg --pick 3 tests/listings/real-ql2300-mpio-x64.txt
    kss: --pick=3: tests/listings/real-ql2300-mpio-x64.txt has 1 stack
    [2]
    $ kss import windbg --base hello tests/listings/real-ql2300-mpio-x64.txt
    kss: --base=hello: an address is up to 16 hexadecimal digits and not 0, like fffff880`0b9c7000
    [2]
    $ kss import windbg --base f7a3f000 --limit f7a42000 tests/listings/real-nested-trap-x86.txt
    kss: --limit is the lower end of the stack and --base the upper one
    [2]
    $ kss import windbg --machine x86 tests/listings/real-ql2300-mpio-x64.txt
    kss: --machine=x86: tests/listings/real-ql2300-mpio-x64.txt is a listing of x64
    [2]
    $ kss import windbg --machine x68 tests/listings/real-ql2300-mpio-x64.txt
    kss: unknown machine `x68`; did you mean `x86`?
    [2]

Options of the other kinds are refused.

    $ kss import pe --limit 12K mydrv.sys
    kss: --limit is not for import pe
    [2]
    $ kss import windbg --annotate mydrv.txt crash.txt
    kss: --annotate is not for import windbg
    [2]
