Runs for other programs' pictures. docs/reports-traces.md explains the formats; tests/formats/traces.sh has
them read by other programs.

A trace for Perfetto: lanes, counters, arrows; what is open when the run ends is closed there.

    $ kss run --format perfetto scenarios/lessons/16-user-mode-wait.kss
    {"displayTimeUnit":"ns","otherData":{"tool":"kss","version":"0.1.0","schema":1,"time":"virtual; records of one instant are 1 ns apart, args.t is the true time in 100 ns"},"traceEvents":[
    {"ph":"M","pid":1,"tid":1,"ts":0,"cat":"__metadata","name":"process_name","args":{"name":"scenarios/lessons/16-user-mode-wait.kss"}},
    {"ph":"M","pid":1,"tid":1,"ts":0,"cat":"__metadata","name":"process_sort_index","args":{"sort_index":0}},
    {"ph":"C","pid":1,"tid":1,"ts":0.000,"name":"CPU 0","cat":"counter","args":{"IRQL":0}},
    {"ph":"C","pid":1,"tid":1,"ts":0.001,"name":"stack 1, thread App","cat":"counter","args":{"bytes":0}},
    {"ph":"M","pid":1,"tid":2,"ts":0,"cat":"__metadata","name":"thread_name","args":{"name":"thread App"}},
    {"ph":"M","pid":1,"tid":2,"ts":0,"cat":"__metadata","name":"thread_sort_index","args":{"sort_index":257}},
    {"ph":"B","pid":1,"tid":2,"ts":0.002,"name":"ready","cat":"ready","cname":"thread_state_runnable","args":{"t":0,"seq":2,"place":"scenarios/lessons/16-user-mode-wait.kss:16:8","target":"App"}},
    {"ph":"E","pid":1,"tid":2,"ts":0.003,"name":"ready","cat":"ready"},
    {"ph":"M","pid":1,"tid":3,"ts":0,"cat":"__metadata","name":"thread_name","args":{"name":"CPU 0"}},
    {"ph":"M","pid":1,"tid":3,"ts":0,"cat":"__metadata","name":"thread_sort_index","args":{"sort_index":1}},
    {"ph":"B","pid":1,"tid":3,"ts":0.004,"name":"App","cat":"run","cname":"thread_state_running","args":{"t":0,"seq":3,"place":"scenarios/lessons/16-user-mode-wait.kss:16:8","to":"App"}},
    {"ph":"B","pid":1,"tid":2,"ts":0.005,"name":"App","cat":"driver","args":{"t":0,"seq":4,"place":"scenarios/lessons/16-user-mode-wait.kss:16:8","routine":"App","bytes":0,"used":668,"origin":"assumed"}},
    {"ph":"C","pid":1,"tid":1,"ts":0.006,"name":"stack 1, thread App","cat":"counter","args":{"bytes":668}},
    {"ph":"B","pid":1,"tid":2,"ts":0.007,"name":"mydrv!ReadDispatch","cat":"driver","args":{"t":0,"seq":5,"place":"scenarios/lessons/16-user-mode-wait.kss:16:14","routine":"mydrv!ReadDispatch","bytes":328,"used":996,"origin":"given"}},
    {"ph":"C","pid":1,"tid":1,"ts":0.008,"name":"stack 1, thread App","cat":"counter","args":{"bytes":996}},
    {"ph":"B","pid":1,"tid":2,"ts":0.009,"name":"KeInitializeEvent","cat":"nt","cname":"grey","args":{"t":0,"seq":6,"place":"scenarios/lessons/16-user-mode-wait.kss:11:5","routine":"KeInitializeEvent","a":"0xA1003D50","b":"0x0","c":"0x0"}},
    {"ph":"E","pid":1,"tid":2,"ts":0.010,"name":"KeInitializeEvent","cat":"nt"},
    {"ph":"B","pid":1,"tid":2,"ts":0.011,"name":"KeWaitForSingleObject","cat":"nt","cname":"grey","args":{"t":0,"seq":11,"place":"scenarios/lessons/16-user-mode-wait.kss:13:5","routine":"KeWaitForSingleObject","a":"0xA1003D50","b":"0x6","c":"0x1"}},
    {"ph":"B","pid":1,"tid":2,"ts":0.012,"name":"waits for done (UserMode)","cat":"wait","cname":"thread_state_sleeping","args":{"t":0,"seq":13,"place":"scenarios/lessons/16-user-mode-wait.kss:13:5","object":"done","mode":"UserMode","alertable":"no","timeout":"none"}},
    {"ph":"E","pid":1,"tid":3,"ts":0.013,"name":"App","cat":"run"},
    {"ph":"i","pid":1,"tid":2,"ts":0.014,"s":"t","name":"KSS2001: UserMode wait for `done`, which lies on the waiting thread's own stack","cat":"finding","args":{"t":0,"seq":14,"place":"scenarios/lessons/16-user-mode-wait.kss:13:5","hazard":"KSS2001","severity":"error","message":"UserMode wait for `done`, which lies on the waiting thread's own stack","label":"the stack may leave memory during this wait"}},
    {"ph":"i","pid":1,"tid":2,"ts":16000000.000,"s":"t","name":"stack leaves memory","cat":"swap","args":{"t":160000000,"seq":23,"place":"scenarios/lessons/16-user-mode-wait.kss:13:5","target":"App","bytes":12288,"waited":"16 s"}},
    {"ph":"M","pid":1,"tid":4,"ts":0,"cat":"__metadata","name":"thread_name","args":{"name":"outside"}},
    {"ph":"M","pid":1,"tid":4,"ts":0,"cat":"__metadata","name":"thread_sort_index","args":{"sort_index":0}},
    {"ph":"B","pid":1,"tid":4,"ts":30000000.000,"name":"queues DPC 16-user-mode-wait!ReadComplete","cat":"event","args":{"t":300000000,"seq":24,"place":"scenarios/lessons/16-user-mode-wait.kss:12:5","routine":"16-user-mode-wait!ReadComplete","inserted":"yes","context":"0xA1003D50"}},
    {"ph":"E","pid":1,"tid":4,"ts":30000000.002,"name":"queues DPC 16-user-mode-wait!ReadComplete","cat":"event"},
    {"ph":"C","pid":1,"tid":1,"ts":30000000.003,"name":"stack 2, DPC stack","cat":"counter","args":{"bytes":0}},
    {"ph":"B","pid":1,"tid":3,"ts":30000000.004,"name":"DPC 16-user-mode-wait!ReadComplete","cat":"dpc","args":{"t":300000000,"seq":26,"place":"scenarios/lessons/16-user-mode-wait.kss:12:5","routine":"16-user-mode-wait!ReadComplete"}},
    {"ph":"s","pid":1,"tid":4,"ts":30000000.001,"id":5,"cat":"flow","name":"DPC 16-user-mode-wait!ReadComplete"},
    {"ph":"f","pid":1,"tid":3,"ts":30000000.005,"id":5,"cat":"flow","name":"DPC 16-user-mode-wait!ReadComplete","bp":"e"},
    {"ph":"C","pid":1,"tid":1,"ts":30000000.006,"name":"CPU 0","cat":"counter","args":{"IRQL":2}},
    {"ph":"B","pid":1,"tid":3,"ts":30000000.007,"name":"16-user-mode-wait!ReadComplete","cat":"driver","args":{"t":300000000,"seq":27,"place":"scenarios/lessons/16-user-mode-wait.kss:12:5","routine":"16-user-mode-wait!ReadComplete","bytes":96,"used":96,"origin":"given"}},
    {"ph":"C","pid":1,"tid":1,"ts":30000000.008,"name":"stack 2, DPC stack","cat":"counter","args":{"bytes":96}},
    {"ph":"B","pid":1,"tid":3,"ts":30000000.009,"name":"KeSetEvent","cat":"nt","cname":"grey","args":{"t":300000000,"seq":28,"place":"scenarios/lessons/16-user-mode-wait.kss:5:5","routine":"KeSetEvent","a":"0xA1003D50","b":"0x0","c":"0x0"}},
    {"ph":"i","pid":1,"tid":3,"ts":30000000.010,"s":"t","name":"touches a stack that is out, of thread App","cat":"touch","args":{"t":300000000,"seq":29,"place":"scenarios/lessons/16-user-mode-wait.kss:5:5","object":"done","target":"App","who":"nt","address":"0xA1003D50"}},
    {"ph":"i","pid":1,"tid":3,"ts":30000000.011,"s":"p","name":"STOP 0x0000000A IRQL_NOT_LESS_OR_EQUAL","cat":"bugcheck","args":{"t":300000000,"seq":31,"place":"scenarios/lessons/16-user-mode-wait.kss:5:5","code":"IRQL_NOT_LESS_OR_EQUAL","p1":"0xA1003D50","p2":"0x2","p3":"0x0"}},
    {"ph":"E","pid":1,"tid":3,"ts":30000000.012,"name":"KeSetEvent","cat":"nt","args":{"cut":"open when the run ended"}},
    {"ph":"E","pid":1,"tid":3,"ts":30000000.013,"name":"16-user-mode-wait!ReadComplete","cat":"driver","args":{"cut":"open when the run ended"}},
    {"ph":"E","pid":1,"tid":3,"ts":30000000.014,"name":"DPC 16-user-mode-wait!ReadComplete","cat":"dpc","args":{"cut":"open when the run ended"}},
    {"ph":"E","pid":1,"tid":2,"ts":30000000.015,"name":"waits for done (UserMode)","cat":"wait","args":{"cut":"open when the run ended"}},
    {"ph":"E","pid":1,"tid":2,"ts":30000000.016,"name":"KeWaitForSingleObject","cat":"nt","args":{"cut":"open when the run ended"}},
    {"ph":"E","pid":1,"tid":2,"ts":30000000.017,"name":"mydrv!ReadDispatch","cat":"driver","args":{"cut":"open when the run ended"}},
    {"ph":"E","pid":1,"tid":2,"ts":30000000.018,"name":"App","cat":"driver","args":{"cut":"open when the run ended"}}
    ]}

