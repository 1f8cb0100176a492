kss stack: worst-case depth. A compiler's graph alone leaves calls through pointers, recursion and
external functions open.

    $ kss stack --machine x64 tests/frames/stack/read.ci
    Close (thread): at least 0xD0 of 0x5B00 bytes; cannot tell: recursion
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
          0xD0     0x78  exact     .ci           Open  read.c:60:10
          0x58     0x58  exact     .ci           Close  read.c:70:10
      left: 0x5A30; 0x58A0 under an interrupt; 0x47F0 while an exception is dispatched

    DispatchRead (thread): at least 0x228 of 0x5B00 bytes; cannot tell: unresolved-call, external-function
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
         0x228     0x60  exact     .ci           CopyTail  read.c:12:13
         0x1C8    0x1C8  exact     .ci           DispatchRead  read.c:40:10
      left: 0x58D8; 0x5748 under an interrupt; 0x4698 while an exception is dispatched

    Format (thread): at least 0x40 of 0x5B00 bytes; cannot tell: at-least
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
          0x40     0x40  at least  .ci           Format  read.c:90:6
      left: 0x5AC0; 0x5930 under an interrupt; 0x4880 while an exception is dispatched

    TimerDpc (thread): at least 0x88 of 0x5B00 bytes; cannot tell: external-function
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
          0x88     0x88  exact     .ci           TimerDpc  read.c:80:6
      left: 0x5A78; 0x58E8 under an interrupt; 0x4838 while an exception is dispatched

    Walk (thread): at least 0x170 of 0x5B00 bytes; cannot tell: recursion, external-function
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
         0x170     0x60  exact     .ci           CopyTail  read.c:12:13
         0x110    0x110  exact     .ci           Walk  read.c:20:10
      left: 0x5990; 0x5800 under an interrupt; 0x4750 while an exception is dispatched

    recursion of 2 functions, without a bound
      Close calls Open  read.c:74:9
      Open calls Close  read.c:63:9

    recursion of 1 function, without a bound
      Walk calls Walk  read.c:24:9

    why this may be wrong:
      unresolved-call   DispatchRead: a call through a pointer, and nobody says to what, at read.c:44:14
      recursion         Close: a cycle of 2 functions without a bound, at read.c:70:10
      recursion         Walk: calls itself without a bound, at read.c:20:10
      external-function memcpy: defined in none of the files; called at read.c:15:5
      external-function nt!KeSetEvent: no public figure of what it takes; called at read.c:84:5
      at-least          Format: takes at least 0x40: dynamic: alloca or an array of variable length comes on top (read.c:92:10), at read.c:90:6
      listed            nt!IofCallDriver: 0x40 as a listing has it: github DebugPrivilege/InsightEngineering, DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1): Fast Mutex operating at High IRQL (Windows 11 22621): e77dea50 - e77dea10; docker/for-win issue 4848 (Windows 10) has the same
      drivers-below     nt!IofCallDriver: what the drivers below take is not in the path; called at read.c:49:12
      scope             nobody named roots: what nobody calls counts as a thread's
      scope             what lies above a thread's root is not counted: the system service, drivers above
    verdict: cannot tell
    [3]

