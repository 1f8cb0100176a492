Answers that participants give and that are wrong: each must fail, and for a reason that
teaches something. The lines are those of the changed text.

01: The largest frame is made small: it is not on the deepest path.

    $ sed 's/VaultLogWrite = 0x8A0/VaultLogWrite = 0x100/' docs/workshop/01-measure-a-call-tree/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:76:1
      actual  expect stack vault!VaultLogWrite == 0x7E0;
    FAIL stdin:77:1
      actual  expect stack Writer == 0x1740;

01: The schedule returns before the cipher begins, but the tag still stands on the cipher.

    $ awk '/^VOID VaultMakeSchedule/ { inside = 1 } inside && /VaultCipher/ { inside = 0; next } /^    VaultMakeSchedule/ { print; print "    VaultCipher(chunk);"; next } 1' docs/workshop/01-measure-a-call-tree/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:77:1
      actual  expect stack Writer == 0x1220;

02: The name leaves the frame and the recursion stays: it fits, and is deeper still for the next user.

    $ sed '/name\[/d' docs/workshop/02-recursion-to-iteration/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:63:1
      actual  expect stack App == 0x1C50;

02: A bound that refuses deep trees.

    $ sed 's/^    ULONG bytes = node->Bytes;/& if (IoGetRemainingStackSize() < 0x5000) return bytes;/; /name\[/d' docs/workshop/02-recursion-to-iteration/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:62:1
      actual  expect status QuotaSet#2 == STATUS_SUCCESS;
    FAIL stdin:63:1
      actual  expect stack App == 0x1010;

03: Paged pool: the copy under the lock touches it at DISPATCH_LEVEL.

    $ sed 's/NonPagedPoolNx/PagedPool/' docs/workshop/03-large-locals-to-pool/solution.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    error[KSS2006]: `paged pool 'Prob' #1` is pageable and is written at DISPATCH_LEVEL
    FAIL stdin:87:1
      actual  expect hazard pageable-data-at-dispatch in bus!ReadBlock;

03: The block is not freed: the 16th request finds the pool empty.

    $ sed '/ExFreePoolWithTag/d' docs/workshop/03-large-locals-to-pool/solution.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:83:1
      actual  expect status probe!Identify#20 == STATUS_INSUFFICIENT_RESOURCES;
    FAIL stdin:84:1
      actual  expect status probe!Identify#21 == STATUS_INSUFFICIENT_RESOURCES;
    FAIL stdin:78:5
      why     it is false at 0.000 s

04: Without the record there is room enough.

    $ sed 's/^    return Record(/    return SendDown(/' docs/workshop/04-device-stacks/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:86:5
      why     it is false at 0.000 s

04: The line from pool, and the call down still from inside: another 0x30 too many.

    $ sed 's/^    UCHAR line.0x200.;/    PUCHAR line = ExAllocatePoolWithTag(NonPagedPoolNx, 0x200, 0x74647541);/; s/i < sizeof(line)/i < 0x200/; s/^    InterlockedIncrement/    ExFreePoolWithTag(line, 0x74647541); &/' docs/workshop/04-device-stacks/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:91:1
      actual  expect stack C == 0x6B0;

05: The status is looked at and nothing else: denied is denied, and the third file stops the machine.

    $ sed 's/0x12000); .*/0x5000);/' docs/workshop/05-expansion/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    error[KSS1006]: STATUS_DATA_ERROR leaves the expanded callout `policy!PolicyCallout`
    FAIL stdin:64:1
      why     it returned only 2 times
    FAIL stdin:65:1
      why     it returned only 2 times
    FAIL stdin:67:1
      actual  expect bugcheck KMODE_EXCEPTION_NOT_HANDLED (0xFFFFFFFFC000003E, _, 0, 0) in PolicyWalk;
    *** STOP: 0x0000001E (0xFFFFFFFFC000003E, 0xFFFFFB0001000000, 0x0, 0x0) KMODE_EXCEPTION_NOT_HANDLED

