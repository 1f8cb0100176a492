kss run --frames: sizes of frames by symbol. frame(N) stands, and a table that differs is told.

    $ kss run -v --frames tests/frames/join.tsv tests/frames/join.kss | sed -n '/^x64/,$p'
    note[KSS0122]: the frame of `ReadDispatch` is rounded up to 0x1D0 bytes
     --> tests/frames/join.kss:7:9
      |
    7 | routine ReadDispatch() { Format(1); }
      |         ^^^^^^^^^^^^ frames of machine x64 are multiples of 16
    note[KSS0130]: the frame of `Given` is what the scenario gives, not what the table says
     --> tests/frames/join.kss:8:17
      |
    8 | routine Given() frame(0x60) { Touch(); }
      |                 ^^^^^^^^^^^ unwind x64 says 112 (0x70) bytes
    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set

    thread App: used 0x730 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
         0x730     0x10  listed    mydrv!Touch  (listing)
         0x720     0x50  measured  mydrv!Format  (.su (gcc))
         0x6D0    0x1D0  measured  mydrv!ReadDispatch  (unwind x64)
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x230 of it is theirs: mydrv 0x230
      left: 0x58D0; 0x5740 under an interrupt; 0x4690 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them
    $ kss run --frames tests/frames/join.tsv tests/frames/join.kss 2>/dev/null
    PASS  tests/frames/join.kss
          Frames from a table: what this file does not give is taken from there, by name.
          x64: thread App used 0x730 of 0x6000 bytes
    $ kss run tests/frames/join.kss
    PASS  tests/frames/join.kss
          Frames from a table: what this file does not give is taken from there, by name.
          x64: thread App used 0x590 of 0x6000 bytes

A figure that may be too small makes every sum a lower bound.

    $ kss run -v --frames tests/frames/join-least.tsv tests/frames/join.kss 2>/dev/null | sed -n '/^thread/,$p'
    thread App: used at least 0x730 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
         0x730     0x10  listed    mydrv!Touch  (listing)
         0x720     0x50  measured  mydrv!Format  (at least, .su (gcc))
         0x6D0    0x1D0  measured  mydrv!ReadDispatch  (unwind x64)
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x230 of it is theirs: mydrv 0x230
      left at most: 0x58D0; 0x5740 under an interrupt; 0x4690 while an exception is dispatched

    lower bound: frames that may be larger than the tables say: mydrv!Format: dynamic: alloca
    not counted: stack that nt's own routines take below the calls to them
    $ kss run --frames tests/frames/join-least.tsv tests/frames/join.kss 2>/dev/null
    PASS  tests/frames/join.kss
          Frames from a table: what this file does not give is taken from there, by name.
          x64: thread App used at least 0x730 of 0x6000 bytes
    $ kss run --format jsonl --frames tests/frames/join-least.tsv tests/frames/join.kss 2>/dev/null | tr '{' '\n' | sed -n '/Format.*table/p'
    "name":"mydrv!Format","module":"mydrv","bytes":80,"locals":0,"origin":"measured","table":".su (gcc)","at_least":"dynamic: alloca","flags":0,"line":6,"col":9,"len":6,"begin":130,"end":166},
    $ kss run --frames tests/frames/join-least.tsv tests/frames/join-expect.kss
    FAIL  tests/frames/join-expect.kss
          What a lower bound proves and what it does not.

    FAIL tests/frames/join-expect.kss:8:1
      script  expect stack Format <= 0x40;
      actual  expect stack Format == 0x550;
      next    kss run --bless tests/frames/join-expect.kss   (when what happened is right)

          not judged: expect stack Format <= 0x1000; (at least 0x550: a frame may be larger than its table says)
    x64: kernel stacks of 24,576 bytes (6 pages of 4,096), save area 0x370, trap frame 0x190, swap balance-set

    thread App: used at least 0x550 of 0x6000 bytes
         Depth   Memory  Origin    Call Site
         0x550     0x50  measured  mydrv!Format  (at least, .su (gcc))
         0x500    0x190  machine   trap frame
         0x370    0x370  machine   top-of-stack save area
      modules: 0x50 of it is theirs: mydrv 0x50
      left at most: 0x5AB0; 0x5920 under an interrupt; 0x4870 while an exception is dispatched

    lower bound: frames that may be larger than the tables say: mydrv!Format: dynamic: alloca
    not counted: stack that nt's own routines take below the calls to them
    [1]

What of several functions is meant must be said; what locals do not fit into, and what another machine's
compiler made, is not taken.

    $ kss run --frames tests/frames/join-two.tsv tests/frames/join-two.kss
    error[KSS0131]: the frame tables have two functions that `Read` may be
     --> tests/frames/join-two.kss:4:9
      |
    4 | routine Read() {}
      |         ^^^^ disk!Read (disk.sys+0x1200) and fs!Read (fs.sys+0x1040)
      = help: name the module, as in `mydrv!Read`, or give the size: frame(N)
    note[KSS0130]: the frame of `Small` is not taken from the table
     --> tests/frames/join-two.kss:5:9
      |
    5 | routine Small() { ULONG words[16]; }
      |         ^^^^^ unwind x64 says 8 (0x8) bytes
      = note: locals and return address take 72 (0x48) bytes
    [2]
    $ kss run --machine x86 --frames tests/frames/join.tsv tests/frames/join.kss
    note[KSS0130]: the frame of `ReadDispatch` is not taken from the table
     --> tests/frames/join.kss:7:9
      |
    7 | routine ReadDispatch() { Format(1); }
      |         ^^^^^^^^^^^^ unwind x64 says 456 (0x1C8) bytes
      = note: that is x64 code, and this machine is x86
    PASS  tests/frames/join.kss
          Frames from a table: what this file does not give is taken from there, by name.
          x86: thread App used 0x30C of 0x3000 bytes

Tables are read before anything runs, from as many files as there are.

    $ kss run --frames tests/frames/none.tsv tests/frames/join.kss
    kss: tests/frames/none.tsv: no such file or directory
    [2]
    $ kss run --frames tests/frames/join.kss tests/frames/join.kss
    error: tests/frames/join.kss: none of the kinds that kss frames reads: .su, .ci, an ELF or COFF object, a PE image, an archive, a table of its own
    [2]
    $ cp tests/frames/join.tsv $TMP/t.tsv; kss run --frames $TMP/t.tsv -o $TMP/t.tsv tests/frames/join.kss 2>&1 | sed 's/.*t.tsv/t.tsv/'
    t.tsv: is read by this run; its report would replace it
    $ kss run --frames tests/frames/join.tsv --frames tests/frames/irp.su tests/frames/join.kss 2>/dev/null
    PASS  tests/frames/join.kss
          Frames from a table: what this file does not give is taken from there, by name.
          x64: thread App used 0x730 of 0x6000 bytes
    $ kss explain KSS0130 KSS0131
    KSS0130, of the language
      means      a frame table has another figure than is used
      help       what the scenario gives by frame(N) stands; a table's figure is not taken for another kind of machine, nor when the locals do not fit into it
      source     docs/language.md
    KSS0131, of the language
      means      frame tables have two functions that a routine may be
      help       name its module, as in `mydrv!Read`, or give its frame
      source     docs/language.md