Annotations close what they can; the reasons stay.

    $ kss stack --machine x64 --annotate tests/frames/stack/read.txt tests/frames/stack/read.ci
    DispatchRead (thread): 0xAC0 of 0x5B00 bytes; fits, without the drivers below
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
         0xAC0     0x18  given     annotation    memcpy  <built-in>
         0xAA8     0x60  exact     .ci           CopyTail  read.c:12:13
         0xA48    0x110  exact     .ci           Walk  read.c:20:10
         0x938    0x110  exact     .ci           Walk  read.c:20:10
           ...      ...                          6 more turns of this frame, 0x110 each
         0x1C8    0x1C8  exact     .ci           DispatchRead  read.c:40:10
      left: 0x5040; 0x4EB0 under an interrupt; 0x3E00 while an exception is dispatched

    Open (thread): 0x1A0 of 0x5B00 bytes; fits
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
         0x1A0     0x58  exact     .ci           Close  read.c:70:10
         0x148     0x78  exact     .ci           Open  read.c:60:10
          0xD0     0x58  exact     .ci           Close  read.c:70:10
          0x78     0x78  exact     .ci           Open  read.c:60:10
      left: 0x5960; 0x57D0 under an interrupt; 0x4720 while an exception is dispatched

    TimerDpc (dpc): 0x148 of 0x6000 bytes; fits
      limit: x64: DPC stack 0x6000
         Depth   Memory  Kind      Origin        Call Site
         0x148     0xC0  given     annotation    nt!KeSetEvent  wdm.h:100:1
          0x88     0x88  exact     .ci           TimerDpc  read.c:80:6
      left: 0x5EB8; 0x5D28 under an interrupt; 0x4C78 while an exception is dispatched

    require path(DispatchRead) <= 0xC00: 0xAC0, met

    recursion of 2 functions, bounded by annotation
      Close calls Open  read.c:74:9
      Open calls Close  read.c:63:9

    recursion of 1 function, bounded by annotation
      Walk calls Walk  read.c:24:9

    why this may be wrong:
      listed            nt!IofCallDriver: 0x40 as a listing has it: github DebugPrivilege/InsightEngineering, DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1): Fast Mutex operating at High IRQL (Windows 11 22621): e77dea50 - e77dea10; docker/for-win issue 4848 (Windows 10) has the same
      drivers-below     nt!IofCallDriver: what the drivers below take is not in the path; called at read.c:49:12
      annotation        Open: at most 2 activations by annotation
      annotation        Walk: at most 8 activations by annotation
      annotation        DispatchRead: what it calls is by annotation
      annotation        memcpy: 0x18 by annotation: measured with kf
      annotation        nt!KeSetEvent: 0xC0 by annotation: measured with kf
      scope             what lies above a thread's root is not counted: the system service, drivers above
    verdict: fits
    $ kss stack --limit 1K --roots DispatchRead -a tests/frames/stack/read.txt tests/frames/stack/read.ci
    DispatchRead (thread): at least 0xAC0 of 0x400 bytes; over by 0x6C0
      limit: given
         Depth   Memory  Kind      Origin        Call Site
         0xAC0     0x18  given     annotation    memcpy  <built-in>
         0xAA8     0x60  exact     .ci           CopyTail  read.c:12:13
         0xA48    0x110  exact     .ci           Walk  read.c:20:10
         0x938    0x110  exact     .ci           Walk  read.c:20:10
           ...      ...                          6 more turns of this frame, 0x110 each
         0x1C8    0x1C8  exact     .ci           DispatchRead  read.c:40:10

    require path(DispatchRead) <= 0xC00: at least 0xAC0, cannot tell: external-function

    recursion of 1 function, bounded by annotation
      Walk calls Walk  read.c:24:9

    why this may be wrong:
      external-function nt!IofCallDriver: no public figure of what it takes; called at read.c:49:12
      drivers-below     nt!IofCallDriver: what the drivers below take is not in the path; called at read.c:49:12
      annotation        Walk: at most 8 activations by annotation
      annotation        DispatchRead: what it calls is by annotation
      annotation        memcpy: 0x18 by annotation: measured with kf
    verdict: over
    [1]
    $ kss stack --limit 64 --roots DispatchRead tests/frames/stack/read.ci
    DispatchRead (thread): at least 0x228 of 0x40 bytes; over by 0x1E8
      limit: given
         Depth   Memory  Kind      Origin        Call Site
         0x228     0x60  exact     .ci           CopyTail  read.c:12:13
         0x1C8    0x1C8  exact     .ci           DispatchRead  read.c:40:10

    why this may be wrong:
      unresolved-call   DispatchRead: a call through a pointer, and nobody says to what, at read.c:44:14
      external-function memcpy: defined in none of the files; called at read.c:15:5
      external-function nt!IofCallDriver: no public figure of what it takes; called at read.c:49:12
      drivers-below     nt!IofCallDriver: what the drivers below take is not in the path; called at read.c:49:12
    verdict: over
    [1]

