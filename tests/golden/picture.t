The flagship: a stack that leaves memory while a DPC still has the address of an event on it. At the step
that failed, which is what is drawn unless something else is asked for:

    $ kss picture scenarios/lessons/16-user-mode-wait.kss
    step 15 of 16, 30.000 s: bug check IRQL_NOT_LESS_OR_EQUAL (0xA1003D50, 0x2,
        0x0, ...)
    dpc at DISPATCH_LEVEL, 16-user-mode-wait!ReadComplete, nt!KeSetEvent

    stack of App, out of memory since 16.000 s, Base 0xA1004000: 0x3E4 of 0x3000
        used, 0x2C1C left
            Base /========--aaaaaa/////////////////////////////////////////////////
      top-0x1000 /////////////////////////// 2 pages //////////////////////////////
           guard /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/
            Base +----------------------------------------------------------------+
       top-0x210 / =   0x210  machine   top-of-stack save area                    /
       top-0x29C / -    0x8C  machine   trap frame                                /
                 / a   0x148  given     mydrv!ReadDispatch                        /
       top-0x2B0 /      0x10              done: KEVENT, not signalled             /
                 /     <== touched by 16-user-mode-wait!ReadComplete,             /
                 /         nt!KeSetEvent, at DISPATCH_LEVEL, 30.000 s             /
       top-0x3E4 / a                                                              /
              SP +----------------------------------------------------------------+
       top-0x470 / :    0x8C  machine   an interrupt here, leaves 0x2B90          /
       top-0xBA8 / :   0x7C4  machine   an exception here, leaves 0x2458          /
      top-0x3000 / /  0x2C1C            free                                      /
           Limit +----------------------------------------------------------------+

Where the wait begins, by its time, and a moment while the stack is out:

    $ kss picture --at 0s scenarios/lessons/16-user-mode-wait.kss
    step 8 of 16, 0.000 s: App waits for done, UserMode
    idle

    stack of App, Base 0xA1004000: 0x3E4 of 0x3000 used, 0x2C1C left
            Base |========--aaaaaa................................................|
      top-0x1000 |.......................... 2 pages .............................|
           guard |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
       top-0x210 | =   0x210  machine   top-of-stack save area                    |
       top-0x29C | -    0x8C  machine   trap frame                                |
                 | a   0x148  given     mydrv!ReadDispatch                        |
       top-0x2B0 |      0x10              done: KEVENT, not signalled             |
                 |     <== KSS2001 stack-object-user-wait                         |
       top-0x3E4 | a                                                              |
              SP +----------------------------------------------------------------+
       top-0x470 | :    0x8C  machine   an interrupt here, leaves 0x2B90          |
       top-0xBA8 | :   0x7C4  machine   an exception here, leaves 0x2458          |
      top-0x3000 | .  0x2C1C            free                                      |
           Limit +----------------------------------------------------------------+
    $ kss picture --at 20s --thread App scenarios/lessons/16-user-mode-wait.kss
    step 10 of 16, 16.000 s: the stack of App leaves memory after 16 s of
        waiting
    idle

    stack of App, out of memory since 16.000 s, Base 0xA1004000: 0x3E4 of 0x3000
        used, 0x2C1C left
            Base /========--aaaaaa/////////////////////////////////////////////////
      top-0x1000 /////////////////////////// 2 pages //////////////////////////////
           guard /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/
            Base +----------------------------------------------------------------+
       top-0x210 / =   0x210  machine   top-of-stack save area                    /
       top-0x29C / -    0x8C  machine   trap frame                                /
                 / a   0x148  given     mydrv!ReadDispatch                        /
       top-0x2B0 /      0x10              done: KEVENT, not signalled             /
       top-0x3E4 / a                                                              /
              SP +----------------------------------------------------------------+
       top-0x470 / :    0x8C  machine   an interrupt here, leaves 0x2B90          /
       top-0xBA8 / :   0x7C4  machine   an exception here, leaves 0x2458          /
      top-0x3000 / /  0x2C1C            free                                      /
           Limit +----------------------------------------------------------------+

On another machine the same step has other figures.

    $ kss picture --machine x64 --step 8 scenarios/lessons/16-user-mode-wait.kss 2>/dev/null
    step 8 of 16, 0.000 s: App waits for done, UserMode
    idle

    stack of App, Base 0xFFFFF88010007000: 0x650 of 0x6000 used, 0x59B0 left
            Base |==============------aaaaa.......................................|
      top-0x1000 |.......................... 5 pages .............................|
           guard |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
       top-0x370 | =   0x370  machine   top-of-stack save area                    |
       top-0x500 | -   0x190  machine   trap frame                                |
                 | a   0x150  given     mydrv!ReadDispatch                        |
       top-0x520 |      0x18              done: KEVENT, not signalled             |
                 |     <== KSS2001 stack-object-user-wait                         |
       top-0x650 | a                                                              |
              SP +----------------------------------------------------------------+
       top-0x7E0 | :   0x190  machine   an interrupt here, leaves 0x5820          |
      top-0x1890 | :  0x1240  machine   an exception here, leaves 0x4770          |
      top-0x6000 | .  0x59B0            free                                      |
           Limit +----------------------------------------------------------------+

