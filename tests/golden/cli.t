The command line: exit statuses, streams, help, "did you mean".

    $ kss
    kss replays scenarios of Windows kernel-stack behaviour and says what goes wrong, and why.

      kss run FILE|DIR...                  replay scenarios and print verdicts
      kss report EVENTS...                 draw any report from saved events
      kss explain ID|BUGCHECK|ROUTINE...   say what a finding, bug check, routine, status, type or policy means
      kss list TOPIC                       list a vocabulary
      kss fmt FILE|DIR...                  put scenarios into the usual form
      kss scan FILE...                     say what in driver sources cannot work natively
      kss frames FILE...                   print what each function takes on the stack, and who says so
      kss stack FILE...                    work out the worst-case stack depth
      kss import windbg|ci|pe FILE...      turn a debugger listing, a call graph or an image into a scenario
      kss new [NAME]                       write a scenario to start from
      kss version                          print the version
      kss help [VERB]                      explain the command, or one verb

    Examples:
      kss run scenarios/lessons
      kss explain KSS2001

    Exit status: 0 all as expected; 1 an expectation failed, or a bug check, error or warning was
    not expected; 2 wrong usage or input; 3 cannot tell; 70 internal error.
    $ kss version
    kss 0.1.0, event schema 1
    $ kss --version
    kss 0.1.0, event schema 1
    $ kss help run
    kss run FILE|DIR...: replay scenarios and print verdicts
    Directories are searched for *.kss files, in the order of their names; - reads standard
    input. Several scenarios are a suite and end with a summary.

    Examples:
      kss run scenarios/lessons
      kss run --format jsonl -o events.jsonl outswap.kss

    Options:
      -f, --format=FORMAT        what to print (text): repeatable, each with its own -o
      -o, --output=FILE          where the --format before it goes (kss scan: its list, as C); -
                                 is standard output
      -v, --verbose              print the event log and every table, also of what passed
      -q, --quiet                print nothing about scenarios that passed
      -m, --machine=NAME         this machine profile, whatever the file tells
          --frames=FILE          take frame sizes by symbol from FILE, which is anything that
                                 kss frames reads; repeatable
          --swap=POLICY          when waiting stacks leave memory, instead of the scenario's
          --why                  explain clause by clause why a stack could leave memory or
                                 could not
          --strict               count notes as warnings
          --bless                rewrite the plain expect items of each scenario to what
                                 happened
          --max-steps=N          give a run up after N steps (100,000,000)
          --color=WHEN           colours: auto (the default), always, never; NO_COLOR turns auto
                                 off
      -h, --help                 explain the verb

    Exit status: 0 all as expected; 1 an expectation failed, or a bug check, error or warning was
    not expected; 2 wrong usage or input; 3 cannot tell; 70 internal error.
    $ kss list --help
    kss list TOPIC: list a vocabulary
    Topics: machines, routines, unserved, hazards, bugchecks, verifier, policies, events,
    statuses, types.

    Examples:
      kss list hazards
      kss list routines --format jsonl

    Options:
      -f, --format=FORMAT        what to print: text (the default) or jsonl, one JSON object per
                                 row
          --markdown             as the Markdown page of docs/
      -h, --help                 explain the verb
    $ kss rnu
    kss: unknown verb `rnu`; did you mean `run`?
    kss: `kss help` lists the verbs
    [2]
    $ kss run
    kss: run needs a FILE or DIR; - is standard input, `kss new mydriver.kss` writes a scenario to start from
    [2]
    $ kss run nosuch.kss
    kss: nosuch.kss: no such file or directory
    [2]
    $ kss run scenarios/lessons/01-a-thread-and-its-stac.kss
    kss: scenarios/lessons/01-a-thread-and-its-stac.kss: no such file; did you mean `scenarios/lessons/01-a-thread-and-its-stack.kss`?
    [2]
    $ kss run --formt jsonl x.kss
    kss: unknown option --formt for kss run
    kss: did you mean --format?
    [2]
    $ kss run --format sarif x.kss
    kss: x.kss: no such file or directory
    [2]
    $ kss run --machine x68 x.kss
    kss: unknown machine `x68`; did you mean `x86`?
    [2]
    $ kss run --max-steps=0 x.kss
    kss: --max-steps takes a number of at least 1, not 0
    [2]
    $ kss run --max-steps
    kss: --max-steps needs a value: --max-steps=N
    [2]
    $ kss run --quiet=yes x.kss
    kss: --quiet takes no value
    [2]
    $ kss run -z x.kss
    kss: unknown option -z; `kss help run` lists the options
    [2]
    $ kss explore x.kss
    kss: unknown verb `explore`
    kss: `kss help` lists the verbs
    [2]
    $ kss list hazrds
    kss: unknown topic `hazrds`; did you mean `hazards`?
    [2]
    $ kss list
    kss: list needs one of machines, routines, unserved, hazards, bugchecks, verifier, policies, events, statuses, types
    [2]
    $ kss explain KeSetEvnt
    kss: unknown name `KeSetEvnt`; did you mean `KeSetEvent`?
    [2]
    $ kss explain
    kss: explain needs a finding (KSS2001), a bug check (0xA) or a routine (KeSetEvent)
    [2]
    $ kss scenarios/lessons/01-a-thread-and-its-stack.kss
    kss: unknown verb `scenarios/lessons/01-a-thread-and-its-stack.kss`; did you mean `kss run scenarios/lessons/01-a-thread-and-its-stack.kss`?
    [2]