An allowance is for all that is defined elsewhere and has no figure.

    $ kss stack -m x64 --roots TimerDpc -a tests/frames/stack/allowance.txt tests/frames/stack/read.ci
    warning: no function without a figure that is defined elsewhere matches `nt!*`
     --> tests/frames/stack/allowance.txt:3:7
      |
    3 | frame nt!* = 2K "never needed"
      |       ^^^^
    TimerDpc (dpc): 0x388 of 0x6000 bytes; fits
      limit: x64: DPC stack 0x6000
         Depth   Memory  Kind      Origin        Call Site
         0x388    0x300  given     annotation    nt!KeSetEvent  wdm.h:100:1
          0x88     0x88  exact     .ci           TimerDpc  read.c:80:6
      left: 0x5C78; 0x5AE8 under an interrupt; 0x4A38 while an exception is dispatched

    why this may be wrong:
      annotation        nt!KeS*: 0x300 allowed for each of 1 function: allowance
    verdict: fits

Mistakes in annotations have a place each; what matches nothing is a warning.

    $ kss stack -m x64 -a tests/frames/stack/mistakes.txt tests/frames/stack/read.ci
    error: expected `thread`, `dpc` or `isr`
     --> tests/frames/stack/mistakes.txt:1:6
      |
    1 | root thred DispatchRead
      |      ^^^^^
      = help: did you mean `thread`?
    error: expected `<=`
     --> tests/frames/stack/mistakes.txt:2:12
      |
    2 | depth Walk < 8
      |            ^
    error: expected `,` or `}`
     --> tests/frames/stack/mistakes.txt:4:5
      |
    4 |     Walk }
      |     ^^^^
    error: expected a number: 320, 0x140, 12K, below 4 GiB
     --> tests/frames/stack/mistakes.txt:5:16
      |
    5 | frame memcpy = lots
      |                ^^^^
    error: this is less than nothing
     --> tests/frames/stack/mistakes.txt:6:31
      |
    6 | require path(DispatchRead) <= 1K - 2K
      |                               ^^
    [2]
    $ kss stack -m x64 -a tests/frames/stack/astray.txt --roots TimerDpc tests/frames/stack/read.ci
    warning: no function is called `DispatchRaed`
     --> tests/frames/stack/astray.txt:1:13
      |
    1 | root thread DispatchRaed
      |             ^^^^^^^^^^^^
      = help: did you mean `DispatchRead`?
    warning: `DispatchRead` has no call through a pointer there
     --> tests/frames/stack/astray.txt:2:25
      |
    2 | calls DispatchRead from read.c:45 = {Walk}
      |                         ^^^^^^^^^
      = note: it has one at read.c:44:14
    warning: `CopyTail` is on no cycle: its bound is not needed
     --> tests/frames/stack/astray.txt:3:7
      |
    3 | depth CopyTail <= 3
      |       ^^^^^^^^
    TimerDpc (thread): at least 0x88 of 0x5B00 bytes; cannot tell: external-function
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
          0x88     0x88  exact     .ci           TimerDpc  read.c:80:6
      left: 0x5A78; 0x58E8 under an interrupt; 0x4838 while an exception is dispatched

    why this may be wrong:
      external-function nt!KeSetEvent: no public figure of what it takes; called at read.c:84:5
      scope             what lies above a thread's root is not counted: the system service, drivers above
    verdict: cannot tell
    [3]

Frames without calls: the largest is all that can be said.

    $ kss stack -m x86 tests/frames/irp.su
    Read_Dispatch (thread): at least 0x1C8 of 0x2D64 bytes; cannot tell: unknown-calls
      limit: x86: stack 0x3000 - save area 0x210 - trap frame 0x8C
         Depth   Memory  Kind      Origin        Call Site
         0x1C8    0x1C8  exact     .su (gcc)     Read_Dispatch  irp.c:88:9
      left: 0x2B9C; 0x2B10 under an interrupt; 0x23D8 while an exception is dispatched

    why this may be wrong:
      unknown-calls     Read_Dispatch: what it calls is not known: no file with its calls was given, at irp.c:88:9
      scope             what lies above a thread's root is not counted: the system service, drivers above
      scope             no calls are known: none of the files has any (.ci files and images have them)
    verdict: cannot tell
    [3]