An overflow: the frame that crossed goes on beyond the limit. The recursion that led there is folded.

    $ kss picture scenarios/incidents/buffer-in-a-dpc.kss
    step 62 of 63, 0.003 s: bug check UNEXPECTED_KERNEL_MODE_TRAP (0x8,
        0x80042000, 0x0, ...)
    dpc at DISPATCH_LEVEL, inspect!Payload

    DPC stack, Base 0xA1004000: 0x30D0 of 0x3000 used, 0xD0 too many
            Base |aabbbbbccccccddddddddddddddddeeeeeeeeeee************************|
      top-0x1000 |****************************************************************|
      top-0x2000 |************ffffffgggggggggggggggghhhhhhhhhhhhhhhhhhhhhhhhhhhhhh|
           guard |hhhxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
        top-0x80 | a    0x80  given     nic!Receive                               |
       top-0x1A0 | b   0x120  given     ndis!Indicate                             |
       top-0x340 | c   0x1A0  given     ip!Receive                                |
       top-0x730 | d   0x3F0  given     fw!Classify                               |
       top-0x9F0 | e   0x2C0  given     tunnel!Unwrap                             |
      top-0x22E0 | *  0x18F0            3 more turns of these 3 frames            |
      top-0x2480 | f   0x1A0  given     ip!Receive                                |
      top-0x2870 | g   0x3F0  given     fw!Classify                               |
                 | h   0x860  given     inspect!Payload                           |
           Limit +----------------------------------------------------------------+
      top-0x3074 |     0x800              window: UCHAR[2048]                     |
      top-0x30D0 | h    0xD0            of it lie beyond the limit                |
              SP +----------------------------------------------------------------+

A long recursion.

    $ kss picture scenarios/lessons/05-recursion.kss
    step 111 of 112, 0.000 s: bug check UNEXPECTED_KERNEL_MODE_TRAP (0x8,
        0x80042000, 0x0, ...)
    thread Long at PASSIVE_LEVEL, fs!ParseComponent

    stack of Long, Base 0xA1009000: 0x308C of 0x3000 used, 0x8C too many
            Base |========--aaaaa*************************************************|
      top-0x1000 |****************************************************************|
      top-0x2000 |****************************************************************|
           guard |**xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
       top-0x210 | =   0x210  machine   top-of-stack save area                    |
       top-0x29C | -    0x8C  machine   trap frame                                |
       top-0x3B4 | a   0x118  given     fs!ParseComponent                         |
                 | *  0x2CD8            41 more of fs!ParseComponent              |
           Limit +----------------------------------------------------------------+
      top-0x308C | *    0x8C            of it lie beyond the limit                |
              SP +----------------------------------------------------------------+

An expansion continues the stack in a segment.

    $ kss picture --step 28 scenarios/lessons/09-expand-the-stack.kss
    step 28 of 41, 0.000 s: fs!Parse is called, 0x1800 bytes on the expanded
        stack of thread Deep
    thread Deep at PASSIVE_LEVEL, fs!Parse

    stack of Deep, Base 0xA1009000: 0x239C of 0x3000 used, 0xC64 left
            Base |========--aaaaaaaaaaaaaaaa**************************************|
      top-0x1000 |****************************************************************|
      top-0x2000 |**********bbbb..................................................|
           guard |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
       top-0x210 | =   0x210  machine   top-of-stack save area                    |
       top-0x29C | -    0x8C  machine   trap frame                                |
       top-0x69C | a   0x400  given     fs!Layer                                  |
      top-0x229C | *  0x1C00            7 more of fs!Layer                        |
                 | b   0x100  given     fs!Open                                   |
      top-0x22A4 |       0x4              ran: ULONG                              |
      top-0x22A8 |       0x4              status: NTSTATUS                        |
      top-0x239C | b                                                              |
              SP +----------------------------------------------------------------+
      top-0x2428 | :    0x8C  machine   an interrupt here, leaves 0xBD8           |
      top-0x2B60 | :   0x7C4  machine   an exception here, leaves 0x4A0           |
      top-0x3000 | .   0xC64            free                                      |
           Limit +----------------------------------------------------------------+
                                                 |
                                                 v  expanded
    expanded stack of thread Deep, Base 0xA101A000: 0x1800 of 0xF000 used,
        0xD800 left
            Base |aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|
      top-0x1000 |aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa................................|
      top-0x2000 |.......................... 13 pages ............................|
           guard |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
                 | a  0x1800  given     fs!Parse                                  |
         top-0x8 |       0x4              ran: ULONG *                            |
      top-0x1800 | a                                                              |
              SP +----------------------------------------------------------------+
      top-0x188C | :    0x8C  machine   an interrupt here, leaves 0xD774          |
      top-0x1FC4 | :   0x7C4  machine   an exception here, leaves 0xD03C          |
      top-0xF000 | .  0xD800            free                                      |
           Limit +----------------------------------------------------------------+

