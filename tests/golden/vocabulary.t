Every row of a vocabulary as one JSON object, with what the tables say of it.

    $ kss list routines --format jsonl | grep '"KeSetEvent"\|"IoSetCancelRoutine"'
    {"name":"IoSetCancelRoutine","signature":"PDRIVER_CANCEL IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL CancelRoutine)","irql":"<= DISPATCH_LEVEL","does":"touches the caller's memory","modes":"scenarios","header":"wdm.h","source":"DDI IoSetCancelRoutine","costs":"unknown"}
    {"name":"KeSetEvent","signature":"LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)","irql":"<= DISPATCH_LEVEL","does":"touches the caller's memory","modes":"scenarios, native","header":"wdm.h","source":"DDI KeSetEvent","costs":"unknown"}
    $ kss list hazards --format jsonl | grep KSS4008
    {"id":"KSS4008","name":"dpc-too-long","severity":"warning","means":"a DPC or ISR, or one stall of the processor, takes longer than the guidance allows","source":"KRN guidelines-for-writing-dpc-routines; DDI KeStallExecutionProcessor; DBG bug-check-0x133-dpc-watchdog-violation"}
    $ kss list bugchecks --format jsonl | grep '"0x133"'
    {"code":"0x133","name":"DPC_WATCHDOG_VIOLATION","means":"a DPC or ISR ran too long, or the processor was at DISPATCH_LEVEL or above too long","p1":"0 one DPC or ISR, 1 time at DISPATCH_LEVEL or above in all","p2":"ticks used, or the watchdog period","p3":"ticks allotted","p4":"reserved","source":"DBG bug-check-0x133-dpc-watchdog-violation"}
    $ kss list policies --format jsonl | grep '"foreign-touch"'
    {"policy":"foreign-touch","what_kss_does":"another thread that touches an out-swapped stack below DISPATCH_LEVEL stops the machine with 0x50; `foreign_touch = page-in` brings the page back instead","what_the_sources_say":"what such an access does is not documented: kernel stacks are not pageable memory in the usual sense","source":"KRN using-the-kernel-stack; silent","switch":"`foreign_touch` (harness: `page_in_foreign`)"}
    $ kss list verifier --format jsonl | grep '"0x123"\|"0x91"'
    {"code":"0x91","the_driver":"switched the stack by other means than KeExpandKernelStackAndCallout (0x90 on another page)","p2":"","p3":"","p4":"","finding":"-","raised":"no: driver code that loads the stack pointer itself is not modelled: the language has no way to say it, and natively it is a crash of the host"}
    {"code":"0x123","the_driver":"waited in UserMode for an object on the kernel stack","p2":"object","p3":"","p4":"","finding":"KSS2001","raised":"yes"}
    $ kss list machines --format jsonl --markdown
    kss: --markdown and --format jsonl exclude each other
    [2]
    $ for topic in routines unserved hazards bugchecks verifier policies events statuses types machines; do test "$(kss list $topic --format jsonl | wc -l)" = "$(kss list $topic | wc -l)" || echo "$topic: one object a row is wanted"; done
    $ kss list routines --format jsonl | grep -v '^{"name":"[A-Za-z0-9_]*","signature":".*(.*)","irql":"..*","does":"..*","modes":"[a-z, ]*","header":"[a-z]*.h","source":"..*","costs":"..*"}$'
    [1]

Explain knows all of them, and the errors of the language.

    $ test $(kss explain $(kss list hazards --format jsonl | sed 's/^{"id":"\([^"]*\)".*/\1/') | grep -c '^  source ') = $(kss list hazards | wc -l)
    $ test $(kss explain $(kss list bugchecks --format jsonl | sed 's/^{"code":"\([^"]*\)".*/\1/') | grep -c '^  expected ') = $(kss list bugchecks | wc -l)
    $ kss explain $(kss list routines --format jsonl | sed 's/^{"name":"\([^"]*\)".*/\1/') >$TMP/all && kss list routines --format jsonl | sed 's/^{"name":"\([^"]*\)".*/\1/' | while read -r name; do grep -q " $name(" $TMP/all || echo "$name"; done
    $ kss explain 0x133 KSS0009 KSS0121
    bug check 0x133 DPC_WATCHDOG_VIOLATION
      means      a DPC or ISR ran too long, or the processor was at DISPATCH_LEVEL or above too long
      P1         0 one DPC or ISR, 1 time at DISPATCH_LEVEL or above in all
      P2         ticks used, or the watchdog period
      P3         ticks allotted
      P4         reserved
      findings   KSS4008 dpc-too-long
                 kss explain ID shows scenarios of each
      source     DBG bug-check-0x133-dpc-watchdog-violation
      expected   expect bugcheck DPC_WATCHDOG_VIOLATION;
    KSS0009, of the language
      means      unknown escape sequence `...`
      source     docs/language.md
    KSS0121, of the language
      means      a frame is given smaller than what it holds
      help       make it at least the locals plus the return address, as the sum in the message says
      source     docs/language.md
    $ kss explain KeStallExecutionProcessor
    VOID KeStallExecutionProcessor(ULONG MicroSeconds)
      IRQL       any IRQL
      modes      scenarios, native
      header     wdm.h
      source     DDI KeStallExecutionProcessor
      parameters
        MicroSeconds             ULONG, in us
      stack      no published figure: its own frames are not counted
    $ kss explain KSS0999
    kss: unknown name `KSS0999`
    kss: explain knows findings, bug checks (0x7F), routines, statuses, types, policies and errors; `kss list` names the topics
    [2]
    $ kss explain CcCopyRead 0xC4/0x123 PKEVENT IO_STATUS_BLOCK
    CcCopyRead
      not served there is no cache manager in the model: what it would copy, map, flush or purge does not exist
      natively   links; called, it ends the run at that place (cannot continue)
    bug check 0xC4 DRIVER_VERIFIER_DETECTED_VIOLATION, sub-code (P1)
        0x123   the driver waited in UserMode for an object on the kernel stack: P2 object (KSS2001)
    type PKEVENT
      points to  KEVENT
      size       0x4 bytes on 32-bit machines, 0x8 on 64-bit ones
      source     mingw-w64 ntdef.h, basetsd.h, ddk/wdm.h
    type IO_STATUS_BLOCK
      size       0x8 bytes on 32-bit machines, 0x10 on 64-bit ones
        +0x0    +0x0    NTSTATUS Status
        +0x0    +0x0    PVOID Pointer
        +0x4    +0x8    ULONG_PTR Information
      source     mingw-w64 ddk/wdm.h
    $ grep -rhoE '"KSS01[0-9]{2}"' sim | tr -d '"' | sort -u | while read -r id; do kss explain $id >/dev/null 2>&1 || echo "$id: no row in check_errors.def"; done

An option for tests: no help names it, and it is checked.

    $ kss help run | grep -c without
    0
    [1]
    $ kss run --without nothing scenarios/silence
    kss: --without takes a finding, not nothing
    [2]
    $ kss run --quiet --without KSS4008 scenarios/rules/KSS4008-dpc-too-long-flagged.kss | head -1
    FAIL  scenarios/rules/KSS4008-dpc-too-long-flagged.kss

Threads that nt makes during a run have their names in events as they are written.

    $ kss run --format jsonl scenarios/silence/work-item-that-frees-itself.kss | grep -o '"to":"Worker 1"' | sort -u
    "to":"Worker 1"