A device stack: the layers' frames add up in one stack.

    $ kss stack -m x64 --device 'filter.sys / fs.sys / disk.sys' -a tests/frames/stack/layers.txt tests/frames/stack/filter.ci tests/frames/stack/fs.ci tests/frames/stack/disk.ci
    device stack: filter.sys / fs.sys / disk.sys

    filter!FltRead (thread): 0x7F0 of 0x5B00 bytes; fits
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
         0x7F0     0xD0  exact     .ci           disk!DiskStart  disk.c:5:6
         0x720    0x110  exact     .ci           disk!DiskRead  disk.c:20:10
         0x610     0x40  listed    nt cost       nt!IofCallDriver  wdm.h:90:1
         0x5D0    0x130  exact     .ci           fs!FsLookup  fs.c:8:10
         0x4A0    0x2C0  exact     .ci           fs!FsRead  fs.c:30:10
         0x1E0     0x40  listed    nt cost       nt!IofCallDriver  wdm.h:90:1
         0x1A0    0x1A0  exact     .ci           filter!FltRead  filter.c:10:10
      left: 0x5310; 0x5180 under an interrupt; 0x40D0 while an exception is dispatched

    why this may be wrong:
      listed            nt!IofCallDriver: 0x40 as a listing has it: github DebugPrivilege/InsightEngineering, DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1): Fast Mutex operating at High IRQL (Windows 11 22621): e77dea50 - e77dea10; docker/for-win issue 4848 (Windows 10) has the same
      scope             what lies above a thread's root is not counted: the system service, drivers above
      scope             completion routines are not in the device stack's path: they run on the stack of whoever completes
    verdict: fits
    $ kss stack -m x64 --device 'fs / disk' tests/frames/stack/fs.ci tests/frames/stack/disk.ci
    device stack: fs / disk

    fs!FsFlush (thread): 0x290 of 0x5B00 bytes; fits
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
         0x290     0xD0  exact     .ci           disk!DiskStart  disk.c:5:6
         0x1C0    0x110  exact     .ci           disk!DiskRead  disk.c:20:10
          0xB0     0x40  listed    nt cost       nt!IofCallDriver  wdm.h:90:1
          0x70     0x70  exact     .ci           fs!FsFlush  fs.c:50:10
      left: 0x5870; 0x56E0 under an interrupt; 0x4630 while an exception is dispatched

    fs!FsRead (thread): 0x610 of 0x5B00 bytes; fits
      limit: x64: stack 0x6000 - save area 0x370 - trap frame 0x190
         Depth   Memory  Kind      Origin        Call Site
         0x610     0xD0  exact     .ci           disk!DiskStart  disk.c:5:6
         0x540    0x110  exact     .ci           disk!DiskRead  disk.c:20:10
         0x430     0x40  listed    nt cost       nt!IofCallDriver  wdm.h:90:1
         0x3F0    0x130  exact     .ci           fs!FsLookup  fs.c:8:10
         0x2C0    0x2C0  exact     .ci           fs!FsRead  fs.c:30:10
      left: 0x54F0; 0x5360 under an interrupt; 0x42B0 while an exception is dispatched

    why this may be wrong:
      listed            nt!IofCallDriver: 0x40 as a listing has it: github DebugPrivilege/InsightEngineering, DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1): Fast Mutex operating at High IRQL (Windows 11 22621): e77dea50 - e77dea10; docker/for-win issue 4848 (Windows 10) has the same
      scope             nobody named roots: what nobody calls counts as a thread's
      scope             what lies above a thread's root is not counted: the system service, drivers above
      scope             completion routines are not in the device stack's path: they run on the stack of whoever completes
      scope             a layer without thread roots: what its own module does not call counts as a dispatch routine
    verdict: fits

