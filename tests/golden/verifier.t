Every mistake that Driver Verifier stops is told at most once.

    $ for file in tests/verifier/*.kss; do test "$(kss run --format jsonl $file | grep -c '"type":"finding"')" -le 1 || echo "$file"; done

The verdict says what the sub-code and its parameters are.

    $ kss run tests/verifier/0x1003-released-out-of-order.kss | sed -n '/STOP/,/    at /p'
          STOP 0x000000C4, expected: bugcheck DRIVER_VERIFIER_DETECTED_VIOLATION (0x1003, _, _, _) at 0.000 s
          x64: thread App used 0x510 of 0x6000 bytes
    $ kss run tests/verifier/0x122-timed-wait-at-dispatch.kss | grep -A 5 STOP | cut -c 1-100
          STOP 0x000000C4, expected: bugcheck DRIVER_VERIFIER_DETECTED_VIOLATION (0x122, _, _, _) at 0.0
          x64: thread App used 0x510 of 0x6000 bytes