A DPC works on its processor's own stack, and the interrupted thread's stays as it is.

    $ kss picture --stack 2 --step 20 scenarios/lessons/26-dpc-stack.kss
    step 20 of 41, 1.000 s: 26-dpc-stack!Drain is called, 0x200 bytes on the DPC
        stack
    dpc at DISPATCH_LEVEL, 26-dpc-stack!Drain

    DPC stack, Base 0xA1009000: 0x600 of 0x3000 used, 0x2A00 left
            Base |aaaaaaaabbbbbbbbcccccccc........................................|
      top-0x1000 |.......................... 2 pages .............................|
           guard |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
       top-0x200 | a   0x200  given     26-dpc-stack!Drain                        |
       top-0x400 | b   0x200  given     26-dpc-stack!Drain                        |
       top-0x600 | c   0x200  given     26-dpc-stack!Drain                        |
              SP +----------------------------------------------------------------+
       top-0x68C | :    0x8C  machine   an interrupt here, leaves 0x2974          |
       top-0xDC4 | :   0x7C4  machine   an exception here, leaves 0x223C          |
      top-0x3000 | .  0x2A00            free                                      |
           Limit +----------------------------------------------------------------+
    $ kss picture --thread Deep --step 20 scenarios/lessons/26-dpc-stack.kss
    step 20 of 41, 1.000 s: 26-dpc-stack!Drain is called, 0x200 bytes on the DPC
        stack
    dpc at DISPATCH_LEVEL, 26-dpc-stack!Drain

    stack of Deep, Base 0xA1004000: 0x259C of 0x3000 used, 0xA64 left
            Base |========--aaaaaaaaaaaaaa****************************************|
      top-0x1000 |****************************************************************|
      top-0x2000 |**********************..........................................|
           guard |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
       top-0x210 | =   0x210  machine   top-of-stack save area                    |
       top-0x29C | -    0x8C  machine   trap frame                                |
       top-0x61C | a   0x380  given     26-dpc-stack!Layer                        |
      top-0x259C | *  0x1F80            9 more of 26-dpc-stack!Layer              |
              SP +----------------------------------------------------------------+
      top-0x2628 | :    0x8C  machine   an interrupt here, leaves 0x9D8           |
      top-0x2D60 | :   0x7C4  machine   an exception here, leaves 0x2A0           |
      top-0x3000 | .   0xA64            free                                      |
           Limit +----------------------------------------------------------------+

Memory of a frame that returned.

    $ kss picture scenarios/lessons/18-late-completion.kss
    step 18 of 20, 5.000 s: write of memory of a frame that returned: done
        (KEVENT, 18-late-completion!Read, thread App, top-0x2B0)
    dpc at DISPATCH_LEVEL, 18-late-completion!ReadComplete

    stack of App, Base 0xA1004000, no longer in use
            Base |.......................... 3 pages .............................|
           guard |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
              SP +----------------------------------------------------------------+
       top-0x2B0 |                                                                |
                 |     <== written by 18-late-completion!ReadComplete,            |
                 |         nt!KeSetEvent, at DISPATCH_LEVEL, 5.000 s              |
       top-0x39C | .   0x39C            was used before                           |
      top-0x3000 | .  0x3000            free                                      |
           Limit +----------------------------------------------------------------+

A run that passes is drawn where its stack was deepest.

    $ kss picture scenarios/lessons/01-a-thread-and-its-stack.kss
    step 5 of 10, 0.000 s: fs!ReadRun is called, 0x1C0 bytes on the stack of App
    thread App at PASSIVE_LEVEL, fs!ReadRun

    stack of App, Base 0xA1004000: 0x5A4 of 0x3000 used, 0x2A5C left
            Base |========--aaaaaabbbbbbb.........................................|
      top-0x1000 |.......................... 2 pages .............................|
           guard |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
       top-0x210 | =   0x210  machine   top-of-stack save area                    |
       top-0x29C | -    0x8C  machine   trap frame                                |
       top-0x3E4 | a   0x148  given     fs!Read                                   |
       top-0x5A4 | b   0x1C0  given     fs!ReadRun                                |
              SP +----------------------------------------------------------------+
       top-0x630 | :    0x8C  machine   an interrupt here, leaves 0x29D0          |
       top-0xD68 | :   0x7C4  machine   an exception here, leaves 0x2298          |
      top-0x3000 | .  0x2A5C            free                                      |
           Limit +----------------------------------------------------------------+