A wait that is interrupted by an APC goes on: two waits in the lane of App, and the APCs between them.

    $ kss run --format perfetto scenarios/silence/apc-during-a-kernel-wait.kss | sed -n 's/.*"ph":"\([BEi]\)".*"tid":2,"ts":\([0-9.]*\).*"name":"\([^"]*\)".*/\2 \1 \3/p'
    0.002 B ready
    0.003 E ready
    0.005 B App
    0.007 B mydrv!Wait
    0.009 B KeInitializeEvent
    0.010 E KeInitializeEvent
    0.011 B KeWaitForSingleObject
    0.012 B waits for done (KernelMode)
    10000.006 E waits for done (KernelMode)
    10000.007 B ready
    10000.009 E ready
    10000.011 B APC mydrv!OnApc
    10000.013 B mydrv!OnApc
    10000.015 E mydrv!OnApc
    10000.017 E APC mydrv!OnApc
    10000.018 B waits for done (KernelMode)
    20000.006 E waits for done (KernelMode)
    20000.007 B ready
    20000.009 E ready
    20000.012 B APC mydrv!OnApc
    20000.014 B mydrv!OnApc
    20000.016 E mydrv!OnApc
    20000.019 E APC mydrv!OnApc
    20000.020 B waits for done (KernelMode)
    1000000.003 E waits for done (KernelMode)
    1000000.004 B ready
    1000000.007 E ready
    1000000.009 i wait ended: STATUS_SUCCESS
    1000000.010 E KeWaitForSingleObject
    1000000.011 E mydrv!Wait
    1000000.013 E App
    1000000.016 i ends: STATUS_SUCCESS