An ISR of x86 runs on what the others leave; ARM64 has no public figures.

    $ kss stack -m x86 -a tests/frames/stack/irq.txt tests/frames/stack/irq.ci
    Dpc (dpc): 0xD0 of 0x3000 bytes; fits
      limit: x86: DPC stack 0x3000
         Depth   Memory  Kind      Origin        Call Site
          0xD0     0xD0  exact     .ci           Dpc  irq.c:9:6
      left: 0x2F30; 0x2EA4 under an interrupt; 0x276C while an exception is dispatched

    Ioctl (thread): 0x2A00 of 0x2D64 bytes; fits
      limit: x86: stack 0x3000 - save area 0x210 - trap frame 0x8C
         Depth   Memory  Kind      Origin        Call Site
        0x2A00   0x2A00  exact     .ci           Ioctl  irq.c:20:10
      left: 0x364; 0x2D8 under an interrupt; short by 0x460 while an exception is dispatched
      warning: no room for exception dispatch

    Isr (isr): 0x90 of 0x2D8 bytes; fits
      limit: what Ioctl leaves, 0x364 - interrupt frame 0x8C
         Depth   Memory  Kind      Origin        Call Site
          0x90     0x90  exact     .ci           Isr  irq.c:3:9
      left: 0x248; short by 0x57C while an exception is dispatched
      warning: no room for exception dispatch

    why this may be wrong:
      scope             what lies above a thread's root is not counted: the system service, drivers above
    verdict: fits
    $ kss stack -m arm64 --roots Dpc tests/frames/stack/irq.ci
    Dpc (thread): 0xD0 bytes; cannot tell
      limit: no public figure says how large a stack of arm64 is: --limit
         Depth   Memory  Kind      Origin        Call Site
          0xD0     0xD0  exact     .ci           Dpc  irq.c:9:6

    why this may be wrong:
      scope             what lies above a thread's root is not counted: the system service, drivers above
    verdict: cannot tell
    [3]

A scenario: every branch, and callouts on their own.

    $ kss stack scenarios/lessons/27-a-device-stack-in-one-stack.kss
    App (thread): 0x560 of 0x2D64 bytes; fits
      limit: x86: stack 0x3000 - save area 0x210 - trap frame 0x8C
         Depth   Memory  Kind      Origin        Call Site
         0x560    0x190  exact     given         disk!Read  scenarios/lessons/27-a-device-stack-in-one-stack.kss:35:10
         0x3D0    0x2B0  exact     given         crypt!Read  scenarios/lessons/27-a-device-stack-in-one-stack.kss:26:10
         0x120    0x120  exact     given         quota!Read  scenarios/lessons/27-a-device-stack-in-one-stack.kss:19:10
      left: 0x2804; 0x2778 under an interrupt; 0x2040 while an exception is dispatched

    why this may be wrong:
      scope             nt's own frames are not counted, as in a run: nt_costs = on counts them
    verdict: fits
    $ kss stack scenarios/lessons/09-expand-the-stack.kss
    Deep (thread): at least 0x500 of 0x2D64 bytes; cannot tell: recursion
      limit: x86: stack 0x3000 - save area 0x210 - trap frame 0x8C
         Depth   Memory  Kind      Origin        Call Site
         0x500    0x100  exact     given         fs!Open  scenarios/lessons/09-expand-the-stack.kss:14:10
         0x400    0x400  exact     given         fs!Layer  scenarios/lessons/09-expand-the-stack.kss:23:9
      left: 0x2864; 0x27D8 under an interrupt; 0x20A0 while an exception is dispatched

    Shallow (thread): at least 0x500 of 0x2D64 bytes; cannot tell: recursion
      limit: x86: stack 0x3000 - save area 0x210 - trap frame 0x8C
         Depth   Memory  Kind      Origin        Call Site
         0x500    0x100  exact     given         fs!Open  scenarios/lessons/09-expand-the-stack.kss:14:10
         0x400    0x400  exact     given         fs!Layer  scenarios/lessons/09-expand-the-stack.kss:23:9
      left: 0x2864; 0x27D8 under an interrupt; 0x20A0 while an exception is dispatched

    fs!Parse (callout): 0x1800 of 0x2000 bytes; fits
      limit: the bytes its caller asks for
         Depth   Memory  Kind      Origin        Call Site
        0x1800   0x1800  exact     given         fs!Parse  scenarios/lessons/09-expand-the-stack.kss:8:9
      left: 0x800

    recursion of 1 function, without a bound
      fs!Layer calls fs!Layer  scenarios/lessons/09-expand-the-stack.kss:25:9

    why this may be wrong:
      recursion         fs!Layer: calls itself without a bound, at scenarios/lessons/09-expand-the-stack.kss:23:9
      scope             nt's own frames are not counted, as in a run: nt_costs = on counts them
    verdict: cannot tell
    [3]

