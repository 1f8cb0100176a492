Other right answers that the pages speak of: each must pass as well as the one in the folder does.

01: VaultSplit calls the three, and VaultEncrypt goes. Then the log is the deepest path.

    $ awk '/^VOID VaultEncrypt/ { skip = 1 } skip { if (/^}/) skip = 0; next } /^frame vault!VaultEncrypt/ { next } { sub(/        VaultEncrypt\(&chunk\);/, "        VaultMakeSchedule(\\&chunk); VaultCipher(\\&chunk); VaultTag(\\&chunk);"); print }' docs/workshop/01-measure-a-call-tree/solution.kss | kss run - | grep -E '^(PASS|FAIL)|x64:'
    PASS  stdin
          x64: thread Writer used 0xF80 of 0x6000 bytes

03: One block for the device. (A driver has a lock around it.)

    $ sed 's/^    UCHAR block/    static UCHAR block/' docs/workshop/03-large-locals-to-pool/exercise.kss | kss run - | grep -E '^(PASS|FAIL)|x64:'
    PASS  stdin
          x64: thread App used 0x660 of 0x6000 bytes

05: All that there is: the current stack has less left, so a segment is made.

    $ sed 's/0x5000/0x11800/' docs/workshop/05-expansion/solution.kss | kss run - | grep -E '^(PASS|FAIL)'
    PASS  stdin

06: The stack stays, by KeSetKernelStackSwapEnable: a note, and Verifier objects.

    $ sed 's/^    status = KeWait/    BOOLEAN swap = KeSetKernelStackSwapEnable(FALSE); &/; s/^    slot->Waiter = NULL;/& if (swap) KeSetKernelStackSwapEnable(TRUE);/' docs/workshop/06-stack-events-and-wait-mode/exercise.kss | kss run - | grep -E '^(PASS|FAIL)|note'
    PASS  stdin
          note[KSS2001] line 29: UserMode wait for `inserted` on the waiting thread's own stack, with stack swapping disabled

07: The setting belongs to the outer routines alone.

    $ awk '/^NTSTATUS FlashIdentify/ { print; in_it = 1; next } in_it && /transfer.Blocks = 0;/ { print "    BOOLEAN swap = KeSetKernelStackSwapEnable(FALSE);"; print; next } in_it && /return FlashSendBlock/ { print "    NTSTATUS status = FlashSendBlock(&transfer);"; print "    if (swap) {"; print "        KeSetKernelStackSwapEnable(TRUE);"; print "    }"; print "    return status;"; in_it = 0; next } 1' docs/workshop/07-swap-disable/exercise.kss | awk '/^NTSTATUS FlashSendBlock/ { inner = 1 } inner && /^}/ { inner = 0 } inner && /KeSetKernelStackSwapEnable/ { next } 1' | kss run - | grep -E '^(PASS|FAIL)'
    PASS  stdin

07: The transfer in pool, no setting.

    $ sed '/KeSetKernelStackSwapEnable(FALSE)/d; /^    if (swap) {/,/^    }/d; /BOOLEAN swap/d; s/TRANSFER transfer;/PTRANSFER transfer = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(TRANSFER), 0x68736c46);/; s/transfer\.Blocks/transfer->Blocks/g; s/&transfer\.Done/\&transfer->Done/g; s/(&transfer)/(transfer)/g' docs/workshop/07-swap-disable/solution.kss | kss run - | grep -E '^(PASS|FAIL|error)'
    PASS  stdin

08: Locked for the time of the transfer; the history nonpaged.

    $ sed 's/PagedPool, sizeof/NonPagedPoolNx, sizeof/; s/MmBuildMdlForNonPagedPool(mdl)/MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess)/; s/IoFreeMdl(mdl)/MmUnlockPages(mdl); &/' docs/workshop/08-dispatch-and-dma/exercise.kss | kss run - | grep -E '^(PASS|FAIL|note|warning)|note'
    PASS  stdin
          note[KSS6001] line 54: a device works on `samples`, which shares cache lines with other data on the kernel stack

08: The history stays paged, and the thread writes it, after the wait.

    $ awk '/^VOID AdcDpc/ { dpc = 1 } dpc && /^}/ { dpc = 0 } dpc && /History->Reads|ULONG i;|for \(i|History->Sum/ { if (/History->Sum/) getline; next } /^    \*last = / { print "    for (ULONG i = 0; i < ADC_SAMPLES; i++) {"; print "        History->Sum += samples[i];"; print "    }"; print "    History->Reads += 1;" } 1' docs/workshop/08-dispatch-and-dma/solution.kss | sed 's/NonPagedPoolNx, sizeof/PagedPool, sizeof/' | kss run - | grep -E '^(PASS|FAIL|error)'
    PASS  stdin

09: Waited for, and a timeout all the same.

    $ sed 's/^        KeWaitForSingleObject(&request.Done.*NULL);/& return STATUS_IO_TIMEOUT;/' docs/workshop/09-lifetime-and-timeouts/solution.kss | kss run - | grep -E '^(PASS|FAIL)'
    PASS  stdin

10: BkfBuildName returns before BkfOpenStream calls down.

    $ sed '/BkfBuildName/d; s/frame(0xAF0)/frame(0x2F0)/' docs/workshop/10-crash-listing/exercise.kss | kss run - | grep -E '^(PASS|FAIL)|actual'
    PASS  stdin

07: The user aborts during the check at the end: the device is waited for there as well.

    $ sed 's/^at 10s.*/& at 60s terminate Updater;/; /^expect status FlashUpdate/s/STATUS_SUCCESS/STATUS_CANCELLED/' docs/workshop/07-swap-disable/solution.kss | kss run -q -

08: The same of the converter: static samples pass, and want a lock around the read.

    $ sed 's/(PagedPool/(NonPagedPoolNx/; s/^    UCHAR samples/    static UCHAR samples/' docs/workshop/08-dispatch-and-dma/exercise.kss | kss run -q -