What an exception leaves is closed where its handler goes on, and says so.

    $ kss run --format perfetto scenarios/silence/raise-in-a-nested-handler.kss | sed -n 's/.*"ts":\([0-9.]*\).*"name":"\(ExR[^"]*\|handles[^"]*\|[^"]*!Read\)","cat":"[^"]*"\(,"args":{"cut":"\([^"]*\)\)*.*/\1 \2 \4/p'
    0.007 raise-in-a-nested-handler!Read 
    0.014 handles STATUS_ACCESS_VIOLATION 
    0.015 ExRaiseStatus 
    0.021 ExRaiseStatus left by what is around it
    0.022 handles STATUS_INVALID_USER_BUFFER 
    0.023 raise-in-a-nested-handler!Read 

Folded stacks: a recursion is one frame; with several runs the run comes first.

    $ kss run --format folded scenarios/lessons/05-recursion.kss
    scenarios/lessons/05-recursion.kss;thread_Short;(save_area) 528
    scenarios/lessons/05-recursion.kss;thread_Short;(trap_frame) 140
    scenarios/lessons/05-recursion.kss;thread_Short;Short;fs!ParseComponent 8400
    scenarios/lessons/05-recursion.kss;thread_Short;(free) 3220
    scenarios/lessons/05-recursion.kss;thread_Long;(save_area) 528
    scenarios/lessons/05-recursion.kss;thread_Long;(trap_frame) 140
    scenarios/lessons/05-recursion.kss;thread_Long;Long;fs!ParseComponent 11760
    $ kss run --format folded scenarios/lessons/01-a-thread-and-its-stack.kss scenarios/lessons/09-expand-the-stack.kss
    scenarios/lessons/01-a-thread-and-its-stack.kss;thread_App;(save_area) 528
    scenarios/lessons/01-a-thread-and-its-stack.kss;thread_App;(trap_frame) 140
    scenarios/lessons/01-a-thread-and-its-stack.kss;thread_App;App;fs!Read 328
    scenarios/lessons/01-a-thread-and-its-stack.kss;thread_App;App;fs!Read;fs!ReadRun 448
    scenarios/lessons/01-a-thread-and-its-stack.kss;thread_App;(free) 10844
    scenarios/lessons/09-expand-the-stack.kss;thread_Shallow;(save_area) 528
    scenarios/lessons/09-expand-the-stack.kss;thread_Shallow;(trap_frame) 140
    scenarios/lessons/09-expand-the-stack.kss;thread_Shallow;Shallow;fs!Layer 1024
    scenarios/lessons/09-expand-the-stack.kss;thread_Shallow;Shallow;fs!Layer;fs!Open 256
    scenarios/lessons/09-expand-the-stack.kss;thread_Shallow;Shallow;fs!Layer;fs!Open;fs!Parse 6144
    scenarios/lessons/09-expand-the-stack.kss;thread_Shallow;(free) 4196
    scenarios/lessons/09-expand-the-stack.kss;thread_Deep;(save_area) 528
    scenarios/lessons/09-expand-the-stack.kss;thread_Deep;(trap_frame) 140
    scenarios/lessons/09-expand-the-stack.kss;thread_Deep;Deep;fs!Layer 8192
    scenarios/lessons/09-expand-the-stack.kss;thread_Deep;Deep;fs!Layer;fs!Open 256
    scenarios/lessons/09-expand-the-stack.kss;thread_Deep;(free) 3172
    scenarios/lessons/09-expand-the-stack.kss;expanded_stack_of_thread_Deep_3;fs!Parse 6144
    scenarios/lessons/09-expand-the-stack.kss;expanded_stack_of_thread_Deep_3;(free) 55296