For programs.

    $ kss stack -m x64 -f jsonl -a tests/frames/stack/read.txt tests/frames/stack/read.ci
    {"type":"root","symbol":"DispatchRead","kind":"thread","system":false,"assumed":false,"depth":2752,"bound":"estimate","limit":23296,"limit_from":"x64: stack 0x6000 - save area 0x370 - trap frame 0x190","interrupt_reserve":400,"exception_reserve":4672,"verdict":"fits","lacks":["listed","drivers-below","annotation"]}
    {"type":"frame","symbol":"DispatchRead","bytes":456,"kind":"exact","origin":".ci","place":"read.c:40:10","called_at":null,"depth":456,"gone":false}
    {"type":"frame","symbol":"Walk","bytes":272,"kind":"exact","origin":".ci","place":"read.c:20:10","called_at":"read.c:44:14","depth":2360,"gone":false,"turns":7,"turn_frames":1,"turn_bytes":272}
    {"type":"frame","symbol":"Walk","bytes":272,"kind":"exact","origin":".ci","place":"read.c:20:10","called_at":"read.c:24:9","depth":2632,"gone":false}
    {"type":"frame","symbol":"CopyTail","bytes":96,"kind":"exact","origin":".ci","place":"read.c:12:13","called_at":"read.c:26:5","depth":2728,"gone":false}
    {"type":"frame","symbol":"memcpy","bytes":24,"kind":"given","origin":"annotation","place":"<built-in>","called_at":"read.c:15:5","depth":2752,"gone":false}
    {"type":"root","symbol":"Open","kind":"thread","system":false,"assumed":false,"depth":416,"bound":"exact","limit":23296,"limit_from":"x64: stack 0x6000 - save area 0x370 - trap frame 0x190","interrupt_reserve":400,"exception_reserve":4672,"verdict":"fits","lacks":["annotation"]}
    {"type":"frame","symbol":"Open","bytes":120,"kind":"exact","origin":".ci","place":"read.c:60:10","called_at":null,"depth":120,"gone":false,"turns":1,"turn_frames":2,"turn_bytes":208}
    {"type":"frame","symbol":"Close","bytes":88,"kind":"exact","origin":".ci","place":"read.c:70:10","called_at":"read.c:63:9","depth":208,"gone":false}
    {"type":"frame","symbol":"Open","bytes":120,"kind":"exact","origin":".ci","place":"read.c:60:10","called_at":"read.c:74:9","depth":328,"gone":false}
    {"type":"frame","symbol":"Close","bytes":88,"kind":"exact","origin":".ci","place":"read.c:70:10","called_at":"read.c:63:9","depth":416,"gone":false}
    {"type":"root","symbol":"TimerDpc","kind":"dpc","system":false,"assumed":false,"depth":328,"bound":"exact","limit":24576,"limit_from":"x64: DPC stack 0x6000","interrupt_reserve":400,"exception_reserve":4672,"verdict":"fits","lacks":["annotation"]}
    {"type":"frame","symbol":"TimerDpc","bytes":136,"kind":"exact","origin":".ci","place":"read.c:80:6","called_at":null,"depth":136,"gone":false}
    {"type":"frame","symbol":"nt!KeSetEvent","bytes":192,"kind":"given","origin":"annotation","place":"wdm.h:100:1","called_at":"read.c:84:5","depth":328,"gone":false}
    {"type":"require","symbol":"DispatchRead","depth":2752,"bound":"estimate","limit":3072,"verdict":"fits","lacks":["listed","drivers-below","annotation"]}
    {"type":"cycle","bounded":true,"jumps_only":false,"members":["Close","Open"],"calls":[{"from":"Close","to":"Open","place":"read.c:74:9"},{"from":"Open","to":"Close","place":"read.c:63:9"}]}
    {"type":"cycle","bounded":true,"jumps_only":false,"members":["Walk"],"calls":[{"from":"Walk","to":"Walk","place":"read.c:24:9"}]}
    {"type":"reason","lack":"listed","symbol":"nt!IofCallDriver","place":null,"text":"0x40 as a listing has it: github DebugPrivilege/InsightEngineering, DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1): Fast Mutex operating at High IRQL (Windows 11 22621): e77dea50 - e77dea10; docker/for-win issue 4848 (Windows 10) has the same"}
    {"type":"reason","lack":"drivers-below","symbol":"nt!IofCallDriver","place":"read.c:49:12","text":"what the drivers below take is not in the path; called at"}
    {"type":"reason","lack":"annotation","symbol":"Open","place":null,"text":"at most 2 activations by annotation"}
    {"type":"reason","lack":"annotation","symbol":"Walk","place":null,"text":"at most 8 activations by annotation"}
    {"type":"reason","lack":"annotation","symbol":"DispatchRead","place":null,"text":"what it calls is by annotation"}
    {"type":"reason","lack":"annotation","symbol":"memcpy","place":null,"text":"0x18 by annotation: measured with kf"}
    {"type":"reason","lack":"annotation","symbol":"nt!KeSetEvent","place":null,"text":"0xC0 by annotation: measured with kf"}
    {"type":"reason","lack":"scope","symbol":null,"place":null,"text":"what lies above a thread's root is not counted: the system service, drivers above"}
    {"type":"verdict","verdict":"fits","machine":"x64","device":null,"deepest":"DispatchRead","depth":2752,"roots":3,"reasons":8}
    $ kss stack -m x64 -f folded -a tests/frames/stack/read.txt tests/frames/stack/read.ci
    DispatchRead 456
    DispatchRead;Walk 1904
    DispatchRead;Walk;Walk 272
    DispatchRead;Walk;Walk;CopyTail 96
    DispatchRead;Walk;Walk;CopyTail;memcpy 24
    Open 120
    Open;Close 88
    Open;Close;Open 120
    Open;Close;Open;Close 88
    TimerDpc 136
    TimerDpc;nt!KeSetEvent 192
    $ kss stack -m x64 -f dot -a tests/frames/stack/read.txt tests/frames/stack/read.ci
    digraph stack {
      node [shape=box, fontname="monospace"];
      n0 [label="Close\n0x58, depth 0x1F8"];
      n1 [label="CopyTail\n0x60, depth 0x78"];
      n2 [label="DispatchRead\n0x1C8, depth 0xAC0"];
      n4 [label="Open\n0x78, depth 0x1A0"];
      n5 [label="TimerDpc\n0x88, depth 0x148"];
      n6 [label="Walk\n0x110, depth 0x8F8"];
      n7 [label="memcpy\n0x18, depth 0x18", style=dashed];
      n8 [label="nt!IofCallDriver\n0x40, depth 0x40", style=dashed];
      n9 [label="nt!KeSetEvent\n0xC0, depth 0xC0", style=dashed];
      n0 -> n4 [style=bold, penwidth=3];
      n1 -> n7 [style=bold, penwidth=3];
      n2 -> n6 [style=bold, penwidth=3];
      n2 -> n1 [style=solid];
      n2 -> n8 [style=solid];
      n4 -> n0 [style=bold, penwidth=3];
      n5 -> n9 [style=bold, penwidth=3];
      n6 -> n6 [style=bold, penwidth=3];
      n6 -> n1 [style=bold, penwidth=3];
    }

