Device stacks in the reports. What a stack's drivers use together, by driver: the frame of a helper counts
for the driver that called it.

    $ kss run scenarios/incidents/filter-stack-overflow.kss
    PASS  scenarios/incidents/filter-stack-overflow.kss
          Four filters and a file system: each fits a kernel stack of 12 KiB, all of them together do not.
          error[KSS1001] line 72, expected: the kernel stack overflows: `fs!NonCachedIo` needs 1,312 bytes and 1,164 are left
          note[KSS1003] line 21: one call of `quota!Read` takes 1,600 bytes of kernel stack
          note[KSS1003] line 30: one call of `hsm!Read` takes 1,888 bytes of kernel stack
          note[KSS1003] line 39: one call of `crypt!Read` takes 2,496 bytes of kernel stack
          note[KSS1003] line 48: one call of `av!Read` takes 2,880 bytes of kernel stack
          note[KSS1003] line 57: one call of `fs!NonCachedIo` takes 1,312 bytes of kernel stack
          note[KSS1003] line 68: one call of `fs!CommonRead` takes 1,448 bytes of kernel stack
          STOP 0x0000007F, expected: bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, _, 0, 0) in fs!NonCachedIo at 0.000 s
          x86: thread Alone used 0xDF4 of 0x3000, thread WithOne used 0x1934 of 0x3000, thread WithAll needed 0x3094 of 0x3000 bytes
    $ mkdir $TMP/d && sed 's/stack C ==.*/stack C == 1;/; s/0x400/0x10/' tests/model/device-stack-in-one-module.kss > $TMP/d/one.kss && cd $TMP/d && kss run one.kss
    FAIL  one.kss
          Two drivers written in one module: frames belong to whose dispatch routine called them.

    FAIL one.kss:47:1
      script  expect stack C == 1;
      actual  expect stack C == 0x1C0;
      next    kss run --bless one.kss   (when what happened is right)

    FAIL one.kss:49:1
      script  expect stack App == 0x210 + 0x8C + 0x10 + 0x80 + 0x40;
      actual  expect stack App == 0x48C;
      next    kss run --bless one.kss   (when what happened is right)

    x86: kernel stacks of 12,288 bytes (3 pages of 4,096), save area 0x210, trap frame 0x8C, swap balance-set

    thread App: used 0x48C of 0x3000 bytes
         Depth   Memory  Origin    Call Site
         0x48C     0x40  given     one!Help
         0x44C     0x80  given     one!DiskRead
         0x3CC    0x100  given     one!FilterRead
         0x2CC     0x30  given     one!caller
         0x29C     0x8C  machine   trap frame
         0x210    0x210  machine   top-of-stack save area
      modules: 0x1F0 of it is theirs: one 0x1F0
      device stack: 0x1C0 of it is its drivers': filter 0x100, disk 0xC0
      left: 0x2B74; 0x2AE8 under an interrupt; 0x23B0 while an exception is dispatched

    policy synchronous-io-wait: a system call on a synchronous handle waits for its request in the mode of its caller: UserMode for NtReadFile in a user thread, KernelMode for ZwReadFile; opening and closing wait in KernelMode
    not counted: stack that nt's own routines take below the calls to them
    [1]
    $ cd $TMP/d && kss run -q --bless one.kss; grep expect one.kss
    blessed    one.kss
    expect clean;
    expect stack C == 0x1C0;
    expect stack Bare == 0x80 + 0x40;
    expect stack App == 0x48C;
    $ kss run -v tests/model/driver-that-does-not-load.kss | grep -E 'print|PASS'
    PASS  tests/model/driver-that-does-not-load.kss
      0.000 s     driver loader 0  print           text DriverEntry of flaky returned STATUS_NO_SUCH_DEVICE: it is not loaded  tests/model/driver-that-does-not-load.kss:12:8
    $ kss fmt --check scenarios/lessons/27-a-device-stack-in-one-stack.kss
