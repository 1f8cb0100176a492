// Jumps within a block, goto and return out of it, and words that only look like jumps.
#include <ntifs.h>
#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, ReadDispatch, \
                   Close /* , NotThis */, Cleanup) // nor this
#pragma alloc_text("PAGEkss", Late)
#endif
#if 0
#include <wdf.h>
#pragma alloc_text(PAGE, LeftOut)
while (1) { __try { break; } {
#endif

/* __try { break; } */
static const char *text = "for (;;) { __try { break; } }"; // __try { break; }

NTSTATUS Fine(PLIST_ENTRY Head, ULONGLONG Count) {
    PLIST_ENTRY entry;
    while (Count > 0) {
        __try {
            for (entry = Head->Flink; entry != Head; entry = entry->Flink)
                if (Count == 4)
                    continue;
                else
                    break;
            do break; while (0);
            switch (Count) {
            case 1: break;
            default: goto out;
            }
            FOR_EACH_ENTRY(Head, entry) {
                break;
            }
        } __finally {
            while (Count > 9)
                if (Count-- == '}')
                    break;
        }
        if (Count == 2)
            break;
        __try {
            return STATUS_SUCCESS;
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            for (;;) { break; }
        }
        continue;
    }
out:
    return STATUS_UNSUCCESSFUL;
}