05: A Size that the current stack has: the callout runs there, and overflows it.

    $ sed 's/0x5000/0x2000/' docs/workshop/05-expansion/solution.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    error[KSS1001]: the kernel stack overflows: `policy!PolicyWalk` needs 992 bytes and 800 are left
    warning[KSS1004]: the path that overflows repeats: 9 calls of 992 bytes each
    FAIL stdin:72:1
      why     it never returned
    FAIL stdin:73:1
      why     it never returned
    FAIL stdin:74:1
      why     it never returned
    FAIL stdin:75:1
      why     it never returned
    FAIL stdin:77:1
      actual  expect bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, 0, _, _) in PolicyWalk;
    *** STOP: 0x0000007F (0x8, 0x0, 0xFFFFF88010000F40, 0xFFFFFB0001000000) UNEXPECTED_KERNEL_MODE_TRAP

05: A Size for the frames alone: a caller with that much left has no room for the exception.

    $ sed 's/0x5000/0x32C0/' docs/workshop/05-expansion/solution.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    error[KSS1001]: the kernel stack overflows: dispatching an exception needs 4,672 bytes and 4,656 are left
    warning[KSS1004]: the path that overflows repeats: 13 calls of 992 bytes each
    FAIL stdin:75:1
      why     it returned only 3 times
    FAIL stdin:77:1
      actual  expect bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, 0, _, _) in PolicyWalk;
    *** STOP: 0x0000007F (0x8, 0x0, 0xFFFFF88010008FF0, 0xFFFFF80001C00000) UNEXPECTED_KERNEL_MODE_TRAP

05: The sum to the byte, and 0x10 less.

    $ sed 's/0x5000/0x4500/' docs/workshop/05-expansion/solution.kss | kss run -q -
    $ sed 's/0x5000/0x44F0/' docs/workshop/05-expansion/solution.kss | kss run - | grep '^error'
    error[KSS1001]: the kernel stack overflows: dispatching an exception needs 4,672 bytes and 4,656 are left

05: The engine on the stack it is called on.

    $ sed 's/KeExpandKernelStackAndCallout(PolicyCallout, &query, 0x12000);.*/PolicyWalk(\&query);/' docs/workshop/05-expansion/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    error[KSS1001]: the kernel stack overflows: `policy!PolicyWalk` needs 992 bytes and 896 are left
    warning[KSS1004]: the path that overflows repeats: 9 calls of 992 bytes each
    FAIL stdin:62:1
      why     it never returned
    FAIL stdin:63:1
      why     it never returned
    FAIL stdin:64:1
      why     it never returned
    FAIL stdin:65:1
      why     it never returned
    FAIL stdin:67:1
      actual  expect bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, 0, _, _) in PolicyWalk;
    *** STOP: 0x0000007F (0x8, 0x0, 0xFFFFF88010000FA0, 0xFFFFFB0001000000) UNEXPECTED_KERNEL_MODE_TRAP

06: KernelMode: the stack stays, and so does the application that was to be ended.

    $ sed 's/UserMode/KernelMode/' docs/workshop/06-stack-events-and-wait-mode/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:51:1
      actual  expect status CardWait#1 == STATUS_SUCCESS;

07: The setting is put back where it was forgotten, unconditionally.

    $ sed 's/^        return STATUS_CANCELLED;/        KeSetKernelStackSwapEnable(TRUE); &/' docs/workshop/07-swap-disable/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    warning[KSS2004]: stack swapping is enabled although it was disabled when this routine began
    error[KSS2001]: UserMode wait for `transfer.Done`, which lies on the waiting thread's own stack
    FAIL stdin:79:1
      why     it never returned
    FAIL stdin:80:1
      actual  expect bugcheck DRIVER_IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in FlashDpc;
      why     the run ended at 70.000 s with a bug check
    FAIL stdin:82:1
      actual  expect bugcheck DRIVER_IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in FlashDpc;
    *** STOP: 0x000000D1 (0xFFFFF88010006AF0, 0x2, 0x0, 0xFFFFFB0001000000) DRIVER_IRQL_NOT_LESS_OR_EQUAL