The deepest path as a scenario, which replays.

    $ kss import ci -m x64 -a tests/frames/stack/read.txt tests/frames/stack/read.ci
    // The deepest path from DispatchRead (thread), from a call graph: 0xAC0 bytes.
    //
    // Why this may be wrong:
    //   listed: nt!IofCallDriver: 0x40 as a listing has it: github DebugPrivilege/InsightEngineering, DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1): Fast Mutex operating at High IRQL (Windows 11 22621): e77dea50 - e77dea10; docker/for-win issue 4848 (Windows 10) has the same
    //   drivers-below: nt!IofCallDriver: what the drivers below take is not in the path; called at read.c:49:12
    //   annotation: Walk: at most 8 activations by annotation
    //   annotation: DispatchRead: what it calls is by annotation
    //   annotation: memcpy: 0x18 by annotation: measured with kf
    //   scope: what lies above a thread's root is not counted: the system service, drivers above
    machine x64;

    thread Root {
        call "DispatchRead" frame(0x1D0) // 0x1C8, .ci, read.c:40:10
        call "Walk" frame(0x110) // 0x110, .ci, read.c:20:10
        call "Walk" frame(0x110) // 0x110, .ci, read.c:20:10
        call "Walk" frame(0x110) // 0x110, .ci, read.c:20:10
        call "Walk" frame(0x110) // 0x110, .ci, read.c:20:10
        call "Walk" frame(0x110) // 0x110, .ci, read.c:20:10
        call "Walk" frame(0x110) // 0x110, .ci, read.c:20:10
        call "Walk" frame(0x110) // 0x110, .ci, read.c:20:10
        call "Walk" frame(0x110) // 0x110, .ci, read.c:20:10
        call "CopyTail" frame(0x60) // 0x60, .ci, read.c:12:13
        call "memcpy" frame(0x20); // 0x18, annotation, <built-in>
    }

    expect clean;
    $ kss import ci -m x64 -a tests/frames/stack/read.txt tests/frames/stack/read.ci | kss run -
    PASS  stdin
          The deepest path from DispatchRead (thread), from a call graph: 0xAC0 bytes.
          x64: thread Root used 0xFD0 of 0x6000 bytes
    $ kss import ci -m x86 -a tests/frames/stack/irq.txt tests/frames/stack/irq.ci | kss run -
    PASS  stdin
          The deepest path from Ioctl (thread), from a call graph: 0x2A00 bytes.
          warning[KSS1002] line 8, expected: the deepest point fits with 868 bytes left; dispatching an exception there takes 1,988 bytes
          note[KSS1003] line 8: one call of `stdin!Ioctl` takes 10,752 bytes of kernel stack
          x86: thread Root used 0x2C9C of 0x3000 bytes
    $ kss import ci tests/frames/stack/irq.ci
    kss: the files do not tell the machine: --machine x64 does
    [2]