CSV: a row for each change.

    $ kss run --format csv scenarios/lessons/03-too-deep.kss | tr -d '\r' | cut -d, -f2-13 | tail -n 6
    13,0.0000000,0,0,App,1,thread App,call,mpath!Route,1024,9884,2404
    14,0.0000000,0,0,App,1,thread App,call,mpath!Send,1024,10908,1380
    15,0.0000000,0,0,App,1,thread App,call,disk!Transfer,1024,11932,356
    16,0.0000000,0,0,App,1,thread App,overflow,port!Start,,12956,-668
    17,0.0000000,0,0,App,1,thread App,finding,,,12956,-668
    35,0.0000000,0,0,App,1,thread App,bugcheck,,,12956,-668

Who called whom.

    $ kss run --format dot scenarios/lessons/27-a-device-stack-in-one-stack.kss
    digraph calls {
      node [shape=box, fontname="monospace"];
      edge [fontname="monospace"];
      subgraph cluster_1 {
        label="scenarios/lessons/27-a-device-stack-in-one-stack.kss";
        r1n0 [label="thread App\n0x0, deepest 0x29C", shape=ellipse];
        r1n1 [label="quota!Read\n0x120, deepest 0x3BC"];
        r1n2 [label="crypt!Read\n0x2B0, deepest 0x66C"];
        r1n3 [label="disk!Read\n0x190, deepest 0x7FC"];
        r1n0 -> r1n1 [label="by NtReadFile"];
        r1n1 -> r1n2 [label="by IoCallDriver"];
        r1n2 -> r1n3 [label="by IoCallDriver"];
      }
    }
    $ kss run --format mermaid-calls scenarios/lessons/05-recursion.kss
    ---
    title: "scenarios/lessons/05-recursion.kss"
    ---
    flowchart TD
      n0(["thread Short<br/>0x0, deepest 0x29C"])
      n1["fs!ParseComponent<br/>0x118, deepest 0x308C"]:::over
      n2(["thread Long<br/>0x0, deepest 0x29C"]):::over
      n0 --> n1
      n1 ==>|"69 calls"| n1
      n2 ==> n1
      classDef over stroke:#c00,stroke-width:3px