07: No setting at all.

    $ sed '/KeSetKernelStackSwapEnable(FALSE)/d; /^    if (swap) {/,/^    }/d; /^    KeSetKernelStackSwapEnable(TRUE);/d; /BOOLEAN swap/d' docs/workshop/07-swap-disable/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    error[KSS2001]: UserMode wait for `transfer.Done`, which lies on the waiting thread's own stack
    FAIL stdin:71:1
      why     it never returned
    FAIL stdin:72:1
      why     it never returned
    FAIL stdin:73:1
      actual  expect bugcheck DRIVER_IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in FlashDpc;
      why     the run ended at 20.000 s with a bug check
    FAIL stdin:74:1
      actual  expect bugcheck DRIVER_IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in FlashDpc;
      why     the run ended at 20.000 s with a bug check
    FAIL stdin:75:1
      actual  expect bugcheck DRIVER_IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in FlashDpc;
    *** STOP: 0x000000D1 (0xFFFFF88010006AF0, 0x2, 0x0, 0xFFFFFB0001000000) DRIVER_IRQL_NOT_LESS_OR_EQUAL

08: Swapping is disabled: the stack is in memory, and its pages may still be traded.

    $ sed 's/PagedPool, sizeof/NonPagedPoolNx, sizeof/; s/^    MmBuildMdl/    KeSetKernelStackSwapEnable(FALSE); &/; s/^    IoFreeMdl/    KeSetKernelStackSwapEnable(TRUE); &/' docs/workshop/08-dispatch-and-dma/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    error[KSS6002]: MmBuildMdlForNonPagedPool takes down the page frames of `samples` on the kernel stack
    FAIL stdin:77:1
      actual  expect hazard nonpaged-mdl-on-stack in AdcRead;
    FAIL stdin:69:5
      why     it is false at 1.6135 s

08: Locked, and never unlocked.

    $ sed 's/PagedPool, sizeof/NonPagedPoolNx, sizeof/; s/MmBuildMdlForNonPagedPool(mdl)/MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess)/' docs/workshop/08-dispatch-and-dma/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    error[KSS6004]: `IoFreeMdl` frees an MDL whose pages are locked
    FAIL stdin:77:1
      actual  expect hazard mdl-misused in AdcRead;

09: The status is compared, and the request that the DPC has taken is forgotten.

    $ sed 's/!NT_SUCCESS(status)/status != STATUS_SUCCESS/' docs/workshop/09-lifetime-and-timeouts/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    error[KSS3001]: `request` is written after `sensor!SensorRead` returned
    FAIL stdin:90:1
      actual  expect hazard stack-object-outlives-frame in SensorFinish;

09: A wait without end has no late answers.

    $ sed 's/FALSE, 500ms/FALSE, NULL/' docs/workshop/09-lifetime-and-timeouts/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:87:1
      actual  expect status SensorRead#2 == STATUS_SUCCESS;

10: The largest frame alone: it fits, without room for an exception.

    $ sed 's/frame(0x1090)/frame(0x90)/' docs/workshop/10-crash-listing/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    warning[KSS1002]: the deepest point fits with 4,000 bytes left; dispatching an exception there takes 4,672 bytes
    FAIL stdin:80:1
      actual  expect stack Listed == 0x5060;
    FAIL stdin:81:1
      actual  expect hazard low-headroom in "storport!RaidAdapterStartIo+0x1c4";

10: Somebody else's frame.

    $ sed 's/frame(0x1090)/frame(0x90)/; s/frame(0xB20)/frame(0x120)/' docs/workshop/10-crash-listing/exercise.kss | kss run - | grep -E '^(PASS|FAIL|error|warning|[*][*][*])|^  (why|actual) '
    FAIL  stdin
    FAIL stdin:78:1
      actual  expect stack "scanav!ScanReadHeader+0x21b" == 0x1570;
