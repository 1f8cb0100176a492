Reports drawn from saved events, with the same bytes as those of the runs.

    $ kss run --format jsonl scenarios/lessons >$TMP/lessons.jsonl
    $ kss run scenarios/lessons >$TMP/a; kss report $TMP/lessons.jsonl | cmp $TMP/a -
    $ kss run -v --why scenarios/lessons >$TMP/a; kss report -v --why $TMP/lessons.jsonl | cmp $TMP/a -
    $ kss run -q scenarios/lessons >$TMP/a; kss report -q $TMP/lessons.jsonl | cmp $TMP/a -
    $ kss run --color always scenarios/lessons >$TMP/a; kss report --color always $TMP/lessons.jsonl | cmp $TMP/a -
    $ kss report --format jsonl $TMP/lessons.jsonl | cmp $TMP/lessons.jsonl -

From standard input, in several formats at once, and from several files, which become one document.

    $ kss run --format jsonl scenarios/lessons/03-too-deep.kss | kss report --format text -o $TMP/b --format jsonl -o $TMP/c -
    $ kss run scenarios/lessons/03-too-deep.kss | cmp - $TMP/b
    $ kss run --format jsonl -o $TMP/one.jsonl tests/malformed/checker/unknown-[lr]*.kss; kss run --format jsonl -o $TMP/two.jsonl scenarios/lessons/01*.kss
    error[KSS0119]: there is no label `nowhere` in this routine
     --> tests/malformed/checker/unknown-label.kss:1:15
      |
    1 | routine F() { goto nowhere; }
      |               ^^^^^^^^^^^^^
    error[KSS0101]: unknown routine `KeSetEvnt`
     --> tests/malformed/checker/unknown-routine.kss:1:12
      |
    1 | thread T { KeSetEvnt(NULL, 0, FALSE); }
      |            ^^^^^^^^^
      = help: did you mean `KeSetEvent`?
    $ kss report $TMP/one.jsonl $TMP/two.jsonl
    error[KSS0119]: there is no label `nowhere` in this routine
     --> tests/malformed/checker/unknown-label.kss:1:15
      |
    1 | routine F() { goto nowhere; }
      |               ^^^^^^^^^^^^^
    error[KSS0101]: unknown routine `KeSetEvnt`
     --> tests/malformed/checker/unknown-routine.kss:1:12
      |
    1 | thread T { KeSetEvnt(NULL, 0, FALSE); }
      |            ^^^^^^^^^
      = help: did you mean `KeSetEvent`?
    PASS  scenarios/lessons/01-a-thread-and-its-stack.kss
          A thread's kernel stack is small, and a system call has used some of it before the driver runs.
          x86: thread App used 0x5A4 of 0x3000 bytes

      ERROR   tests/malformed/checker/unknown-label.kss
      ERROR   tests/malformed/checker/unknown-routine.kss
    3 scenarios: 1 passed, 2 with errors
    [2]
    $ kss report --run 2 $TMP/one.jsonl $TMP/two.jsonl
    error[KSS0101]: unknown routine `KeSetEvnt`
     --> tests/malformed/checker/unknown-routine.kss:1:12
      |
    1 | thread T { KeSetEvnt(NULL, 0, FALSE); }
      |            ^^^^^^^^^
      = help: did you mean `KeSetEvent`?
    [2]
    $ kss report --run 200 $TMP/two.jsonl
    kss: there is no run 200: these are 1
    [2]

The exit status is that of the runs, also when they did not load or never came to their end.

    $ printf 'machine x86\n' | kss run --format jsonl - 2>/dev/null >$TMP/bad.jsonl; kss report $TMP/bad.jsonl
    error[KSS0020]: expected `;`, found the end of the file
     --> stdin:1:12
      |
    1 | machine x86
      |            ^
    [2]
    $ kss run --format jsonl nowhere.kss >$TMP/none.jsonl
    kss: nowhere.kss: no such file or directory
    [2]
    $ sed '$d' $TMP/two.jsonl | kss report -q -
    warning: the events end before the run does
      --> stdin:21:99
       |
    21 | {"type":"expect","t":0,"seq":19,"irql":0,"line":29,"col":1,"len":13,"result":"met","text":"clean"}
       |                                                                                                   ^
       = note: the end of a run is missing, so nobody can tell
    UNSURE  scenarios/lessons/01-a-thread-and-its-stack.kss
          A thread's kernel stack is small, and a system call has used some of it before the driver runs.

    x86: kernel stacks of 12,288 bytes (3 pages of 4,096), save area 0x210, trap frame 0x8C, swap balance-set

    thread App: used 0x5A4 of 0x3000 bytes
         Depth   Memory  Origin    Call Site
         0x5A4    0x1C0  given     fs!ReadRun
         0x3E4    0x148  given     fs!Read
         0x29C     0x8C  machine   trap frame
         0x210    0x210  machine   top-of-stack save area
      modules: 0x308 of it is theirs: fs 0x308
      left: 0x2A5C; 0x29D0 under an interrupt; 0x2298 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them
    [3]
    $ dd if=$TMP/two.jsonl bs=1 count=3000 2>/dev/null | kss report -
    warning: the file ends within this line
     --> stdin:7:65
      |
    7 | {"type":"call","t":0,"seq":5,"thread":"App","irql":0,"on_stack":1
      |                                                                 ^
      = note: the end of a run is missing, so nobody can tell
    UNSURE  scenarios/lessons/01-a-thread-and-its-stack.kss
          A thread's kernel stack is small, and a system call has used some of it before the driver runs.

    x86: kernel stacks of 12,288 bytes (3 pages of 4,096), save area 0x210, trap frame 0x8C, swap balance-set

    not finished: the run's end is not among these events
    not counted: stack that nt's own routines take below the calls to them
    [3]

A file that is broken gives no report at all; the place says where.

    $ sed '3s/"seq":1/"seq":one/' $TMP/two.jsonl | kss report -o $TMP/never -; test -e $TMP/never
    error: this is not JSON
     --> stdin:3:29
      |
    3 | {"type":"stack","t":0,"seq":one,"thread":"App","irql":0,"line":24,"col":8,"len":3,"kind":"thread","base":"0xA1004000","bytes":12288,"stack":1}
      |                             ^
    [1]
    $ sed '3s/"bytes"/"bites"/' $TMP/two.jsonl | kss report - 2>&1 | sed 's/{.*/{.../'
    error: `bytes` is missing
     --> stdin:3:1
      |
    3 | {...
      | ^
    $ sed '1s/"schema":1/"schema":9/' $TMP/two.jsonl | kss report - 2>&1 | sed '/type/d'
    error: schema 9: this kss reads schema 1
     --> stdin:1:15
      |
      |               ^^^^^^^^
    $ : | kss report -
    kss: stdin: there is no run in it
    [2]
    $ kss report
    kss: report needs a file of events; - is standard input, `kss run --format jsonl -o events.jsonl FILE` writes one
    [2]
    $ kss report $TMP/two.jsonl $TMP/nothing.jsonl 2>&1 | sed 's/.*nothing/nothing/'
    nothing.jsonl: no such file or directory

A depth that no stack has is refused:

    $ kss run --format jsonl scenarios/lessons/01-a-thread-and-its-stack.kss | sed 's/"used":668/"used":4294967296/' >$TMP/deep.jsonl; kss picture $TMP/deep.jsonl 2>&1 | sed 1q
    error: `used` is not 0 to 4294967295