Usage.

    $ kss stack
    kss: stack needs a FILE: what kss frames reads, or a scenario
    [2]
    $ kss stack nowhere.ci
    kss: nowhere.ci: no such file or directory
    [2]
    $ kss stack --limit lots tests/frames/stack/irq.ci
    kss: --limit: `lots` is no number of bytes: 12288, 0x3000, 12K
    [2]
    $ kss stack --roots Dcp tests/frames/stack/irq.ci
    kss: --roots: no function is called `Dcp`; did you mean `Dpc`?
    [2]
    $ kss stack --device 'fs / ' tests/frames/stack/fs.ci
    kss: --device: a layer without a name; layers are 'filter.sys / fs.sys'
    [2]
    $ kss stack --device 'fs / fs' tests/frames/stack/fs.ci
    kss: --device: `fs` is there twice
    [2]
    $ kss stack --device 'fs / disk' tests/frames/stack/fs.ci
    kss: --device: none of the files is of `disk`
    [2]
    $ kss stack -a nowhere.txt tests/frames/stack/irq.ci
    kss: nowhere.txt: no such file or directory
    [2]
    $ kss stack tests/frames/stack/irq.ci scenarios/lessons/03-too-deep.kss
    kss: stack takes one scenario, and nothing beside it
    [2]