Results go to standard output, diagnostics to standard error.

    $ printf 'thread App { Nope(); }\n' | kss run - 2>/dev/null
    [2]
    $ printf 'thread App { Nope(); }\n' | kss run - >/dev/null
    error[KSS0101]: unknown routine `Nope`
     --> stdin:1:14
      |
    1 | thread App { Nope(); }
      |              ^^^^
    [2]
    $ printf 'thread App { }\n' | kss run - 2>/dev/null
    PASS  stdin
          x86: thread App used 0x29C of 0x3000 bytes
    $ printf '\0\1\2' | kss run -
    error[KSS0002]: NUL byte
     --> stdin:1:1
      |
    1 | ???
      | ^
    [2]

Exit statuses: 0 as expected, 1 not so, 2 bad input, 3 cannot tell, 70 the output failed.

    $ printf 'thread App { }\nexpect clean;\n' | kss run -q -
    $ printf 'thread App { }\nexpect deadlock;\n' | kss run -
    FAIL  stdin

    FAIL stdin:2:1
      script  expect deadlock;
      actual  expect clean;
      why     the run ended at 0.000 s with every thread gone

    x86: kernel stacks of 12,288 bytes (3 pages of 4,096), save area 0x210, trap frame 0x8C, swap balance-set

    thread App: used 0x29C of 0x3000 bytes
         Depth   Memory  Origin    Call Site
         0x29C     0x8C  machine   trap frame
         0x210    0x210  machine   top-of-stack save area
      left: 0x2D64; 0x2CD8 under an interrupt; 0x25A0 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them
    [1]
    $ printf 'routine L() frame(0x20) { ULONG i = 0; while (TRUE) i++; }\nthread App { L(); }\n' | kss run --max-steps=1000 -
    UNSURE  stdin

    x86: kernel stacks of 12,288 bytes (3 pages of 4,096), save area 0x210, trap frame 0x8C, swap balance-set

    thread App: used 0x2BC of 0x3000 bytes
         Depth   Memory  Origin    Call Site
         0x2BC     0x20  given     stdin!L
         0x29C     0x8C  machine   trap frame
         0x210    0x210  machine   top-of-stack save area
      modules: 0x20 of it is theirs: stdin 0x20
      left: 0x2D44; 0x2CB8 under an interrupt; 0x2580 while an exception is dispatched

    given up after 1,000 steps; --max-steps N allows more
    not counted: stack that nt's own routines take below the calls to them
    [3]
    $ printf 'thread App { }\n' | kss run - >&-
    kss: standard output: not open
    [70]
    $ cd $TMP && printf 'thread App { }\n' > in.kss && kss run -o in.kss in.kss
    kss: in.kss: is read by this run; its report would replace it
    [2]
    $ cd $TMP && kss run -f text -o both -f jsonl -o both in.kss
    kss: both: two formats cannot go to one file
    [2]
    $ printf 'thread App { }\n' | kss run --format jsonl - -o /no/such/folder/out.jsonl
    kss: /no/such/folder/out.jsonl: cannot be written
    [2]