The sequence of a run.

    $ kss run --format mermaid scenarios/lessons/16-user-mode-wait.kss
    ---
    title: "scenarios/lessons/16-user-mode-wait.kss"
    ---
    sequenceDiagram
      participant p0 as thread App
      participant p1 as outside
      participant p2 as done (KEVENT)
      participant p3 as swapper
      participant p4 as CPU 0
      p0->>p1: after 30 s: dpc 16-user-mode-wait!ReadComplete
      p0->>p2: waits, UserMode
      Note over p0: KSS2001: UserMode wait for #96;done#96;, which lies on the waiting thread's own stack
      Note over p0,p4: 16.000 s
      p3->>p0: stack leaves memory
      Note over p0,p4: 30.000 s
      p1->>p4: queues DPC 16-user-mode-wait!ReadComplete
      Note over p4: DPC 16-user-mode-wait!ReadComplete
      p4-xp2: touches it: the stack is out of memory
      Note over p4: STOP 0x0000000A IRQL_NOT_LESS_OR_EQUAL

The drawing in docs/reports-traces.md is this one.

    $ kss run --format mermaid -o $TMP/now scenarios/lessons/16-user-mode-wait.kss; sed -n '/^```mermaid/,/^```$/p' docs/reports-traces.md | sed '1d;$d' | diff - $TMP/now

Two runs are no sequence.

    $ kss run --format mermaid scenarios/lessons/16-user-mode-wait.kss scenarios/lessons/05-recursion.kss
    kss: --format mermaid shows one run, and these are 2
    [2]

