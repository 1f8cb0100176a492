kss frames: what each function takes, and who says so. Objects and images are in tests of their own.

    $ kss frames tests/frames/irp.su
         Bytes  Hex       Kind      Origin        Function
           456  0x1C8     exact     .su (gcc)     Read_Dispatch                     irp.c:88:9
            96  0x60      exact     .su (gcc)     CopyTail                          irp.c:140:6
            48  0x30      at least  .su (gcc)     Read_Format                       irp.c:201:6
                                                  dynamic: alloca or an array of variable length comes on top
    3 functions: 2 exact, 1 at least, 0 unknown
    $ kss frames tests/frames/irp.ci
         Bytes  Hex       Kind      Origin        Function
           456  0x1C8     exact     .ci           Read_Dispatch                     irp.c:88:9
            96  0x60      at least  .ci           CopyTail                          irp.c:140:6
                                                  dynamic: alloca or an array of variable length comes on top (irp.c:143:8)
    2 functions: 1 exact, 1 at least, 0 unknown
    $ kss frames tests/frames/irp-clang.su
         Bytes  Hex       Kind      Origin        Function
           448  0x1C0     at least  .su (clang)   Read_Dispatch                     irp.c:88
                                                  clang's .su leaves the return address out; --machine says what a call pushes
            40  0x28      at least  .su (clang)   Read_Format                       irp.c:201
                                                  dynamic: alloca or an array of variable length comes on top
    2 functions: 0 exact, 2 at least, 0 unknown
    $ kss frames --machine x64 --module mydrv --format jsonl tests/frames/irp-clang.su
    {"type":"frame","symbol":"Read_Dispatch","module":"mydrv","bytes":456,"kind":"exact","origin":".su (clang)","place":"irp.c:88","reason":null}
    {"type":"frame","symbol":"Read_Format","module":"mydrv","bytes":48,"kind":"at least","origin":".su (clang)","place":"irp.c:201","reason":"dynamic: alloca or an array of variable length comes on top"}
    $ kss frames --format tsv tests/frames/mydrv.tsv
    bytes	kind	origin	module	symbol	place	reason
    456	exact	unwind x64	mydrv	ReadDispatch	mydrv.sys+0x1040	
    72	at least	table	mydrv	Format		measured once

Two files that speak of the same functions.

    $ kss frames tests/frames/irp.su tests/frames/irp.ci
         Bytes  Hex       Kind      Origin        Function
           456  0x1C8     exact     .su (gcc)     Read_Dispatch                     irp.c:88:9
            96  0x60      exact     .su (gcc)     CopyTail                          irp.c:140:6
            48  0x30      at least  .su (gcc)     Read_Format                       irp.c:201:6
                                                  dynamic: alloca or an array of variable length comes on top
    3 functions: 2 exact, 1 at least, 0 unknown

What cannot be read is said with its place, and what can be read is printed.

    $ kss frames tests/frames/broken.su
    warning: no number of bytes; the function's frame is unknown
     --> tests/frames/broken.su:1:1
      |
    1 | irp.c:88:9:Read_Dispatch    many    static
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    error: not a line of stack usage: a function is missing from the table
     --> tests/frames/broken.su:2:1
      |
    2 | irp.c: no function
      | ^^^^^^^^^^^^^^^^^^
      = help: a line is file:line[:column]:function, a tab, bytes, a tab, static, dynamic or dynamic,bounded
         Bytes  Hex       Kind      Origin        Function
             ?         ?  unknown   .su (gcc)     Read_Dispatch                     irp.c:88:9
                                                  the .su line has no number of bytes
            48  0x30      exact     .su (gcc)     Read_Format                       irp.c:201:6
    2 functions: 1 exact, 0 at least, 1 unknown
    [2]
    $ kss frames tests/frames/cut.ci
    error: this text is never closed: the file was cut
     --> tests/frames/cut.ci:5:22
      |
    5 | edge: { sourcename: "Rea
      |                      ^^^
         Bytes  Hex       Kind      Origin        Function
           456  0x1C8     exact     .ci           Read_Dispatch                     irp.c:88:9
    1 function: 1 exact, 0 at least, 0 unknown
    [2]
    $ kss frames README.md
    error: README.md: none of the kinds that kss frames reads: .su, .ci, an ELF or COFF object, a PE image, an archive, a table of its own
    [2]
    $ kss frames --machine x65 tests/frames/irp.su
    kss: unknown machine `x65`; did you mean `x64`?
    [2]
    $ kss frames --format csv tests/frames/irp.su
    kss: --format takes one of text|jsonl|tsv, not csv
    [2]
    $ kss frames tests/frames
    kss: tests/frames: is a directory
    [2]
    $ kss frames nothing.su
    kss: nothing.su: no such file or directory
    [2]
    $ kss frames
    kss: frames needs a FILE: .su, .ci, an object, an image or an archive
    [2]
    $ kss frames -o $TMP/t.tsv --format tsv tests/frames/irp.su && kss frames $TMP/t.tsv
         Bytes  Hex       Kind      Origin        Function
           456  0x1C8     exact     .su (gcc)     Read_Dispatch                     irp.c:88:9
            96  0x60      exact     .su (gcc)     CopyTail                          irp.c:140:6
            48  0x30      at least  .su (gcc)     Read_Format                       irp.c:201:6
                                                  dynamic: alloca or an array of variable length comes on top
    3 functions: 2 exact, 1 at least, 0 unknown
