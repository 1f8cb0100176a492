What participants see when they run the exercises as they find them.

01-measure-a-call-tree

    $ kss run docs/workshop/01-measure-a-call-tree/exercise.kss
    FAIL  docs/workshop/01-measure-a-call-tree/exercise.kss
          vault: what an encrypted write costs the stack of whoever writes.

    note[KSS1003]: one call of `vault!VaultLogWrite` takes 2,208 bytes of kernel stack
      --> docs/workshop/01-measure-a-call-tree/exercise.kss:25:6
       |
    25 | VOID VaultLogWrite(ULONG length) {
       |      ^^^^^^^^^^^^^ 2,208 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `vault!VaultMakeSchedule` takes 1,312 bytes of kernel stack
      --> docs/workshop/01-measure-a-call-tree/exercise.kss:38:6
       |
    38 | VOID VaultMakeSchedule(PCHUNK chunk) {
       |      ^^^^^^^^^^^^^^^^^ 1,312 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    FAIL docs/workshop/01-measure-a-call-tree/exercise.kss:77:1
      script  expect stack Writer <= 0x500 + 0xD00;
      actual  expect stack Writer == 0x1740;
      next    kss run --bless docs/workshop/01-measure-a-call-tree/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set

    thread Writer: used 0x1740 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
        0x1740    0x240  given     vault!VaultTag
        0x1500    0x3F0  given     vault!VaultCipher
        0x1110    0x520  given     vault!VaultMakeSchedule
         0xBF0    0x2C0  given     vault!VaultEncrypt
         0x930    0x250  given     vault!VaultSplit
         0x6E0    0x1E0  given     vault!VaultWrite
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x1240 of it is theirs: vault 0x1240
      left: 0x48C0; 0x4730 under an interrupt; 0x3680 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them
    not expected: 2 notes
    [1]

02-recursion-to-iteration

    $ kss run docs/workshop/02-recursion-to-iteration/exercise.kss
    FAIL  docs/workshop/02-recursion-to-iteration/exercise.kss
          quota: the bytes below a directory are counted when a quota is set on it.

    error[KSS1001]: the kernel stack overflows: `quota!QuotaCount` needs 320 bytes and 176 are left
      --> docs/workshop/02-recursion-to-iteration/exercise.kss:38:18
       |
    38 |         bytes += QuotaCount(child);
       |                  ^^^^^^^^^^^^^^^^^ crosses StackLimit by 144 bytes
       = source: DBG bug-check-0x7f--unexpected-kernel-mode-trap; ntdebugging blog, Kernel Stack Overflows
       = next: kss explain KSS1001

    warning[KSS1004]: the path that overflows repeats: 73 calls of 320 bytes each
      --> docs/workshop/02-recursion-to-iteration/exercise.kss:31:7
       |
    31 | ULONG QuotaCount(PNODE node) {
       |       ^^^^^^^^^^ each turn takes 320 bytes
    ...
    38 |         bytes += QuotaCount(child);
       |                  ----------------- 0.000 s: the stack is used up here
       = help: bound the depth, make it a loop, or queue the next turn to a work item
       = note: one run cannot tell whether the recursion has a bound
       = source: KRN using-the-kernel-stack
       = next: kss explain KSS1004

    FAIL docs/workshop/02-recursion-to-iteration/exercise.kss:63:1
      script  expect status QuotaSet#1 == STATUS_SUCCESS;
      why     it never returned
      next    kss run --bless docs/workshop/02-recursion-to-iteration/exercise.kss   (when what happened is right)

    FAIL docs/workshop/02-recursion-to-iteration/exercise.kss:64:1
      script  expect status QuotaSet#2 == STATUS_DISK_FULL;
      why     it never returned
      next    kss run --bless docs/workshop/02-recursion-to-iteration/exercise.kss   (when what happened is right)

    FAIL docs/workshop/02-recursion-to-iteration/exercise.kss:65:1
      script  expect stack App <= 0xA00;
      actual  expect stack App == 0x6090;
      next    kss run --bless docs/workshop/02-recursion-to-iteration/exercise.kss   (when what happened is right)

    FAIL docs/workshop/02-recursion-to-iteration/exercise.kss:66:1
      script  expect clean;
      actual  expect bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, 0, _, _) in QuotaCount;
      next    kss run --bless docs/workshop/02-recursion-to-iteration/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set
    *** STOP: 0x0000007F (0x8, 0x0, 0xFFFFF88010000F70, 0xFFFFFB0001000010) UNEXPECTED_KERNEL_MODE_TRAP
        P1 0x8  trap number; 8: double fault
        P2 0x0  undocumented
        P3 0xFFFFF88010000F70  undocumented
        P4 0xFFFFFB0001000010  undocumented
        at 0.000 s in quota!QuotaCount, PASSIVE_LEVEL (docs/workshop/02-recursion-to-iteration/exercise.kss:38:18)

    thread App: needed 0x6090 of 0x6000 bytes, 0x90 too many; quota!QuotaCount crossed the limit
      its pages, 64 bytes a character: = save area, - below it, # + frames, * more turns
            Base |==============------######**************************************|
      top-0x1000 |****************************************************************|
      top-0x2000 |****************************************************************|
      top-0x3000 |****************************************************************|
      top-0x4000 |****************************************************************|
      top-0x5000 |****************************************************************|
           guard |**xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
         Depth   Memory  Origin    Call Site
        0x6090    0x140  assumed   quota!QuotaCount
           ...      ...            72 more turns of this frame
         0x550     0x30  assumed   quota!QuotaSet
         0x520     0x20  assumed   App
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      recursion: period 0x140, 1 frame per turn, 73 turns
      modules: 0x5B70 of it is theirs: quota 0x5B70
      frames without a module: 0x20
      75 of 75 frames assumed from their locals; frame(N) gives the real size
      fits: with at most 72 turns of the recursion
      fits: with the locals in pool of quota!QuotaCount (0x110 x 73): 0x4D90 bytes, at least 0x90 are needed
      fits: when quota!QuotaCount (depth 0x4C90) calls on through KeExpandKernelStackAndCallout: up to 0x11800 bytes instead of 0x1370, 0x10490 more

    policy overflow-parameters: parameters 2 to 4 of 0x7F (8, ...): x86 (TSS address, 0, 0); x64 (0, SP, IP); arm and arm64 (0, 0, 0)
    not counted: stack that nt's own routines take below the calls to them
    not expected: the bug check, 1 error, 1 warning
    [1]

03-large-locals-to-pool

    $ kss run docs/workshop/03-large-locals-to-pool/exercise.kss
    FAIL  docs/workshop/03-large-locals-to-pool/exercise.kss
          probe: an IOCTL reads the device's descriptor block and answers with the little it says.

    note[KSS1003]: one call of `probe!Identify` takes 2,096 bytes of kernel stack
      --> docs/workshop/03-large-locals-to-pool/exercise.kss:29:10
       |
    29 | NTSTATUS probe!Identify(PEXTENSION extension, PIDENTITY identity) {
       |          ^^^^^^^^^^^^^^ 2,096 bytes, assumed
    30 |     UCHAR block[PROBE_BLOCK];
       |           ------------------ 0.000 s: `block` takes 2,048 bytes of it
       = help: take `block` from pool
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    FAIL docs/workshop/03-large-locals-to-pool/exercise.kss:81:1
      script  expect stack Probe <= 0x180;
      actual  expect stack Probe == 0x930;
      next    kss run --bless docs/workshop/03-large-locals-to-pool/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set

    thread App: used 0xE60 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
         0xE60     0x90  given     bus!ReadBlock
         0xDD0    0x830  assumed   probe!Identify
         0x5A0     0x70  given     probe!DeviceControl
         0x530     0x30  assumed   App
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x930 of it is theirs: probe 0x8A0, bus 0x90
      frames without a module: 0x30
      2 of 4 frames assumed from their locals; frame(N) gives the real size
      left: 0x51A0; 0x5010 under an interrupt; 0x3F60 while an exception is dispatched

    policy synchronous-io-wait: a system call on a synchronous handle waits for its request in the mode of its caller: UserMode for NtReadFile in a user thread, KernelMode for ZwReadFile; opening and closing wait in KernelMode
    not counted: stack that nt's own routines take below the calls to them
    not expected: 1 note
    [1]

04-device-stacks

    $ kss run docs/workshop/04-device-stacks/exercise.kss
    FAIL  docs/workshop/04-device-stacks/exercise.kss
          audit: a filter above a disk, called by a flush that comes in deep.

    warning[KSS1002]: the deepest point fits with 4,448 bytes left; dispatching an exception there takes 4,672 bytes
      --> docs/workshop/04-device-stacks/exercise.kss:43:6
       |
    43 | VOID disk!Start(PIRP Irp) frame(0x1A0) {
       |      ^^^^^^^^^^ the deepest frame, 20,128 bytes from Base
       = help: 224 bytes less on this path keep that reserve
       = note: the largest frame is that of `scan!PreFlush`, 4,384 bytes
       = source: Windows-driver-samples filesys/fastfat/read.c (overflow thresholds); KRN using-the-kernel-stack
       = next: kss explain KSS1002

    note[KSS1003]: one call of `scan!PreFlush` takes 4,384 bytes of kernel stack
      --> docs/workshop/04-device-stacks/exercise.kss:78:10
       |
    78 |     call scan!PreFlush frame(0x1120)
       |          ^^^^^^^^^^^^^ 4,384 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `fs!FsdFlush` takes 1,424 bytes of kernel stack
      --> docs/workshop/04-device-stacks/exercise.kss:79:10
       |
    79 |     call fs!FsdFlush frame(0x590)
       |          ^^^^^^^^^^^ 1,424 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `fs!FlushVolume` takes 3,648 bytes of kernel stack
      --> docs/workshop/04-device-stacks/exercise.kss:80:10
       |
    80 |     call fs!FlushVolume frame(0xE40)
       |          ^^^^^^^^^^^^^^ 3,648 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `fs!WriteLog` takes 2,928 bytes of kernel stack
      --> docs/workshop/04-device-stacks/exercise.kss:81:10
       |
    81 |     call fs!WriteLog frame(0xB70)
       |          ^^^^^^^^^^^ 2,928 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `cache!WriteBehind` takes 4,224 bytes of kernel stack
      --> docs/workshop/04-device-stacks/exercise.kss:82:10
       |
    82 |     call cache!WriteBehind frame(0x1080) {
       |          ^^^^^^^^^^^^^^^^^ 4,224 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    FAIL docs/workshop/04-device-stacks/exercise.kss:91:1
      script  expect stack C <= 0x680;
      actual  expect stack C == 0x8B0;
      next    kss run --bless docs/workshop/04-device-stacks/exercise.kss   (when what happened is right)

    FAIL docs/workshop/04-device-stacks/exercise.kss:92:1
      script  expect clean;
      actual  expect hazard low-headroom in disk!Start;
      next    kss run --bless docs/workshop/04-device-stacks/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set

    thread App: used 0x4EA0 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
        0x4EA0    0x1A0  given     disk!Start
        0x4D00    0x190  given     disk!Write
        0x4B70    0x2B0  given     crypt!Write
        0x48C0     0x40  given     audit!SendDown
        0x4880    0x240  assumed   audit!Record
        0x4640     0x50  given     audit!Write
        0x45F0   0x1080  given     cache!WriteBehind
        0x3570    0xB70  given     fs!WriteLog
        0x2A00    0xE40  given     fs!FlushVolume
        0x1BC0    0x590  given     fs!FsdFlush
        0x1630   0x1120  given     scan!PreFlush
         0x510     0x10  assumed   App
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x4990 of it is theirs: fs 0x1F40, scan 0x1120, cache 0x1080, disk 0x330, audit 0x2D0, crypt 0x2B0
      device stack: 0x8B0 of it is its drivers': disk 0x330, audit 0x2D0, crypt 0x2B0
      frames without a module: 0x10
      2 of 12 frames assumed from their locals; frame(N) gives the real size
      left: 0x1160; 0xFD0 under an interrupt; short by 0xE0 while an exception is dispatched

    policy synchronous-io-wait: a system call on a synchronous handle waits for its request in the mode of its caller: UserMode for NtReadFile in a user thread, KernelMode for ZwReadFile; opening and closing wait in KernelMode
    not counted: stack that nt's own routines take below the calls to them
    not expected: 1 warning, 5 notes
    [1]

05-expansion

    $ kss run docs/workshop/05-expansion/exercise.kss
    FAIL  docs/workshop/05-expansion/exercise.kss
          policy: a filter asks a rule engine whether a file may be opened, deep below other filters.

    error[KSS1005]: the stack is not expanded: a Size of 73,728 bytes is more than MAXIMUM_EXPANSION_SIZE, 71,680 bytes
      --> docs/workshop/05-expansion/exercise.kss:38:5
       |
    38 |     KeExpandKernelStackAndCallout(PolicyCallout, &query, 0x12000); // all there is
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ returns STATUS_INVALID_PARAMETER_3; the callout does not run
       |     |
       |     0.000 s: the status is not looked at either
       = source: DDI KeExpandKernelStackAndCallout; DDI KeExpandKernelStackAndCalloutEx
       = next: kss explain KSS1005

    note[KSS1003]: one call of `scan!PreCreate` takes 5,248 bytes of kernel stack
      --> docs/workshop/05-expansion/exercise.kss:43:10
       |
    43 |     call scan!PreCreate frame(0x1480)
       |          ^^^^^^^^^^^^^^ 5,248 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `sync!PreCreate` takes 3,872 bytes of kernel stack
      --> docs/workshop/05-expansion/exercise.kss:44:10
       |
    44 |     call sync!PreCreate frame(0xF20)
       |          ^^^^^^^^^^^^^^ 3,872 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `dedup!PreCreate` takes 2,912 bytes of kernel stack
      --> docs/workshop/05-expansion/exercise.kss:45:10
       |
    45 |     call dedup!PreCreate frame(0xB60)
       |          ^^^^^^^^^^^^^^^ 2,912 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `backup!PreCreate` takes 2,304 bytes of kernel stack
      --> docs/workshop/05-expansion/exercise.kss:46:10
       |
    46 |     call backup!PreCreate frame(0x900) {
       |          ^^^^^^^^^^^^^^^^ 2,304 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    FAIL docs/workshop/05-expansion/exercise.kss:63:1
      script  expect status PolicyCheck#2 == STATUS_ACCESS_DENIED;
      actual  expect status PolicyCheck#2 == STATUS_SUCCESS;
      next    kss run --bless docs/workshop/05-expansion/exercise.kss   (when what happened is right)

    FAIL docs/workshop/05-expansion/exercise.kss:64:1
      script  expect status PolicyCheck#3 == STATUS_DATA_ERROR;
      actual  expect status PolicyCheck#3 == STATUS_SUCCESS;
      next    kss run --bless docs/workshop/05-expansion/exercise.kss   (when what happened is right)

    FAIL docs/workshop/05-expansion/exercise.kss:65:1
      script  expect status PolicyCheck#4 == STATUS_DATA_ERROR;
      actual  expect status PolicyCheck#4 == STATUS_SUCCESS;
      next    kss run --bless docs/workshop/05-expansion/exercise.kss   (when what happened is right)

    FAIL docs/workshop/05-expansion/exercise.kss:66:1
      script  expect stack PolicyWalk > 0x3000;
      why     it never ran
      next    kss run --bless docs/workshop/05-expansion/exercise.kss   (when what happened is right)

    FAIL docs/workshop/05-expansion/exercise.kss:67:1
      script  expect clean;
      actual  expect hazard expansion-misuse in PolicyCheck;
      next    kss run --bless docs/workshop/05-expansion/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set

    thread App: used 0x3D80 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
        0x3D80     0x80  given     policy!PolicyCheck
        0x3D00    0x900  given     backup!PreCreate
        0x3400    0xB60  given     dedup!PreCreate
        0x28A0    0xF20  given     sync!PreCreate
        0x1980   0x1480  given     scan!PreCreate
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x3880 of it is theirs: scan 0x1480, sync 0xF20, dedup 0xB60, backup 0x900, policy 0x80
      left: 0x2280; 0x20F0 under an interrupt; 0x1040 while an exception is dispatched

    thread Shallow: used 0x1B10 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
        0x1B10     0x80  given     policy!PolicyCheck
        0x1A90    0x110  given     label!PreCreate
        0x1980   0x1480  given     scan!PreCreate
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x1610 of it is theirs: scan 0x1480, label 0x110, policy 0x80
      left: 0x44F0; 0x4360 under an interrupt; 0x32B0 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them
    not expected: 1 error, 4 notes
    [1]

06-stack-events-and-wait-mode

    $ kss run docs/workshop/06-stack-events-and-wait-mode/exercise.kss
    FAIL  docs/workshop/06-stack-events-and-wait-mode/exercise.kss
          card: an application waits until somebody inserts a card, and may be ended while it waits.

    error[KSS2001]: UserMode wait for `inserted`, which lies on the waiting thread's own stack
      --> docs/workshop/06-stack-events-and-wait-mode/exercise.kss:29:14
       |
    18 |         KeSetEvent(slot->Waiter, IO_NO_INCREMENT, FALSE);
       |         ------------------------------------------------ (2) 40.000 s: `inserted` is touched here by a routine that works at DISPATCH_LEVEL; the stack is out of memory since 16.000 s
    ...
    27 |     KeInitializeEvent(&inserted, NotificationEvent, FALSE);
       |     ------------------------------------------------------ (1) 0.000 s: `inserted` is initialised here
    28 |     slot->Waiter = &inserted;
    29 |     status = KeWaitForSingleObject(&inserted, UserRequest, UserMode, FALSE, NULL);
       |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the stack may leave memory during this wait
       = help: wait with KernelMode, or take the object from nonpaged pool
       = source: DDI KeWaitForSingleObject; DDI KeInitializeEvent; WDK C28135; DBG bug-check-0xc4 subcode 0x123
       = next: kss explain KSS2001

    FAIL docs/workshop/06-stack-events-and-wait-mode/exercise.kss:52:1
      script  expect status CardWait#2 == STATUS_SUCCESS;
      why     it returned only 1 times
      next    kss run --bless docs/workshop/06-stack-events-and-wait-mode/exercise.kss   (when what happened is right)

    FAIL docs/workshop/06-stack-events-and-wait-mode/exercise.kss:53:1
      script  expect thread Patient exits;
      actual  expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in CardInsertedDpc;
      why     the run ended at 40.000 s with a bug check
      next    kss run --bless docs/workshop/06-stack-events-and-wait-mode/exercise.kss   (when what happened is right)

    FAIL docs/workshop/06-stack-events-and-wait-mode/exercise.kss:55:1
      script  expect clean;
      actual  expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in CardInsertedDpc;
      next    kss run --bless docs/workshop/06-stack-events-and-wait-mode/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set
    *** STOP: 0x0000000A (0xFFFFF88010006AE0, 0x2, 0x0, 0xFFFFF80001C1F600) IRQL_NOT_LESS_OR_EQUAL
        P1 0xFFFFF88010006AE0  address touched: inserted (KEVENT, card!CardWait, thread Patient, top-0x520)
        P2 0x2  IRQL
        P3 0x0  bit 0: write, bit 3: execute
        P4 0xFFFFF80001C1F600  address of the instruction
        at 40.000 s in card!CardInsertedDpc, nt!KeSetEvent at work, DISPATCH_LEVEL (docs/workshop/06-stack-events-and-wait-mode/exercise.kss:18:9)

    thread Patient: used 0x590 of 0x6000 bytes
      its pages, 64 bytes a character: = save area, - below it, # + frames, / out of memory
            Base /==============------##///////////////////////////////////////////
                                      ^ P1: inserted (KEVENT..d Patient, top-0x520)
      top-0x1000 /////////////////////////// 5 pages //////////////////////////////
           guard /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/
         Depth   Memory  Origin    Call Site
         0x590     0x90  given     card!CardWait
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x90 of it is theirs: card 0x90
      left: 0x5A70; 0x58E0 under an interrupt; 0x4830 while an exception is dispatched

    thread Impatient: used 0x590 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
         0x590     0x90  given     card!CardWait
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x90 of it is theirs: card 0x90
      left: 0x5A70; 0x58E0 under an interrupt; 0x4830 while an exception is dispatched

    DPC stack: used 0x50 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
          0x50     0x50  given     card!CardInsertedDpc
      modules: 0x50 of it is theirs: card 0x50
      left: 0x5FB0; 0x5E20 under an interrupt; 0x4D70 while an exception is dispatched

    policy swap-per-thread: each thread is judged alone (`swap_policy = thread`); `process` also asks that all threads of its process wait in UserMode and exempts the System process
    policy swap-threshold: a UserMode wait must have lasted 15 s (3 s on small-memory machines) before the stack may leave memory; `outswap_after` changes it
    not counted: stack that nt's own routines take below the calls to them
    not expected: the bug check, 1 error
    [1]

07-swap-disable

    $ kss run docs/workshop/07-swap-disable/exercise.kss
    FAIL  docs/workshop/07-swap-disable/exercise.kss
          flash: a firmware update that the user may abort.

    note[KSS2001]: UserMode wait for `transfer.Done` on the waiting thread's own stack, with stack swapping disabled
      --> docs/workshop/07-swap-disable/exercise.kss:23:14
       |
    23 |     status = KeWaitForSingleObject(&transfer->Done, UserRequest, UserMode, FALSE, NULL);
       |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this stack stays in memory
    ...
    38 |     swap = KeSetKernelStackSwapEnable(FALSE);
       |            --------------------------------- (2) 0.000 s: swapping is disabled here
    39 |     transfer.Blocks = 0;
    40 |     KeInitializeEvent(&transfer.Done, SynchronizationEvent, FALSE);
       |     -------------------------------------------------------------- (1) 0.000 s: `transfer` is initialised here
       = note: Driver Verifier (0xC4, 0x123) and C28135 object to this wait all the same
       = source: DBG bug-check-0xc4 subcode 0x123; WDK C28135
       = next: kss explain KSS2001

    warning[KSS2004]: stack swapping is enabled although it was disabled when this routine began
      --> docs/workshop/07-swap-disable/exercise.kss:29:5
       |
    21 |     KeSetKernelStackSwapEnable(FALSE);
       |     --------------------------------- (2) 0.000 s: this call returns FALSE: it was disabled already
    ...
    29 |     KeSetKernelStackSwapEnable(TRUE);
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the caller relies on a stack that stays in memory
    ...
    38 |     swap = KeSetKernelStackSwapEnable(FALSE);
       |            --------------------------------- (1) 0.000 s: swapping is disabled here first
       = help: enable it only if the saved value was TRUE
       = source: DDI KeSetKernelStackSwapEnable
       = next: kss explain KSS2004

    error[KSS2005]: the thread ends with kernel stack swapping disabled
      --> docs/workshop/07-swap-disable/exercise.kss:21:5
       |
    21 |     KeSetKernelStackSwapEnable(FALSE);
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ disabled here and never enabled again
    ...
    72 |     FlashIdentify();
       |     ---------------- 20.000 s: the thread ends here
       = help: on every path out, call KeSetKernelStackSwapEnable(TRUE) if the saved value was TRUE
       = source: DDI KeSetKernelStackSwapEnable; DBG bug-check-0x94--kernel-stack-locked-at-exit
       = next: kss explain KSS2005

    FAIL docs/workshop/07-swap-disable/exercise.kss:79:1
      script  expect status FlashUpdate == STATUS_SUCCESS;
      why     it never returned
      next    kss run --bless docs/workshop/07-swap-disable/exercise.kss   (when what happened is right)

    FAIL docs/workshop/07-swap-disable/exercise.kss:80:1
      script  expect thread Updater exits;
      actual  expect bugcheck KERNEL_STACK_LOCKED_AT_EXIT;
      why     the run ended at 20.000 s with a bug check
      next    kss run --bless docs/workshop/07-swap-disable/exercise.kss   (when what happened is right)

    FAIL docs/workshop/07-swap-disable/exercise.kss:81:1
      script  expect thread Impatient exits;
      actual  expect bugcheck KERNEL_STACK_LOCKED_AT_EXIT;
      why     the run ended at 20.000 s with a bug check
      next    kss run --bless docs/workshop/07-swap-disable/exercise.kss   (when what happened is right)

    FAIL docs/workshop/07-swap-disable/exercise.kss:82:1
      script  expect clean;
      actual  expect bugcheck KERNEL_STACK_LOCKED_AT_EXIT;
      next    kss run --bless docs/workshop/07-swap-disable/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set
    *** STOP: 0x00000094 (0x0, 0x0, 0x0, 0x0) KERNEL_STACK_LOCKED_AT_EXIT
        at 20.000 s in Impatient, PASSIVE_LEVEL (docs/workshop/07-swap-disable/exercise.kss:72:5)

    thread Updater: used 0x640 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
         0x640     0x80  given     flash!FlashSendBlock
         0x5C0     0xC0  given     flash!FlashUpdate
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x140 of it is theirs: flash 0x140
      left: 0x59C0; 0x5830 under an interrupt; 0x4780 while an exception is dispatched

    thread Impatient: used 0x610 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
         0x610     0x80  given     flash!FlashSendBlock
         0x590     0x90  given     flash!FlashIdentify
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x110 of it is theirs: flash 0x110
      left: 0x59F0; 0x5860 under an interrupt; 0x47B0 while an exception is dispatched

    DPC stack: used 0x60 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
          0x60     0x60  given     flash!FlashDpc
      modules: 0x60 of it is theirs: flash 0x60
      left: 0x5FA0; 0x5E10 under an interrupt; 0x4D60 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them
    not expected: the bug check, 1 error, 1 warning, 1 note
    [1]

08-dispatch-and-dma

    $ kss run docs/workshop/08-dispatch-and-dma/exercise.kss
    FAIL  docs/workshop/08-dispatch-and-dma/exercise.kss
          adc: a converter delivers 64 samples by DMA, and its DPC adds them up.

    error[KSS6002]: MmBuildMdlForNonPagedPool takes down the page frames of `samples` on the kernel stack
      --> docs/workshop/08-dispatch-and-dma/exercise.kss:51:5
       |
    51 |     MmBuildMdlForNonPagedPool(mdl);
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ nothing keeps these pages in these frames
    ...
    54 |     after 300ms dma write mdl;
       |     -------------------------- 0.300 s: the page is in another frame when the device writes it: 8 bytes of `paged pool 'Kadc' #1` are overwritten instead
       |     |
       |     1.6125 s: the page is in another frame when the device writes it: the data is lost
       = help: use MmProbeAndLockPages and MmUnlockPages, or a buffer from nonpaged pool
       = note: pages of kernel stacks may be traded for others unless they are probed and locked, even where the stack cannot be paged out
       = source: DDI MmBuildMdlForNonPagedPool; DBG bug-check-0xc4 subcode 0x140
       = next: kss explain KSS6002

    error[KSS2006]: `paged pool 'Kadc' #1+0x4` is pageable and is read at DISPATCH_LEVEL
      --> docs/workshop/08-dispatch-and-dma/exercise.kss:36:9
       |
    36 |         History->Sum += read->Samples[i];
       |         ^^^^^^^^^^^^ in memory this time
       |         |
       |         1.6135 s: its page is out of memory here: the fault is fatal
       = help: keep it in nonpaged memory, or touch it below DISPATCH_LEVEL only
       = note: a DPC routine runs at DISPATCH_LEVEL
       = source: DBG bug-check-0xd1--driver-irql-not-less-or-equal; KRN managing-hardware-priorities
       = next: kss explain KSS2006

    error[KSS2006]: `paged pool 'Kadc' #1` is pageable and is read at DISPATCH_LEVEL
      --> docs/workshop/08-dispatch-and-dma/exercise.kss:38:5
       |
    38 |     History->Reads += 1;
       |     ^^^^^^^^^^^^^^ in memory this time
       = help: keep it in nonpaged memory, or touch it below DISPATCH_LEVEL only
       = note: a DPC routine runs at DISPATCH_LEVEL
       = source: DBG bug-check-0xd1--driver-irql-not-less-or-equal; KRN managing-hardware-priorities
       = next: kss explain KSS2006

    FAIL docs/workshop/08-dispatch-and-dma/exercise.kss:76:1
      script  expect thread App exits;
      actual  expect bugcheck DRIVER_IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in AdcDpc;
      why     the run ended at 1.6135 s with a bug check
      next    kss run --bless docs/workshop/08-dispatch-and-dma/exercise.kss   (when what happened is right)

    FAIL docs/workshop/08-dispatch-and-dma/exercise.kss:77:1
      script  expect clean;
      actual  expect bugcheck DRIVER_IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in AdcDpc;
      next    kss run --bless docs/workshop/08-dispatch-and-dma/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set
    *** STOP: 0x000000D1 (0xFFFFF8A000000014, 0x2, 0x0, 0xFFFFFB0001000010) DRIVER_IRQL_NOT_LESS_OR_EQUAL
        P1 0xFFFFF8A000000014  address touched: paged pool 'Kadc' #1+0x4
        P2 0x2  IRQL
        P3 0x0  0 read, 1 write, 2 or 8 execute
        P4 0xFFFFFB0001000010  address of the instruction
        at 1.6135 s in adc!AdcDpc, DISPATCH_LEVEL (docs/workshop/08-dispatch-and-dma/exercise.kss:36:9)

    thread App: used 0x630 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
         0x630    0x120  given     adc!AdcRead
         0x510     0x10  assumed   App
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x120 of it is theirs: adc 0x120
      frames without a module: 0x10
      1 of 2 frames assumed from their locals; frame(N) gives the real size
      left: 0x59D0; 0x5840 under an interrupt; 0x4790 while an exception is dispatched

    DPC stack: used 0x70 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
          0x70     0x70  given     adc!AdcDpc
      modules: 0x70 of it is theirs: adc 0x70
      left: 0x5F90; 0x5E00 under an interrupt; 0x4D50 while an exception is dispatched

    policy page-trading: a page of a kernel stack that is not probed and locked is taken to be in another frame after every wait of its owner and whenever time has passed
    policy stale-frame: the frame a page has left holds the newest live block of the pools, whose first bytes a transfer there works on; without one nobody's in the run
    not counted: stack that nt's own routines take below the calls to them
    not expected: the bug check, 3 errors
    [1]

09-lifetime-and-timeouts

    $ kss run docs/workshop/09-lifetime-and-timeouts/exercise.kss
    FAIL  docs/workshop/09-lifetime-and-timeouts/exercise.kss
          sensor: a request that lies on the stack of the thread that waits for it, half a second at most.

    warning[KSS7001]: `KeWaitForSingleObject` returned STATUS_TIMEOUT and only NT_SUCCESS was asked, which holds for it
      --> docs/workshop/09-lifetime-and-timeouts/exercise.kss:59:14
       |
    59 |     status = KeWaitForSingleObject(&request.Done, Executive, KernelMode, FALSE, 500ms);
       |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ goes on as if the wait had been satisfied
       = help: compare the status with STATUS_SUCCESS
       = source: DDI KeWaitForSingleObject
       = next: kss explain KSS7001

    error[KSS3001]: a local of a routine that has returned is read
      --> docs/workshop/09-lifetime-and-timeouts/exercise.kss:28:37
       |
    28 |         request = CONTAINING_RECORD(RemoveHeadList(&Queue), REQUEST, Link);
       |                                     ^^^^^^^^^^^^^^^^^^^^^^ this is stack memory of a frame that is gone
       = help: after a wait that failed, cancel the request and wait until it is done, or keep what it uses in nonpaged pool
       = note: the address is unused stack of thread App, top-0x540
       = source: DBG bug-check-0x139--kernel-security-check-failure; KRN using-the-kernel-stack
       = next: kss explain KSS3001

    FAIL docs/workshop/09-lifetime-and-timeouts/exercise.kss:87:1
      script  expect status SensorRead#2 == STATUS_IO_TIMEOUT;
      actual  expect status SensorRead#2 == STATUS_SUCCESS;
      next    kss run --bless docs/workshop/09-lifetime-and-timeouts/exercise.kss   (when what happened is right)

    FAIL docs/workshop/09-lifetime-and-timeouts/exercise.kss:89:1
      script  expect thread App exits;
      actual  expect bugcheck KERNEL_SECURITY_CHECK_FAILURE (3, 0, 0, 0) in SensorDpc;
      why     the run ended at 1.160 s with a bug check
      next    kss run --bless docs/workshop/09-lifetime-and-timeouts/exercise.kss   (when what happened is right)

    FAIL docs/workshop/09-lifetime-and-timeouts/exercise.kss:90:1
      script  expect clean;
      actual  expect bugcheck KERNEL_SECURITY_CHECK_FAILURE (3, 0, 0, 0) in SensorDpc;
      next    kss run --bless docs/workshop/09-lifetime-and-timeouts/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set
    *** STOP: 0x00000139 (0x3, 0x0, 0x0, 0x0) KERNEL_SECURITY_CHECK_FAILURE
        P1 0x3  kind: 2 stack cookie, 3 list entry, 4 wrong stack
        P2 0x0  trap frame
        P3 0x0  exception record
        P4 0x0  reserved
        at 1.160 s in sensor!SensorDpc, nt!RemoveHeadList at work, DISPATCH_LEVEL (docs/workshop/09-lifetime-and-timeouts/exercise.kss:28:37)

    thread App: used 0x5F0 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
         0x5F0     0xE0  given     sensor!SensorRead
         0x510     0x10  assumed   App
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0xE0 of it is theirs: sensor 0xE0
      frames without a module: 0x10
      1 of 2 frames assumed from their locals; frame(N) gives the real size
      left: 0x5A10; 0x5880 under an interrupt; 0x47D0 while an exception is dispatched

    DPC stack: used 0x80 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
          0x80     0x80  given     sensor!SensorDpc
      modules: 0x80 of it is theirs: sensor 0x80
      left: 0x5F80; 0x5DF0 under an interrupt; 0x4D40 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them
    not expected: the bug check, 1 error, 1 warning
    [1]

10-crash-listing

    $ kss run docs/workshop/10-crash-listing/exercise.kss
    FAIL  docs/workshop/10-crash-listing/exercise.kss
          case 4417: the path of crash.txt, as `kss import windbg` wrote it.

    error[KSS1001]: the kernel stack overflows: `storport!RaidAdapterStartIo+0x1c4` needs 224 bytes and 128 are left
      --> docs/workshop/10-crash-listing/exercise.kss:73:10
       |
    73 |     call "storport!RaidAdapterStartIo+0x1c4" frame(0xE0);
       |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ crosses StackLimit by 96 bytes
       = help: 96 bytes less on this path would fit; its largest frame is that of `bkflt!BkfBuildName+0x2e5`, 4,240 bytes
       = source: DBG bug-check-0x7f--unexpected-kernel-mode-trap; ntdebugging blog, Kernel Stack Overflows
       = next: kss explain KSS1001

    note[KSS1003]: one call of `bkflt!BkfBuildName+0x2e5` takes 4,240 bytes of kernel stack
      --> docs/workshop/10-crash-listing/exercise.kss:22:10
       |
    22 |     call "bkflt!BkfBuildName+0x2e5" frame(0x1090)
       |          ^^^^^^^^^^^^^^^^^^^^^^^^^^ 4,240 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `scanav!ScanReadHeader+0x21b` takes 2,848 bytes of kernel stack
      --> docs/workshop/10-crash-listing/exercise.kss:29:10
       |
    29 |     call "scanav!ScanReadHeader+0x21b" frame(0xB20)
       |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 2,848 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    note[KSS1003]: one call of `bkvol!BkvReadThrough+0x3d2` takes 2,800 bytes of kernel stack
      --> docs/workshop/10-crash-listing/exercise.kss:59:10
       |
    59 |     call "bkvol!BkvReadThrough+0x3d2" frame(0xAF0)
       |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 2,800 bytes, given
       = note: the compiler's threshold for kernel code is 1,024 bytes a function
       = source: cpp-docs C6262
       = next: kss explain KSS1003

    FAIL docs/workshop/10-crash-listing/exercise.kss:80:1
      script  expect stack Listed <= 0x6000 - 0x1240;
      actual  expect stack Listed == 0x6060;
      next    kss run --bless docs/workshop/10-crash-listing/exercise.kss   (when what happened is right)

    FAIL docs/workshop/10-crash-listing/exercise.kss:81:1
      script  expect clean;
      actual  expect bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, 0, _, _) in "storport!RaidAdapterStartIo+0x1c4";
      next    kss run --bless docs/workshop/10-crash-listing/exercise.kss   (when what happened is right)

    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x0, trap frame 0x0, swap balance-set
    *** STOP: 0x0000007F (0x8, 0x0, 0xFFFFF88010000FA0, 0xFFFFFB00010003D0) UNEXPECTED_KERNEL_MODE_TRAP
        P1 0x8  trap number; 8: double fault
        P2 0x0  undocumented
        P3 0xFFFFF88010000FA0  undocumented
        P4 0xFFFFFB00010003D0  undocumented
        at 0.000 s in storport!RaidAdapterStartIo+0x1c4, PASSIVE_LEVEL (docs/workshop/10-crash-listing/exercise.kss:73:10)

    thread Listed: needed 0x6060 of 0x6000 bytes, 0x60 too many; storport!RaidAdapterStartIo+0x1c4 crossed the limit
      its pages, 64 bytes a character: # + frames
            Base |####################++###+++++#######++++++#++####++++++++++++++|
      top-0x1000 |++++++++++++++++++++++++++++++++++++++++++++++++++++######+##+##|
      top-0x2000 |###++++++++++++++#############################################++|
      top-0x3000 |+++++####++#####++++++++++###++###++++++######++++++#+#+++++++++|
      top-0x4000 |+++#+++#+#####+++++++++++#######+##+++++++#+++++++#+++##########|
      top-0x5000 |#################################+###+##+###++++###+#++###++++##|
           guard |##xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|
         Depth   Memory  Origin    Call Site
        0x6060     0xE0  given     storport!RaidAdapterStartIo+0x1c4
        0x5F80    0x110  given     storport!RaidUnitStartIo+0x2a7
        0x5E70     0xB0  given     storport!RaidUnitSubmitRequest+0xc8
        0x5DC0     0xA0  given     storport!RaUnitScsiIrp+0x19b
        0x5D20     0x40  given     storport!RaDriverScsiIrp+0x5c
        0x5CE0     0x40  given     nt!IofCallDriver+0x59
        0x5CA0     0x90  given     CLASSPNP!SubmitTransferPacket+0x2b3
        0x5C10    0x120  given     CLASSPNP!ServiceTransferRequest+0x2e0
        0x5AF0     0xA0  given     CLASSPNP!ClassReadWrite+0x15f
        0x5A50     0x40  given     nt!IofCallDriver+0x59
        0x5A10     0x80  given     partmgr!PmReadWrite+0x11d
        0x5990     0x40  given     nt!IofCallDriver+0x59
        0x5950     0xC0  given     volmgr!VmReadWrite+0x135
        0x5890     0x40  given     nt!IofCallDriver+0x59
        0x5850    0xAF0  given     bkvol!BkvReadThrough+0x3d2
        0x4D60     0xA0  given     bkvol!BkvDispatchRead+0x71
        0x4CC0     0x40  given     nt!IofCallDriver+0x59
        0x4C80    0x1C0  given     volsnap!VolSnapReadWrite+0x2a1
        0x4AC0     0x40  given     nt!IofCallDriver+0x59
        0x4A80    0x1B0  given     fvevol!FveReadWrite+0x3c7
        0x48D0     0x90  given     fvevol!FveFilterRundownReadWrite+0x1e7
        0x4840     0x40  given     nt!IofCallDriver+0x59
        0x4800    0x1D0  given     Ntfs!NtfsNonCachedIo+0x5e4
        0x4630    0x2A0  given     Ntfs!NtfsCommonRead+0xb1e
        0x4390    0x140  given     Ntfs!NtfsFsdRead+0x1f6
        0x4250     0x40  given     nt!IofCallDriver+0x59
        0x4210     0x70  given     FLTMGR!FltpLegacyProcessingAfterPreCallbacksCompleted+0x15e
        0x41A0     0xB0  given     FLTMGR!FltpDispatch+0x9d
        0x40F0     0x40  given     nt!IofCallDriver+0x59
        0x40B0    0x2F0  given     bkflt!BkfRead+0x1b4
        0x3DC0     0x40  given     nt!IofCallDriver+0x59
        0x3D80     0x40  given     nt!IoPageReadEx+0x1ce
        0x3D40     0x50  given     nt!MiIssueHardFaultIo+0xbb
        0x3CF0    0x170  given     nt!MiIssueHardFault+0x3f4
        0x3B80    0x1A0  given     nt!MmAccessFault+0x32f
        0x39E0    0x170  given     nt!MmCheckCachedPageStates+0x1a6
        0x3870     0xA0  given     nt!CcMapAndCopyFromCache+0x79
        0x37D0     0x90  given     nt!CcCopyReadEx+0x123
        0x3740     0xC0  given     Ntfs!NtfsCachedRead+0x19f
        0x3680    0x2A0  given     Ntfs!NtfsCommonRead+0x1f1c
        0x33E0    0x140  given     Ntfs!NtfsFsdRead+0x1f6
        0x32A0     0x70  given     FLTMGR!FltpLegacyProcessingAfterPreCallbacksCompleted+0x15e
        0x3230     0xF0  given     FLTMGR!FltPerformSynchronousIo+0x2ae
        0x3140    0x1D0  given     FLTMGR!FltReadFileEx+0x3ba
        0x2F70    0xB20  given     scanav!ScanReadHeader+0x21b
        0x2450    0x3B0  given     scanav!ScanPreCreate+0x4f2
        0x20A0    0x120  given     FLTMGR!FltpPerformPreCallbacksWorker+0x36c
        0x1F80     0x30  given     FLTMGR!FltpPassThroughInternal+0xca
        0x1F50     0xB0  given     FLTMGR!FltpCreate+0x323
        0x1EA0     0x40  given     nt!IofCallDriver+0x59
        0x1E60    0x150  given     bkflt!BkfOpenStream+0x188
        0x1D10   0x1090  given     bkflt!BkfBuildName+0x2e5
         0xC80    0x110  given     bkflt!BkfPreCreate+0xd4
         0xB70     0x60  given     bkflt!BkfDispatch+0x66
         0xB10     0x40  given     nt!IofCallDriver+0x59
         0xAD0    0x190  given     nt!IopParseDevice+0x5fe
         0x940    0x1D0  given     nt!ObpLookupObjectName+0x719
         0x770    0x140  given     nt!ObOpenObjectByNameEx+0x1e0
         0x630     0xA0  given     nt!IopCreateFile+0x40c
         0x590     0x90  given     nt!NtCreateFile+0x79
         0x500    0x500  given     unlisted bytes
      modules: 0x5B60 of it is theirs: bkflt 0x1640, nt 0xF10, scanav 0xED0, bkvol 0xB90, Ntfs 0xA50, FLTMGR 0x650 and 6 more
      frames without a module: 0x500
      fits: with the locals in pool of bkflt!BkfBuildName+0x2e5 (0x1068): 0x1068 bytes, at least 0x60 are needed
      fits: when bkvol!BkvDispatchRead+0x71 (depth 0x4D60) calls on through KeExpandKernelStackAndCallout: up to 0x11800 bytes instead of 0x12A0, 0x10560 more

    policy overflow-parameters: parameters 2 to 4 of 0x7F (8, ...): x86 (TSS address, 0, 0); x64 (0, SP, IP); arm and arm64 (0, 0, 0)
    not counted: stack that nt's own routines take below the calls to them
    not expected: the bug check, 1 error, 3 notes
    [1]

Both listings of the last one.

    $ kss import windbg -f text docs/workshop/10-crash-listing/crash.txt
    docs/workshop/10-crash-listing/crash.txt: overflow: SP is 0x60 (96) bytes below the limit
      machine x64, Base 0xFFFFA10C3D2F7000 (listed), limit 0xFFFFA10C3D2F1000 (listed), SP 0xFFFFA10C3D2F0FA0
      used      0x6060 (24,672) bytes
      listed    0x5B60 (23,392) bytes
      unlisted  0x500 (1,280) bytes
    evidence
      line 4     the bug check is 0x7F UNEXPECTED_KERNEL_MODE_TRAP
      line 6     P1 = 8: a double fault, which is what an overflow into the guard page comes to (and what bad memory or a lost SP can come to)
      line 21    the stack changes before row 03: what ends there is the double-fault stack; the pointer goes back by 0x56F73D19AEB0; nt!KiDoubleFaultAbort names it; nothing is subtracted across it
      line 82    the stack changes before row 40: what ends there is the thread stack; the pointer leaves system space; nothing is subtracted across it
      line 86    Base is 0xFFFFA10C3D2F7000 (listed)
      line 86    the limit is 0xFFFFA10C3D2F1000 (listed)
      line 81    from the last row's pointer to Base 0x500 (1,280) bytes are not listed, the last row's own among them
      line 21    Child-SP of the innermost row (storport!RaidAdapterStartIo) is 0xFFFFA10C3D2F0FA0
      line 8     parameter 3 (0xFFFFA10C3D2F0FA0) lies on the stack of these rows: RSP at the fault, as newer systems pass it
      line 21    SP is 0x60 (96) bytes below the limit
    rows, innermost first
         Depth   Memory  Row Call Site
      -- double-fault stack
                      8  00  nt!KeBugCheckEx
                    140  01  nt!KiBugCheckDispatch+0x69
                      ?  02  nt!KiDoubleFaultAbort+0x2c3
      -- thread stack, judged
          6060       E0  03  storport!RaidAdapterStartIo+0x1c4
          5F80      110  04  storport!RaidUnitStartIo+0x2a7
          5E70       B0  05  storport!RaidUnitSubmitRequest+0xc8
          5DC0       A0  06  storport!RaUnitScsiIrp+0x19b
          5D20       40  07  storport!RaDriverScsiIrp+0x5c
          5CE0       40  08  nt!IofCallDriver+0x59
          5CA0       90  09  CLASSPNP!SubmitTransferPacket+0x2b3
          5C10      120  0a  CLASSPNP!ServiceTransferRequest+0x2e0
          5AF0       A0  0b  CLASSPNP!ClassReadWrite+0x15f
          5A50       40  0c  nt!IofCallDriver+0x59
          5A10       80  0d  partmgr!PmReadWrite+0x11d
          5990       40  0e  nt!IofCallDriver+0x59
          5950       C0  0f  volmgr!VmReadWrite+0x135
          5890       40  10  nt!IofCallDriver+0x59
          5850      AF0  11  bkvol!BkvReadThrough+0x3d2
          4D60       A0  12  bkvol!BkvDispatchRead+0x71
          4CC0       40  13  nt!IofCallDriver+0x59
          4C80      1C0  14  volsnap!VolSnapReadWrite+0x2a1
          4AC0       40  15  nt!IofCallDriver+0x59
          4A80      1B0  16  fvevol!FveReadWrite+0x3c7
          48D0       90  17  fvevol!FveFilterRundownReadWrite+0x1e7
          4840       40  18  nt!IofCallDriver+0x59
          4800      1D0  19  Ntfs!NtfsNonCachedIo+0x5e4
          4630      2A0  1a  Ntfs!NtfsCommonRead+0xb1e
          4390      140  1b  Ntfs!NtfsFsdRead+0x1f6
          4250       40  1c  nt!IofCallDriver+0x59
          4210       70  1d  FLTMGR!FltpLegacyProcessingAfterPreCallbacksCompleted+0x15e
          41A0       B0  1e  FLTMGR!FltpDispatch+0x9d
          40F0       40  1f  nt!IofCallDriver+0x59
          40B0      2F0  20  bkflt!BkfRead+0x1b4
          3DC0       40  21  nt!IofCallDriver+0x59
          3D80       40  22  nt!IoPageReadEx+0x1ce
          3D40       50  23  nt!MiIssueHardFaultIo+0xbb
          3CF0      170  24  nt!MiIssueHardFault+0x3f4
          3B80      1A0  25  nt!MmAccessFault+0x32f
          39E0      170  26  nt!MmCheckCachedPageStates+0x1a6
          3870       A0  27  nt!CcMapAndCopyFromCache+0x79
          37D0       90  28  nt!CcCopyReadEx+0x123
          3740       C0  29  Ntfs!NtfsCachedRead+0x19f
          3680      2A0  2a  Ntfs!NtfsCommonRead+0x1f1c
          33E0      140  2b  Ntfs!NtfsFsdRead+0x1f6
          32A0       70  2c  FLTMGR!FltpLegacyProcessingAfterPreCallbacksCompleted+0x15e
          3230       F0  2d  FLTMGR!FltPerformSynchronousIo+0x2ae
          3140      1D0  2e  FLTMGR!FltReadFileEx+0x3ba
          2F70      B20  2f  scanav!ScanReadHeader+0x21b
          2450      3B0  30  scanav!ScanPreCreate+0x4f2
          20A0      120  31  FLTMGR!FltpPerformPreCallbacksWorker+0x36c
          1F80       30  32  FLTMGR!FltpPassThroughInternal+0xca
          1F50       B0  33  FLTMGR!FltpCreate+0x323
          1EA0       40  34  nt!IofCallDriver+0x59
          1E60      150  35  bkflt!BkfOpenStream+0x188
          1D10     1090  36  bkflt!BkfBuildName+0x2e5
           C80      110  37  bkflt!BkfPreCreate+0xd4
           B70       60  38  bkflt!BkfDispatch+0x66
           B10       40  39  nt!IofCallDriver+0x59
           AD0      190  3a  nt!IopParseDevice+0x5fe
           940      1D0  3b  nt!ObpLookupObjectName+0x719
           770      140  3c  nt!ObOpenObjectByNameEx+0x1e0
           630       A0  3d  nt!IopCreateFile+0x40c
           590       90  3e  nt!NtCreateFile+0x79
           500        ?  3f  nt!KiSystemServiceCopyEnd+0x25
           500      500  --  not listed, up to Base
      -- user stack
                      ?  40  0x00007ffc`1e0ad1a4
    use per module, of what is listed
      bkflt            0x1640 (5,696) bytes
      nt               0xF10 (3,856) bytes
      scanav           0xED0 (3,792) bytes
      bkvol            0xB90 (2,960) bytes
      Ntfs             0xA50 (2,640) bytes
      FLTMGR           0x650 (1,616) bytes
      storport         0x380 (896) bytes
      CLASSPNP         0x250 (592) bytes
      fvevol           0x240 (576) bytes
      volsnap          0x1C0 (448) bytes
      volmgr           0xC0 (192) bytes
      partmgr          0x80 (128) bytes
    what would have made it fit
      0x60 (96) bytes less in bkflt, which takes most, 0x1640 (5,696) bytes of what is listed, would have fitted
      KeExpandKernelStackAndCallout around the inner part gives it up to 0x11800 (71,680) bytes
    $ kss import windbg -f text docs/workshop/10-crash-listing/colleague.txt
    docs/workshop/10-crash-listing/colleague.txt: cannot tell: the listing has no stack-pointer column
      machine x64
    evidence
      line 5     the 10 rows from here on have no Child-SP or ChildEBP
    why nobody can tell
      names say in which order functions were called, not how many bytes they took: list the stack again with `k`, `kv` or `kf`
    [3]