Names stay names.

    $ kss run --format folded tests/formats/traces/hostile.kss
    tests/formats/traces/hostile.kss;thread_end;(save_area) 528
    tests/formats/traces/hostile.kss;thread_end;(trap_frame) 140
    tests/formats/traces/hostile.kss;thread_end;end;=HYPERLINK(x:y)!"quoted",_2 64
    tests/formats/traces/hostile.kss;thread_end;end;=HYPERLINK(x:y)!"quoted",_2;hostile!</script><img_src=x_onerror=alert(1)> 64
    tests/formats/traces/hostile.kss;thread_end;end;=HYPERLINK(x:y)!"quoted",_2;hostile!</script><img_src=x_onerror=alert(1)>;hostile!%%{init:_{"theme":_"dark"}}%%_end:_#35:_&lt: 64
    tests/formats/traces/hostile.kss;thread_end;end;=HYPERLINK(x:y)!"quoted",_2;hostile!</script><img_src=x_onerror=alert(1)>;hostile!%%{init:_{"theme":_"dark"}}%%_end:_#35:_&lt:;hostile!back\slash_\N_\G_`tick`_|pipe|_[x](y)_*star* 64
    tests/formats/traces/hostile.kss;thread_end;end;=HYPERLINK(x:y)!"quoted",_2;hostile!</script><img_src=x_onerror=alert(1)>;hostile!%%{init:_{"theme":_"dark"}}%%_end:_#35:_&lt:;hostile!back\slash_\N_\G_`tick`_|pipe|_[x](y)_*star*;hostile!+plus!semi:_colon\x09tab 64
    tests/formats/traces/hostile.kss;thread_end;end;=HYPERLINK(x:y)!"quoted",_2;hostile!</script><img_src=x_onerror=alert(1)>;hostile!%%{init:_{"theme":_"dark"}}%%_end:_#35:_&lt:;hostile!back\slash_\N_\G_`tick`_|pipe|_[x](y)_*star*;hostile!+plus!semi:_colon\x09tab;@at!��(\x01\x1B[31m 64
    tests/formats/traces/hostile.kss;thread_end;(free) 11236
    $ kss run --format csv tests/formats/traces/hostile.kss | tr -d '\r' | grep ',call,' | cut -c 58-
    read end,call,end,0,668,11620,tests/formats/traces/hostile.kss:4:8,"routine end, bytes 0x0, used 0x29C, origin assumed"
    read end,call,"'=HYPERLINK(x;y)!""quoted"", 2",64,732,11556,tests/formats/traces/hostile.kss:5:10,"routine =HYPERLINK(x;y)!""quoted"", 2, bytes 0x40, used 0x2DC, origin given"
    read end,call,hostile!</script><img src=x onerror=alert(1)>,64,796,11492,tests/formats/traces/hostile.kss:6:14,"routine hostile!</script><img src=x onerror=alert(1)>, bytes 0x40, used 0x31C, origin given"
    read end,call,"hostile!%%{init: {""theme"": ""dark""}}%% end; #35; &lt;",64,860,11428,tests/formats/traces/hostile.kss:7:14,"routine hostile!%%{init: {""theme"": ""dark""}}%% end; #35; &lt;, bytes 0x40, used 0x35C, origin given"
    read end,call,hostile!back\slash \N \G `tick` |pipe| [x](y) *star*,64,924,11364,tests/formats/traces/hostile.kss:8:14,"routine hostile!back\slash \N \G `tick` |pipe| [x](y) *star*, bytes 0x40, used 0x39C, origin given"
    read end,call,hostile!+plus!semi; colon\x09tab,64,988,11300,tests/formats/traces/hostile.kss:9:14,"routine hostile!+plus!semi; colon\x09tab, bytes 0x40, used 0x3DC, origin given"
    hread end,call,"'@at!��(\x01\x1B[31m",64,1052,11236,tests/formats/traces/hostile.kss:10:14,"routine @at!��(\x01\x1B[31m, bytes 0x40, used 0x41C, origin given"
    $ kss run --format dot tests/formats/traces/hostile.kss
    digraph calls {
      node [shape=box, fontname="monospace"];
      edge [fontname="monospace"];
      subgraph cluster_1 {
        label="tests/formats/traces/hostile.kss";
        r1n0 [label="thread end\n0x0, deepest 0x29C", shape=ellipse];
        r1n1 [label="=HYPERLINK(x;y)!\"quoted\", 2\n0x40, deepest 0x2DC"];
        r1n2 [label="hostile!</script><img src=x onerror=alert(1)>\n0x40, deepest 0x31C"];
        r1n3 [label="hostile!%%{init: {\"theme\": \"dark\"}}%% end; #35; &amp;lt;\n0x40, deepest 0x35C"];
        r1n4 [label="hostile!back\\slash \\N \\G `tick` |pipe| [x](y) *star*\n0x40, deepest 0x39C"];
        r1n5 [label="hostile!+plus!semi; colon\\x09tab\n0x40, deepest 0x3DC"];
        r1n6 [label="@at!��(\\x01\\x1B[31m\n0x40, deepest 0x41C"];
        r1n0 -> r1n1;
        r1n1 -> r1n2;
        r1n2 -> r1n3;
        r1n3 -> r1n4;
        r1n4 -> r1n5;
        r1n5 -> r1n6;
      }
    }
    $ kss run --format mermaid-calls tests/formats/traces/hostile.kss
    ---
    title: "tests/formats/traces/hostile.kss"
    ---
    flowchart TD
      n0(["thread end<br/>0x0, deepest 0x29C"])
      n1["=HYPERLINK(x#59;y)!#34;quoted#34;, 2<br/>0x40, deepest 0x2DC"]
      n2["hostile!#60;/script#62;#60;img src=x onerror=alert(1)#62;<br/>0x40, deepest 0x31C"]
      n3["hostile!#37;#37;#123;init: #123;#34;theme#34;: #34;dark#34;#125;#125;#37;#37; end#59; #35;35#59; #38;lt#59;<br/>0x40, deepest 0x35C"]
      n4["hostile!back#92;slash #92;N #92;G #96;tick#96; #124;pipe#124; [x](y) #42;star#42;<br/>0x40, deepest 0x39C"]
      n5["hostile!+plus!semi#59; colon#92;x09tab<br/>0x40, deepest 0x3DC"]
      n6["#64;at!��(#92;x01#92;x1B[31m<br/>0x40, deepest 0x41C"]
      n0 --> n1
      n1 --> n2
      n2 --> n3
      n3 --> n4
      n4 --> n5
      n5 --> n6
      classDef over stroke:#c00,stroke-width:3px

