Every mistake that Driver Verifier stops is told at most once.

    $ for file in tests/verifier/*.kss; do test "$(kss run --format jsonl $file | grep -c '"type":"finding"')" -le 1 || echo "$file"; done

The verdict says what the sub-code and its parameters are.

    $ kss run -v tests/verifier/0x1003-released-out-of-order.kss | sed -n '/STOP/,/    at /p'
    *** STOP: 0x000000C4 (0x1003, 0xFFFFFB0001001000, 0xFFFFFB0001001010, 0x0) DRIVER_VERIFIER_DETECTED_VIOLATION   (expected)
        P1 0x1003  released spin locks in another order than the reverse one: 0x1003-released-out-of-order!A
        P2 0xFFFFFB0001001000  lock released
        P3 0xFFFFFB0001001010  lock to release first
        at 0.000 s in App, nt!KeReleaseSpinLockFromDpcLevel at work, DISPATCH_LEVEL (tests/verifier/0x1003-released-out-of-order.kss:4:139)
    $ kss run -v tests/verifier/0x122-timed-wait-at-dispatch.kss | grep -A 5 STOP | cut -c 1-100
    *** STOP: 0x000000C4 (0x122, 0xFFFFF88010006AE8, 0xFFFFFB0001001000, 0xFFFFFB0001001020) DRIVER_VERI
        P1 0x122  waited at DISPATCH_LEVEL with a timeout other than zero: 0x122-timed-wait-at-dispatch!
        P2 0xFFFFF88010006AE8  address of the IRQL
        P3 0xFFFFFB0001001000  object
        P4 0xFFFFFB0001001020  address of the timeout
        at 0.000 s in App, nt!KeWaitForSingleObject at work, DISPATCH_LEVEL (tests/verifier/0x122-timed-
