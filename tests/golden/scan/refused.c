// Every jump that no macro can make work.
#include <ntddk.h>

VOID Loops(PLIST_ENTRY Head, ULONG Count) {
    while (Count-- > 0) {
        __try {
            if (IsListEmpty(Head))
                break;
            switch (Count) {
            case 3: continue;
            default: break;
            }
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            continue;
        }
    }
    do
        __try {
            RemoveHeadList(Head);
        } __finally {
            if (AbnormalTermination())
                break;
        }
    while (Count > 0);
    switch (Count) {
    case 1:
        __try {
            break;
        } __finally {
        }
    }
}

#if defined(SOME)
VOID Some(ULONG a) {
#else
VOID Other(ULONG a) {
#endif
    for (;;)
        __try { a++; break; } __finally { a--; }
}