What cannot be run is said.

    $ printf 'thread App { ' >$TMP/bad.kss; cd $TMP; kss run --format perfetto bad.kss; kss run --format dot bad.kss; kss run --format mermaid bad.kss
    error[KSS0023]: `{` is never closed
     --> bad.kss:1:12
      |
    1 | thread App {
      |            ^
    {"displayTimeUnit":"ns","otherData":{"tool":"kss","version":"0.1.0","schema":1,"time":"virtual; records of one instant are 1 ns apart, args.t is the true time in 100 ns"},"traceEvents":[
    {"ph":"M","pid":1,"tid":1,"ts":0,"cat":"__metadata","name":"process_name","args":{"name":"bad.kss, which could not be run"}},
    {"ph":"M","pid":1,"tid":1,"ts":0,"cat":"__metadata","name":"process_sort_index","args":{"sort_index":0}}
    ]}
    error[KSS0023]: `{` is never closed
     --> bad.kss:1:12
      |
    1 | thread App {
      |            ^
    digraph calls {
      node [shape=box, fontname="monospace"];
      edge [fontname="monospace"];
      subgraph cluster_1 {
        label="bad.kss\ncould not be run";
      }
    }
    error[KSS0023]: `{` is never closed
     --> bad.kss:1:12
      |
    1 | thread App {
      |            ^
    ---
    title: "bad.kss"
    ---
    sequenceDiagram
      participant p0 as could not be run
    [2]

A run that was given up says so.

    $ kss run --max-steps 12 --format mermaid scenarios/lessons/16-user-mode-wait.kss | tail -n 2
      p0->>p1: after 30 s: dpc 16-user-mode-wait!ReadComplete
      Note over p0,p1: the run was given up here