SVG is one element; nothing in it is a script, a style of the page or a file elsewhere.

    $ kss picture --format svg -o $TMP/a.svg scenarios/lessons/16-user-mode-wait.kss && wc -l <$TMP/a.svg
    74
    $ grep -c -E '<script|href|@import|<image|style=' $TMP/a.svg
    0
    [1]
    $ sed -n '1,3p' $TMP/a.svg
    <svg xmlns="http://www.w3.org/2000/svg" class="kp" role="img" viewBox="0 0 780 534">
    <title>stack of App, out of memory since 16.000 s, Base 0xA1004000: 0x3E4 of 0x3000 used, 0x2C1C left</title>
    <desc>step 15 of 16, 30.000 s: bug check IRQL_NOT_LESS_OR_EQUAL (0xA1003D50, 0x2, 0x0, ...)</desc>

What cannot be drawn says what there is.

    $ kss picture --step 99 scenarios/lessons/16-user-mode-wait.kss
    kss: --step 99: the run has 16 steps
    [2]
    $ kss picture --at 31s scenarios/lessons/16-user-mode-wait.kss
    kss: --at 31s: the run ends at 30.000 s
    [2]
    $ kss picture --at 16 scenarios/lessons/16-user-mode-wait.kss
    kss: --at takes a time with its unit (16s, 1.5ms), not 16
    [2]
    $ kss picture --at 1s --step 1 scenarios/lessons/16-user-mode-wait.kss
    kss: --at and --step both name the moment
    [2]
    $ kss picture --step x scenarios/lessons/16-user-mode-wait.kss
    kss: --step takes a number of at least 1, not x
    [2]
    $ kss picture --step 0 scenarios/lessons/16-user-mode-wait.kss
    kss: --step takes a number of at least 1, not 0
    [2]
    $ kss picture --thread Ap scenarios/lessons/16-user-mode-wait.kss
    kss: unknown thread `Ap`
    kss: the run's threads: App
    [2]
    $ kss picture --stack 7 scenarios/lessons/16-user-mode-wait.kss
    kss: --stack 7: there is none of that number at step 15; there are: 1, 2
    [2]
    $ kss picture --stack 1 --thread App scenarios/lessons/16-user-mode-wait.kss
    kss: --stack and --thread both name the stack
    [2]
    $ kss picture --machine z80 scenarios/lessons/16-user-mode-wait.kss
    kss: unknown machine `z80`
    [2]
    $ kss picture scenarios/missing.kss
    kss: scenarios/missing.kss: no such file or directory
    [2]
    $ kss picture
    kss: picture needs one FILE; - is standard input
    [2]
    $ printf 'thread App { F(); }\n' | kss picture -
    error[KSS0101]: unknown routine `F`
     --> stdin:1:14
      |
    1 | thread App { F(); }
      |              ^
    [2]

The picture in README is what kss draws of the scenario there.

    $ cp scenarios/lessons/16-user-mode-wait.kss $TMP/outswap.kss; kss picture --format svg $TMP/outswap.kss | cmp - docs/outswap.svg && echo the same
    the same

What one frame fills beyond the limit is one line of the map, whatever its size; and a hang says why:

    $ printf '%s\n' 'machine x86;' 'thread T { call m!big frame(0x3FFFFFF0) ; }' >$TMP/big.kss; kss picture $TMP/big.kss | sed -n '/guard/,/Base/p'
           guard |aaaaaaaaaaaaaaaaaaaaaaaaaa 262141 pages aaaaaaaaaaaaaaaaaaaaaaaa|
                 |aaaaaaaaaaxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
            Base +----------------------------------------------------------------+
    $ printf '%s\n' 'machine x86;' 'thread T { ULONG i = 0; while (i == 0) { } }' >$TMP/spin.kss; kss picture $TMP/spin.kss | sed -n 1,2p
    step 4 of 5, 0.000 s: the machine hangs in T: a loop spins and nothing is
        due that could end it

Names hold nothing that a terminal would obey:

    $ printf '%s\n' 'machine x86;' 'thread T { call "a\x1b[31m\n" frame(0x100) ; }' >$TMP/names.kss; kss run -v $TMP/names.kss | grep -a 'given *names'
      0.000 s     T          0  call            routine names!a\x1B[31m\x0A, bytes 0x100, used 0x39C, origin given  names.kss:2:17
         0x39C    0x100  given     names!a\x1B[31m\x0A