A suite: directories are searched, the worst status wins.

    $ mkdir -p $TMP/suite/b && cd $TMP/suite && printf 'thread App { }\n' > a.kss && printf 'thread App { }\nexpect deadlock;\n' > b/c.kss && kss run -q .
    FAIL  b/c.kss

    FAIL b/c.kss:2:1
      script  expect deadlock;
      actual  expect clean;
      why     the run ended at 0.000 s with every thread gone
      next    kss run --bless b/c.kss   (when what happened is right)

    x86: kernel stacks of 12,288 bytes (3 pages of 4,096), save area 0x210, trap frame 0x8C, swap balance-set

    thread App: used 0x29C of 0x3000 bytes
         Depth   Memory  Origin    Call Site
         0x29C     0x8C  machine   trap frame
         0x210    0x210  machine   top-of-stack save area
      left: 0x2D64; 0x2CD8 under an interrupt; 0x25A0 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them

      FAIL    b/c.kss
    2 scenarios: 1 passed, 1 failed
    [1]
    $ cd $TMP/suite && printf 'nonsense' > b/a.kss && kss run -q . 2>/dev/null
    FAIL  b/c.kss

    FAIL b/c.kss:2:1
      script  expect deadlock;
      actual  expect clean;
      why     the run ended at 0.000 s with every thread gone
      next    kss run --bless b/c.kss   (when what happened is right)

    x86: kernel stacks of 12,288 bytes (3 pages of 4,096), save area 0x210, trap frame 0x8C, swap balance-set

    thread App: used 0x29C of 0x3000 bytes
         Depth   Memory  Origin    Call Site
         0x29C     0x8C  machine   trap frame
         0x210    0x210  machine   top-of-stack save area
      left: 0x2D64; 0x2CD8 under an interrupt; 0x25A0 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them

      FAIL    b/c.kss
      ERROR   b/a.kss
    3 scenarios: 1 passed, 1 failed, 1 with errors
    [2]
    $ kss run -q $TMP/suite/b 2>/dev/null | tail -3
      FAIL    b/c.kss
      ERROR   b/a.kss
    2 scenarios: 0 passed, 1 failed, 1 with errors
    $ mkdir $TMP/empty && cd $TMP && kss run empty
    kss: empty: no *.kss files in this directory
    [2]

Several formats at once.

    $ cd $TMP/suite && kss run -f text -f jsonl -o $TMP/a.jsonl a.kss && cut -c 1-44 $TMP/a.jsonl
    PASS  a.kss
          x86: thread App used 0x29C of 0x3000 bytes
    {"type":"run","schema":1,"tool":"kss","versi
    {"type":"thread","t":0,"seq":0,"thread":"App
    {"type":"stack","t":0,"seq":1,"thread":"App"
    {"type":"ready","t":0,"seq":2,"irql":0,"line
    {"type":"switch","t":0,"seq":3,"thread":"App
    {"type":"call","t":0,"seq":4,"thread":"App",
    {"type":"return","t":0,"seq":5,"thread":"App
    {"type":"user.return","t":0,"seq":6,"thread"
    {"type":"stack.clear","t":0,"seq":7,"thread"
    {"type":"thread.exit","t":0,"seq":8,"thread"
    {"type":"stack.deepest","t":0,"seq":9,"threa
    {"type":"path","t":0,"seq":10,"thread":"App"
    {"type":"rest","t":0,"seq":11,"irql":0,"why"
    {"type":"verdict","t":0,"seq":12,"irql":0,"r
    $ cd $TMP/suite && kss run -f jsonl a.kss | grep -c '"type"'
    14
    $ cd $TMP/suite && kss run -f jsonl a.kss > $TMP/b.jsonl && cmp $TMP/a.jsonl $TMP/b.jsonl

A new scenario passes, is formatted, and is not overwritten.

    $ cd $TMP && kss new mine && kss run mine.kss && kss fmt --check mine.kss
    wrote mine.kss; next: kss run mine.kss
    PASS  mine.kss
          A dispatch routine waits for its device in KernelMode: the event in its frame is safe.
          x64: thread App used 0x650 of 0x6000, DPC stack used 0x40 of 0x6000 bytes
    $ cd $TMP && kss new mine
    kss: mine.kss exists; it is not overwritten
    [2]
    $ kss new | head -3
    // A dispatch routine waits for its device in KernelMode: the event in its frame is safe.
    machine x64;


Formatting and blessing.

    $ printf 'thread   App{}\n' | kss fmt -
    thread App {}
    $ cd $TMP && printf 'thread   App{}\n' > f.kss && kss fmt --check f.kss
    would change f.kss
    [1]
    $ cd $TMP && kss fmt f.kss && kss fmt --check f.kss && cat f.kss
    thread App {}
    $ cd $TMP && printf 'thread   App{\n' > g.kss && kss fmt g.kss
    error[KSS0023]: `{` is never closed
     --> g.kss:1:13
      |
    1 | thread   App{
      |             ^
    [2]
    $ cd $TMP && kss run --bless f.kss && cat f.kss && kss run --bless f.kss
    blessed    f.kss
    thread App {}

    expect clean;
    unchanged  f.kss
