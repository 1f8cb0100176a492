The formats of CI systems. Of SARIF documents everything behind the tool and its rules is shown.

The flagship: everything it expects happens, so nothing may break a build. The finding is a note that is suppressed.

    $ kss run --format sarif scenarios/lessons/16-user-mode-wait.kss | sed '/"tool"/,/"columnKind"/d'
    {
     "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
     "version": "2.1.0",
     "runs": [
      {
       "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the directory that kss was started in"}}},
       "results": [
        {
         "ruleId": "KSS2001",
         "ruleIndex": 7,
         "level": "note",
         "message": {"text": "UserMode wait for `done`, which lies on the waiting thread's own stack\nthe stack may leave memory during this wait\nhelp: wait with KernelMode, or take the object from nonpaged pool\nsource: DDI KeWaitForSingleObject; DDI KeInitializeEvent; WDK C28135; DBG bug-check-0xc4 subcode 0x123\nnext: kss explain KSS2001"},
         "locations": [
          {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 13, "startColumn": 5, "endLine": 13, "endColumn": 69, "snippet": {"text": "KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL)"}}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}]}
         ],
         "relatedLocations": [
          {"id": 1, "physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 11, "startColumn": 5, "endLine": 11, "endColumn": 55}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "0.000 s: `done` is initialised here"}},
          {"id": 2, "physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 12, "startColumn": 5, "endLine": 12, "endColumn": 39}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "0.000 s: DPC `16-user-mode-wait!ReadComplete` gets the address of `done`, due at 30.000 s"}},
          {"id": 3, "physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 5, "startColumn": 5, "endLine": 5, "endColumn": 45}}, "logicalLocations": [{"fullyQualifiedName": "16-user-mode-wait!ReadComplete", "kind": "function"}], "message": {"text": "30.000 s: `done` is touched here by a routine that works at DISPATCH_LEVEL; the stack is out of memory since 16.000 s"}}
         ],
         "suppressions": [
          {"kind": "inSource", "status": "accepted", "justification": "the scenario says: expect hazard stack-object-user-wait in mydrv!ReadDispatch;", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 18, "startColumn": 1, "endLine": 18, "endColumn": 60}}}}
         ],
         "codeFlows": [
          {
           "message": {"text": "the steps that lead to it"},
           "threadFlows": [
            {
             "id": "thread App",
             "locations": [
              {"executionOrder": 1, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 16, "startColumn": 8, "endLine": 16, "endColumn": 11}}, "logicalLocations": [{"fullyQualifiedName": "App", "kind": "function"}], "message": {"text": "0.000 s: thread App runs"}}, "properties": {"irql": 0}},
              {"executionOrder": 2, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 16, "startColumn": 8, "endLine": 16, "endColumn": 11}}, "logicalLocations": [{"fullyQualifiedName": "App", "kind": "function"}], "message": {"text": "0.000 s: App is entered; its frame takes 0x0, stack used 0x29C"}}, "properties": {"irql": 0, "frameBytes": 0, "stackUsed": 668}},
              {"executionOrder": 3, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 16, "startColumn": 14, "endLine": 16, "endColumn": 34}}, "logicalLocations": [{"fullyQualifiedName": "App", "kind": "function"}], "message": {"text": "0.000 s: mydrv!ReadDispatch is entered; its frame takes 0x148, stack used 0x3E4"}}, "properties": {"irql": 0, "frameBytes": 328, "stackUsed": 996}},
              {"executionOrder": 4, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 11, "startColumn": 5, "endLine": 11, "endColumn": 55}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "0.000 s: `done` is initialised here"}}, "properties": {"irql": 0}},
              {"executionOrder": 5, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 12, "startColumn": 5, "endLine": 12, "endColumn": 39}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "0.000 s: DPC `16-user-mode-wait!ReadComplete` gets the address of `done`, due at 30.000 s"}}, "properties": {"irql": 0}},
              {"executionOrder": 6, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 13, "startColumn": 5, "endLine": 13, "endColumn": 69}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "0.000 s: waits for done in UserMode"}}, "properties": {"irql": 0}},
              {"executionOrder": 7, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 13, "startColumn": 5, "endLine": 13, "endColumn": 69}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "0.000 s: UserMode wait for `done`, which lies on the waiting thread's own stack"}}, "properties": {"irql": 0}}
             ]
            },
            {
             "id": "system",
             "locations": [
              {"executionOrder": 8, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 13, "startColumn": 5, "endLine": 13, "endColumn": 69}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "16.000 s: the stack of thread App leaves memory"}}, "properties": {"irql": 0}},
              {"executionOrder": 9, "importance": "important", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 12, "startColumn": 5, "endLine": 12, "endColumn": 39}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "30.000 s: DPC 16-user-mode-wait!ReadComplete is queued"}}, "properties": {"irql": 0}}
             ]
            },
            {
             "id": "DPCs of processor 0",
             "locations": [
              {"executionOrder": 10, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 12, "startColumn": 5, "endLine": 12, "endColumn": 39}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "30.000 s: DPC 16-user-mode-wait!ReadComplete starts"}}, "properties": {"irql": 0}},
              {"executionOrder": 11, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 12, "startColumn": 5, "endLine": 12, "endColumn": 39}}, "logicalLocations": [{"fullyQualifiedName": "mydrv!ReadDispatch", "kind": "function"}], "message": {"text": "30.000 s: 16-user-mode-wait!ReadComplete is entered; its frame takes 0x60, stack used 0x60"}}, "properties": {"irql": 2, "frameBytes": 96, "stackUsed": 96}},
              {"executionOrder": 12, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 5, "startColumn": 5, "endLine": 5, "endColumn": 45}}, "logicalLocations": [{"fullyQualifiedName": "16-user-mode-wait!ReadComplete", "kind": "function"}], "message": {"text": "30.000 s: `done` is touched here by a routine that works at DISPATCH_LEVEL; the stack is out of memory since 16.000 s"}}, "properties": {"irql": 2}},
              {"executionOrder": 13, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 5, "startColumn": 5, "endLine": 5, "endColumn": 45}}, "logicalLocations": [{"fullyQualifiedName": "16-user-mode-wait!ReadComplete", "kind": "function"}], "message": {"text": "30.000 s: the machine stops: IRQL_NOT_LESS_OR_EQUAL"}}, "properties": {"irql": 2}}
             ]
            }
           ]
          }
         ],
         "partialFingerprints": {"kssFinding/v1": "3c6acb109696da13:1", "primaryLocationLineHash": "749f0e80284d8f03:1"},
         "properties": {"time": "0.000 s", "severity": "error", "thread": "App", "stackBytes": 12288, "deepestUse": 996}
        }
       ],
       "artifacts": [
        {"location": {"uri": "scenarios/lessons/16-user-mode-wait.kss", "uriBaseId": "%SRCROOT%"}, "length": 640, "encoding": "UTF-8", "sourceLanguage": "kss", "roles": ["analysisTarget"], "properties": {"result": "passed", "machine": "x86"}}
       ],
       "invocations": [
        {
         "executionSuccessful": true,
         "exitCode": 0,
         "toolExecutionNotifications": []
        }
       ]
      }
     ]
    }
    $ kss run --format junit scenarios/lessons/16-user-mode-wait.kss
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="kss">
      <testsuite name="scenarios/lessons/16-user-mode-wait.kss" tests="3" failures="0" errors="0" skipped="0" file="scenarios/lessons/16-user-mode-wait.kss">
        <properties>
          <property name="machine" value="x86"/>
          <property name="description" value="A user-mode wait lets this stack leave memory while a DPC still holds a pointer into it."/>
        </properties>
        <testcase name="expect hazard stack-object-user-wait in mydrv!ReadDispatch" classname="scenarios.lessons.16-user-mode-wait" file="scenarios/lessons/16-user-mode-wait.kss" line="18"/>
        <testcase name="expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, _, _)" classname="scenarios.lessons.16-user-mode-wait" file="scenarios/lessons/16-user-mode-wait.kss" line="19"/>
        <testcase name="nothing unexpected" classname="scenarios.lessons.16-user-mode-wait" file="scenarios/lessons/16-user-mode-wait.kss"/>
        <system-out>PASS  scenarios/lessons/16-user-mode-wait.kss
          A user-mode wait lets this stack leave memory while a DPC still holds a pointer into it.
          error[KSS2001] line 13, expected: UserMode wait for `done`, which lies on the waiting thread's own stack
          STOP 0x0000000A, expected: bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, 0, _) in ReadComplete at 30.000 s
          x86: thread App used 0x3E4 of 0x3000, DPC stack used 0x60 of 0x3000 bytes
    </system-out>
      </testsuite>
    </testsuites>
    $ kss run --format tap scenarios/lessons/16-user-mode-wait.kss
    TAP version 14
    ok 1 - scenarios/lessons/16-user-mode-wait.kss:18: expect hazard stack-object-user-wait in mydrv!ReadDispatch
    ok 2 - scenarios/lessons/16-user-mode-wait.kss:19: expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, _, _)
    ok 3 - scenarios/lessons/16-user-mode-wait.kss: nothing unexpected
    1..3

An overflow that nobody expects: a finding and a bug check, and the stack's frames.

    $ sed '/^expect/d' scenarios/lessons/03-too-deep.kss >$TMP/deep.kss; cd $TMP; kss run --format sarif deep.kss | sed '/"tool"/,/"columnKind"/d'
    {
     "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
     "version": "2.1.0",
     "runs": [
      {
       "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the directory that kss was started in"}}},
       "results": [
        {
         "ruleId": "KSS1001",
         "ruleIndex": 0,
         "level": "error",
         "message": {"text": "the kernel stack overflows: `port!Start` needs 1,024 bytes and 356 are left\ncrosses StackLimit by 668 bytes\nhelp: 668 bytes less on this path would fit; its largest frame is that of `port!Start`, 1,024 bytes\nsource: DBG bug-check-0x7f--unexpected-kernel-mode-trap; ntdebugging blog, Kernel Stack Overflows\nnext: kss explain KSS1001"},
         "locations": [
          {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 20, "startColumn": 10, "endLine": 20, "endColumn": 20, "snippet": {"text": "port!Start"}}}, "logicalLocations": [{"fullyQualifiedName": "port!Start", "kind": "function"}]}
         ],
         "stacks": [
          {
           "message": {"text": "thread App, 668 bytes below its limit"},
           "frames": [
            {"location": {"logicalLocations": [{"fullyQualifiedName": "port!Start"}]}, "properties": {"depth": 12956, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "disk!Transfer"}]}, "properties": {"depth": 11932, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "mpath!Send"}]}, "properties": {"depth": 10908, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "mpath!Route"}]}, "properties": {"depth": 9884, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "volume!Split"}]}, "properties": {"depth": 8860, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "volume!Read"}]}, "properties": {"depth": 7836, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "cache!Fault"}]}, "properties": {"depth": 6812, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "cache!Map"}]}, "properties": {"depth": 5788, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "fs!LookupParent"}]}, "properties": {"depth": 4764, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "fs!OpenById"}]}, "properties": {"depth": 3740, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "fs!Create"}]}, "properties": {"depth": 2716, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "fsflt!PreCreate"}]}, "properties": {"depth": 1692, "bytes": 1024, "origin": "given"}},
            {"location": {"logicalLocations": [{"fullyQualifiedName": "App"}]}, "properties": {"depth": 668, "bytes": 0, "origin": "assumed"}}
           ]
          }
         ],
         "codeFlows": [
          {
           "message": {"text": "the steps that lead to it"},
           "threadFlows": [
            {
             "id": "thread App",
             "locations": [
              {"executionOrder": 1, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 8, "startColumn": 8, "endLine": 8, "endColumn": 11}}, "logicalLocations": [{"fullyQualifiedName": "App", "kind": "function"}], "message": {"text": "0.000 s: thread App runs"}}, "properties": {"irql": 0}},
              {"executionOrder": 2, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 8, "startColumn": 8, "endLine": 8, "endColumn": 11}}, "logicalLocations": [{"fullyQualifiedName": "App", "kind": "function"}], "message": {"text": "0.000 s: App is entered; its frame takes 0x0, stack used 0x29C"}}, "properties": {"irql": 0, "frameBytes": 0, "stackUsed": 668}},
              {"executionOrder": 3, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 9, "startColumn": 10, "endLine": 9, "endColumn": 25}}, "logicalLocations": [{"fullyQualifiedName": "fsflt!PreCreate", "kind": "function"}], "message": {"text": "0.000 s: fsflt!PreCreate is entered; its frame takes 0x400, stack used 0x69C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 1692}},
              {"executionOrder": 4, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 10, "startColumn": 10, "endLine": 10, "endColumn": 19}}, "logicalLocations": [{"fullyQualifiedName": "fs!Create", "kind": "function"}], "message": {"text": "0.000 s: fs!Create is entered; its frame takes 0x400, stack used 0xA9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 2716}},
              {"executionOrder": 5, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 11, "startColumn": 10, "endLine": 11, "endColumn": 21}}, "logicalLocations": [{"fullyQualifiedName": "fs!OpenById", "kind": "function"}], "message": {"text": "0.000 s: fs!OpenById is entered; its frame takes 0x400, stack used 0xE9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 3740}},
              {"executionOrder": 6, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 12, "startColumn": 10, "endLine": 12, "endColumn": 25}}, "logicalLocations": [{"fullyQualifiedName": "fs!LookupParent", "kind": "function"}], "message": {"text": "0.000 s: fs!LookupParent is entered; its frame takes 0x400, stack used 0x129C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 4764}},
              {"executionOrder": 7, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 13, "startColumn": 10, "endLine": 13, "endColumn": 19}}, "logicalLocations": [{"fullyQualifiedName": "cache!Map", "kind": "function"}], "message": {"text": "0.000 s: cache!Map is entered; its frame takes 0x400, stack used 0x169C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 5788}},
              {"executionOrder": 8, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 14, "startColumn": 10, "endLine": 14, "endColumn": 21}}, "logicalLocations": [{"fullyQualifiedName": "cache!Fault", "kind": "function"}], "message": {"text": "0.000 s: cache!Fault is entered; its frame takes 0x400, stack used 0x1A9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 6812}},
              {"executionOrder": 9, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 15, "startColumn": 10, "endLine": 15, "endColumn": 21}}, "logicalLocations": [{"fullyQualifiedName": "volume!Read", "kind": "function"}], "message": {"text": "0.000 s: volume!Read is entered; its frame takes 0x400, stack used 0x1E9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 7836}},
              {"executionOrder": 10, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 16, "startColumn": 10, "endLine": 16, "endColumn": 22}}, "logicalLocations": [{"fullyQualifiedName": "volume!Split", "kind": "function"}], "message": {"text": "0.000 s: volume!Split is entered; its frame takes 0x400, stack used 0x229C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 8860}},
              {"executionOrder": 11, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 17, "startColumn": 10, "endLine": 17, "endColumn": 21}}, "logicalLocations": [{"fullyQualifiedName": "mpath!Route", "kind": "function"}], "message": {"text": "0.000 s: mpath!Route is entered; its frame takes 0x400, stack used 0x269C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 9884}},
              {"executionOrder": 12, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 18, "startColumn": 10, "endLine": 18, "endColumn": 20}}, "logicalLocations": [{"fullyQualifiedName": "mpath!Send", "kind": "function"}], "message": {"text": "0.000 s: mpath!Send is entered; its frame takes 0x400, stack used 0x2A9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 10908}},
              {"executionOrder": 13, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 19, "startColumn": 10, "endLine": 19, "endColumn": 23}}, "logicalLocations": [{"fullyQualifiedName": "disk!Transfer", "kind": "function"}], "message": {"text": "0.000 s: disk!Transfer is entered; its frame takes 0x400, stack used 0x2E9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 11932}},
              {"executionOrder": 14, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 20, "startColumn": 10, "endLine": 20, "endColumn": 20}}, "logicalLocations": [{"fullyQualifiedName": "port!Start", "kind": "function"}], "message": {"text": "0.000 s: port!Start: SP crosses StackLimit by 0x29C"}}, "properties": {"irql": 0}},
              {"executionOrder": 15, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 20, "startColumn": 10, "endLine": 20, "endColumn": 20}}, "logicalLocations": [{"fullyQualifiedName": "port!Start", "kind": "function"}], "message": {"text": "0.000 s: the kernel stack overflows: `port!Start` needs 1,024 bytes and 356 are left"}}, "properties": {"irql": 0}},
              {"executionOrder": 16, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 20, "startColumn": 10, "endLine": 20, "endColumn": 20}}, "logicalLocations": [{"fullyQualifiedName": "port!Start", "kind": "function"}], "message": {"text": "0.000 s: the machine stops: UNEXPECTED_KERNEL_MODE_TRAP"}}, "properties": {"irql": 0}}
             ]
            }
           ]
          }
         ],
         "partialFingerprints": {"kssFinding/v1": "7633610271a60a04:1", "primaryLocationLineHash": "2c1265d7c12ac139:1"},
         "properties": {"time": "0.000 s", "thread": "App", "stackBytes": 12288, "deepestUse": 12956}
        },
        {
         "ruleId": "unexpected-bug-check",
         "ruleIndex": 121,
         "level": "error",
         "message": {"text": "the machine stopped: bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, _, 0, 0) in port!Start\n*** STOP: 0x0000007F (0x8, 0x80042000, 0x0, 0x0) UNEXPECTED_KERNEL_MODE_TRAP\n    P1 0x8  trap number; 8: double fault\n    P2 0x80042000  undocumented\n    P3 0x0  undocumented\n    P4 0x0  undocumented\n    at 0.000 s in port!Start, PASSIVE_LEVEL (deep.kss:20:10)"},
         "locations": [
          {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 20, "startColumn": 10, "endLine": 20, "endColumn": 20, "snippet": {"text": "port!Start"}}}, "logicalLocations": [{"fullyQualifiedName": "port!Start", "kind": "function"}]}
         ],
         "codeFlows": [
          {
           "message": {"text": "the steps that lead to it"},
           "threadFlows": [
            {
             "id": "thread App",
             "locations": [
              {"executionOrder": 1, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 8, "startColumn": 8, "endLine": 8, "endColumn": 11}}, "logicalLocations": [{"fullyQualifiedName": "App", "kind": "function"}], "message": {"text": "0.000 s: thread App runs"}}, "properties": {"irql": 0}},
              {"executionOrder": 2, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 8, "startColumn": 8, "endLine": 8, "endColumn": 11}}, "logicalLocations": [{"fullyQualifiedName": "App", "kind": "function"}], "message": {"text": "0.000 s: App is entered; its frame takes 0x0, stack used 0x29C"}}, "properties": {"irql": 0, "frameBytes": 0, "stackUsed": 668}},
              {"executionOrder": 3, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 9, "startColumn": 10, "endLine": 9, "endColumn": 25}}, "logicalLocations": [{"fullyQualifiedName": "fsflt!PreCreate", "kind": "function"}], "message": {"text": "0.000 s: fsflt!PreCreate is entered; its frame takes 0x400, stack used 0x69C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 1692}},
              {"executionOrder": 4, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 10, "startColumn": 10, "endLine": 10, "endColumn": 19}}, "logicalLocations": [{"fullyQualifiedName": "fs!Create", "kind": "function"}], "message": {"text": "0.000 s: fs!Create is entered; its frame takes 0x400, stack used 0xA9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 2716}},
              {"executionOrder": 5, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 11, "startColumn": 10, "endLine": 11, "endColumn": 21}}, "logicalLocations": [{"fullyQualifiedName": "fs!OpenById", "kind": "function"}], "message": {"text": "0.000 s: fs!OpenById is entered; its frame takes 0x400, stack used 0xE9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 3740}},
              {"executionOrder": 6, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 12, "startColumn": 10, "endLine": 12, "endColumn": 25}}, "logicalLocations": [{"fullyQualifiedName": "fs!LookupParent", "kind": "function"}], "message": {"text": "0.000 s: fs!LookupParent is entered; its frame takes 0x400, stack used 0x129C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 4764}},
              {"executionOrder": 7, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 13, "startColumn": 10, "endLine": 13, "endColumn": 19}}, "logicalLocations": [{"fullyQualifiedName": "cache!Map", "kind": "function"}], "message": {"text": "0.000 s: cache!Map is entered; its frame takes 0x400, stack used 0x169C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 5788}},
              {"executionOrder": 8, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 14, "startColumn": 10, "endLine": 14, "endColumn": 21}}, "logicalLocations": [{"fullyQualifiedName": "cache!Fault", "kind": "function"}], "message": {"text": "0.000 s: cache!Fault is entered; its frame takes 0x400, stack used 0x1A9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 6812}},
              {"executionOrder": 9, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 15, "startColumn": 10, "endLine": 15, "endColumn": 21}}, "logicalLocations": [{"fullyQualifiedName": "volume!Read", "kind": "function"}], "message": {"text": "0.000 s: volume!Read is entered; its frame takes 0x400, stack used 0x1E9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 7836}},
              {"executionOrder": 10, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 16, "startColumn": 10, "endLine": 16, "endColumn": 22}}, "logicalLocations": [{"fullyQualifiedName": "volume!Split", "kind": "function"}], "message": {"text": "0.000 s: volume!Split is entered; its frame takes 0x400, stack used 0x229C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 8860}},
              {"executionOrder": 11, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 17, "startColumn": 10, "endLine": 17, "endColumn": 21}}, "logicalLocations": [{"fullyQualifiedName": "mpath!Route", "kind": "function"}], "message": {"text": "0.000 s: mpath!Route is entered; its frame takes 0x400, stack used 0x269C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 9884}},
              {"executionOrder": 12, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 18, "startColumn": 10, "endLine": 18, "endColumn": 20}}, "logicalLocations": [{"fullyQualifiedName": "mpath!Send", "kind": "function"}], "message": {"text": "0.000 s: mpath!Send is entered; its frame takes 0x400, stack used 0x2A9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 10908}},
              {"executionOrder": 13, "importance": "unimportant", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 19, "startColumn": 10, "endLine": 19, "endColumn": 23}}, "logicalLocations": [{"fullyQualifiedName": "disk!Transfer", "kind": "function"}], "message": {"text": "0.000 s: disk!Transfer is entered; its frame takes 0x400, stack used 0x2E9C"}}, "properties": {"irql": 0, "frameBytes": 1024, "stackUsed": 11932}},
              {"executionOrder": 14, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 20, "startColumn": 10, "endLine": 20, "endColumn": 20}}, "logicalLocations": [{"fullyQualifiedName": "port!Start", "kind": "function"}], "message": {"text": "0.000 s: port!Start: SP crosses StackLimit by 0x29C"}}, "properties": {"irql": 0}},
              {"executionOrder": 15, "importance": "essential", "location": {"physicalLocation": {"artifactLocation": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 20, "startColumn": 10, "endLine": 20, "endColumn": 20}}, "logicalLocations": [{"fullyQualifiedName": "port!Start", "kind": "function"}], "message": {"text": "0.000 s: the machine stops: UNEXPECTED_KERNEL_MODE_TRAP"}}, "properties": {"irql": 0}}
             ]
            }
           ]
          }
         ],
         "partialFingerprints": {"kssFinding/v1": "0637b3b3e212695a:1", "primaryLocationLineHash": "2c1265d7c12ac139:1"},
         "properties": {"time": "0.000 s", "thread": "App", "stackBytes": 12288, "deepestUse": 12956}
        }
       ],
       "artifacts": [
        {"location": {"uri": "deep.kss", "uriBaseId": "%SRCROOT%"}, "length": 785, "encoding": "UTF-8", "sourceLanguage": "kss", "roles": ["analysisTarget"], "properties": {"result": "failed", "machine": "x86"}}
       ],
       "invocations": [
        {
         "executionSuccessful": true,
         "exitCode": 1,
         "toolExecutionNotifications": []
        }
       ]
      }
     ]
    }
    $ sed '/^expect/d' scenarios/lessons/03-too-deep.kss >$TMP/deep.kss; cd $TMP; kss run --format tap deep.kss
    TAP version 14
    not ok 1 - deep.kss: nothing unexpected
      ---
      message: "not expected: the bug check, 1 error"
      severity: "fail"
      kind: "unexpected"
      at:
        file: "deep.kss"
      report: |
        error[KSS1001]: the kernel stack overflows: `port!Start` needs 1,024 bytes and 356 are left
          --> deep.kss:20:10
           |
        20 |     call port!Start frame(1K);
           |          ^^^^^^^^^^ crosses StackLimit by 668 bytes
           = help: 668 bytes less on this path would fit; its largest frame is that of `port!Start`, 1,024 bytes
           = source: DBG bug-check-0x7f--unexpected-kernel-mode-trap; ntdebugging blog, Kernel Stack Overflows
           = next: kss explain KSS1001
        
        *** STOP: 0x0000007F (0x8, 0x80042000, 0x0, 0x0) UNEXPECTED_KERNEL_MODE_TRAP
            P1 0x8  trap number; 8: double fault
            P2 0x80042000  undocumented
            P3 0x0  undocumented
            P4 0x0  undocumented
            at 0.000 s in port!Start, PASSIVE_LEVEL (deep.kss:20:10)
        
        policy overflow-parameters: parameters 2 to 4 of 0x7F (8, ...): x86 (TSS address, 0, 0); x64 (0, SP, IP); arm and arm64 (0, 0, 0)
        not counted: stack that nt's own routines take below the calls to them
        not expected: the bug check, 1 error
      ...
    1..1
    [1]

An expectation that is not met, one that a single run does not judge, and one of two that read alike.

    $ printf '%s\n' 'thread T { ASSERT(1 == 2); }' 'expect hazard large-frame;' 'expect clean; expect clean;' 'expect never deadlock;' >$TMP/fails.kss; cd $TMP; kss run --format junit fails.kss
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="kss">
      <testsuite name="fails.kss" tests="6" failures="2" errors="0" skipped="1" file="fails.kss">
        <properties>
          <property name="machine" value="x86"/>
        </properties>
        <testcase name="expect hazard large-frame" classname="fails" file="fails.kss" line="2">
          <failure message="what happened: clean" type="expectation">FAIL fails.kss:2:1
      script  expect hazard large-frame;
      actual  expect clean;
      next    kss run --bless fails.kss   (when what happened is right)</failure>
        </testcase>
        <testcase name="expect clean" classname="fails" file="fails.kss" line="3"/>
        <testcase name="expect clean (2)" classname="fails" file="fails.kss" line="3"/>
        <testcase name="expect never deadlock" classname="fails" file="fails.kss" line="4">
          <skipped message="one run does not judge it"/>
        </testcase>
        <testcase name="ASSERT(1 == 2)" classname="fails" file="fails.kss" line="1">
          <failure message="it is false at 0.000 s" type="assertion">FAIL fails.kss:1:12
      script  ASSERT(1 == 2)
      why     it is false at 0.000 s</failure>
        </testcase>
        <testcase name="nothing unexpected" classname="fails" file="fails.kss"/>
        <system-out>FAIL  fails.kss

    FAIL fails.kss:2:1
      script  expect hazard large-frame;
      actual  expect clean;
      next    kss run --bless fails.kss   (when what happened is right)

    FAIL fails.kss:1:12
      script  ASSERT(1 == 2)
      why     it is false at 0.000 s

          not judged: expect never deadlock; (one run does not judge it)
    x86: kernel stacks of 12,288 bytes (3 pages of 4,096), save area 0x210, trap frame 0x8C, swap balance-set

    thread T: used 0x29C of 0x3000 bytes
         Depth   Memory  Origin    Call Site
         0x29C     0x8C  machine   trap frame
         0x210    0x210  machine   top-of-stack save area
      left: 0x2D64; 0x2CD8 under an interrupt; 0x25A0 while an exception is dispatched

    not counted: stack that nt's own routines take below the calls to them
    </system-out>
      </testsuite>
    </testsuites>
    [1]
    $ cd $TMP; kss run --format tap fails.kss
    TAP version 14
    not ok 1 - fails.kss:2: expect hazard large-frame
      ---
      message: "what happened: clean"
      severity: "fail"
      kind: "expectation"
      at:
        file: "fails.kss"
        line: 2
      wanted: "hazard large-frame"
      found: "clean"
      report: |
        FAIL fails.kss:2:1
          script  expect hazard large-frame;
          actual  expect clean;
          next    kss run --bless fails.kss   (when what happened is right)
      ...
    ok 2 - fails.kss:3: expect clean
    ok 3 - fails.kss:3: expect clean (2)
    ok 4 - fails.kss:4: expect never deadlock # SKIP one run does not judge it
    not ok 5 - fails.kss:1: ASSERT(1 == 2)
      ---
      message: "it is false at 0.000 s"
      severity: "fail"
      kind: "assertion"
      at:
        file: "fails.kss"
        line: 1
      report: |
        FAIL fails.kss:1:12
          script  ASSERT(1 == 2)
          why     it is false at 0.000 s
      ...
    ok 6 - fails.kss: nothing unexpected
    1..6
    [1]
    $ cd $TMP; kss run --format sarif fails.kss | sed '/"tool"/,/"columnKind"/d'
    {
     "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
     "version": "2.1.0",
     "runs": [
      {
       "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the directory that kss was started in"}}},
       "results": [
        {
         "ruleId": "expectation-failed",
         "ruleIndex": 123,
         "level": "error",
         "message": {"text": "not met: expect hazard large-frame\nwhat happened: clean"},
         "locations": [
          {"physicalLocation": {"artifactLocation": {"uri": "fails.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 27, "snippet": {"text": "expect hazard large-frame;"}}}}
         ],
         "partialFingerprints": {"kssFinding/v1": "c0f9aaa9ea212f4c:1", "primaryLocationLineHash": "8fc02ba66faaa2df:1"},
         "properties": {"time": "0.000 s"}
        },
        {
         "ruleId": "expectation-failed",
         "ruleIndex": 123,
         "level": "error",
         "message": {"text": "ASSERT(1 == 2) is false\nit is false at 0.000 s"},
         "locations": [
          {"physicalLocation": {"artifactLocation": {"uri": "fails.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 1, "startColumn": 12, "endLine": 1, "endColumn": 26, "snippet": {"text": "ASSERT(1 == 2)"}}}, "logicalLocations": [{"fullyQualifiedName": "T", "kind": "function"}]}
         ],
         "partialFingerprints": {"kssFinding/v1": "19443d1c34233a65:1", "primaryLocationLineHash": "5ea3e65480b9b960:1"},
         "properties": {"time": "0.000 s"}
        }
       ],
       "artifacts": [
        {"location": {"uri": "fails.kss", "uriBaseId": "%SRCROOT%"}, "length": 107, "encoding": "UTF-8", "sourceLanguage": "kss", "roles": ["analysisTarget"], "properties": {"result": "failed", "machine": "x86"}}
       ],
       "invocations": [
        {
         "executionSuccessful": true,
         "exitCode": 1,
         "toolExecutionNotifications": [
          {
           "level": "note",
           "message": {"text": "not judged: expect never deadlock (one run does not judge it)"},
           "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "fails.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 4, "startColumn": 1, "endLine": 4, "endColumn": 23, "snippet": {"text": "expect never deadlock;"}}}}
           ]
          }
         ]
        }
       ]
      }
     ]
    }

A suite of two: one passes, one does not load. The document goes on.

    $ kss run --format junit scenarios/lessons/01-a-thread-and-its-stack.kss tests/malformed/open-brace.kss 2>/dev/null
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="kss">
      <testsuite name="scenarios/lessons/01-a-thread-and-its-stack.kss" tests="3" failures="0" errors="0" skipped="0" file="scenarios/lessons/01-a-thread-and-its-stack.kss">
        <properties>
          <property name="machine" value="x86"/>
          <property name="description" value="A thread's kernel stack is small, and a system call has used some of it before the driver runs."/>
        </properties>
        <testcase name="expect stack App == 668 + 0x148 + 0x1C0" classname="scenarios.lessons.01-a-thread-and-its-stack" file="scenarios/lessons/01-a-thread-and-its-stack.kss" line="28"/>
        <testcase name="expect clean" classname="scenarios.lessons.01-a-thread-and-its-stack" file="scenarios/lessons/01-a-thread-and-its-stack.kss" line="29"/>
        <testcase name="nothing unexpected" classname="scenarios.lessons.01-a-thread-and-its-stack" file="scenarios/lessons/01-a-thread-and-its-stack.kss"/>
        <system-out>PASS  scenarios/lessons/01-a-thread-and-its-stack.kss
          A thread's kernel stack is small, and a system call has used some of it before the driver runs.
          x86: thread App used 0x5A4 of 0x3000 bytes
    </system-out>
      </testsuite>
      <testsuite name="tests/malformed/open-brace.kss" tests="1" failures="0" errors="1" skipped="0" file="tests/malformed/open-brace.kss">
        <testcase name="the scenario loads" classname="tests.malformed.open-brace" file="tests/malformed/open-brace.kss" line="6">
          <error message="KSS0025: `thread` begins an item: a `}` is missing before it" type="input">error[KSS0025]: `thread` begins an item: a `}` is missing before it
     --&gt; tests/malformed/open-brace.kss:6:1
      |
    1 | routine F() {
      |             - opened here
    ...
    6 | thread T { F(); }
      | ^^^^^^</error>
        </testcase>
      </testsuite>
    </testsuites>
    [2]
    $ kss run --format tap scenarios/lessons/01-a-thread-and-its-stack.kss tests/malformed/open-brace.kss 2>/dev/null
    TAP version 14
    ok 1 - scenarios/lessons/01-a-thread-and-its-stack.kss:28: expect stack App == 668 + 0x148 + 0x1C0
    ok 2 - scenarios/lessons/01-a-thread-and-its-stack.kss:29: expect clean
    ok 3 - scenarios/lessons/01-a-thread-and-its-stack.kss: nothing unexpected
    not ok 4 - tests/malformed/open-brace.kss:6: the scenario loads
      ---
      message: "KSS0025: `thread` begins an item: a `}` is missing before it"
      severity: "error"
      kind: "input"
      at:
        file: "tests/malformed/open-brace.kss"
        line: 6
      report: |
        error[KSS0025]: `thread` begins an item: a `}` is missing before it
         --> tests/malformed/open-brace.kss:6:1
          |
        1 | routine F() {
          |             - opened here
        ...
        6 | thread T { F(); }
          | ^^^^^^
      ...
    1..4
    [2]
    $ kss run --format sarif scenarios/lessons/01-a-thread-and-its-stack.kss tests/malformed/open-brace.kss 2>/dev/null | sed '/"tool"/,/"columnKind"/d'
    {
     "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
     "version": "2.1.0",
     "runs": [
      {
       "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the directory that kss was started in"}}},
       "results": [
        {
         "ruleId": "KSS0025",
         "ruleIndex": 63,
         "level": "error",
         "message": {"text": "`thread` begins an item: a `}` is missing before it"},
         "locations": [
          {"physicalLocation": {"artifactLocation": {"uri": "tests/malformed/open-brace.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 6, "startColumn": 1, "endLine": 6, "endColumn": 7, "snippet": {"text": "thread"}}}}
         ],
         "relatedLocations": [
          {"id": 1, "physicalLocation": {"artifactLocation": {"uri": "tests/malformed/open-brace.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 1, "startColumn": 13, "endLine": 1, "endColumn": 14}}, "message": {"text": "opened here"}}
         ],
         "partialFingerprints": {"kssFinding/v1": "2bc43745dc319f41:1", "primaryLocationLineHash": "ee80186f27ac8e7:1"}
        }
       ],
       "artifacts": [
        {"location": {"uri": "scenarios/lessons/01-a-thread-and-its-stack.kss", "uriBaseId": "%SRCROOT%"}, "length": 944, "encoding": "UTF-8", "sourceLanguage": "kss", "roles": ["analysisTarget"], "properties": {"result": "passed", "machine": "x86"}},
        {"location": {"uri": "tests/malformed/open-brace.kss", "uriBaseId": "%SRCROOT%"}, "length": 61, "encoding": "UTF-8", "sourceLanguage": "kss", "roles": ["analysisTarget"], "properties": {"result": "bad input"}}
       ],
       "invocations": [
        {
         "executionSuccessful": false,
         "exitCode": 2,
         "toolExecutionNotifications": []
        }
       ]
      }
     ]
    }

A run that is given up: nothing failed, but kss cannot tell.

    $ kss run --max-steps=3 --format tap scenarios/lessons/01-a-thread-and-its-stack.kss
    TAP version 14
    ok 1 - scenarios/lessons/01-a-thread-and-its-stack.kss:28: expect stack App == 668 + 0x148 + 0x1C0 # SKIP the run did not come to its end
    ok 2 - scenarios/lessons/01-a-thread-and-its-stack.kss:29: expect clean # SKIP the run did not come to its end
    not ok 3 - scenarios/lessons/01-a-thread-and-its-stack.kss: nothing unexpected
      ---
      message: "given up after 3 steps"
      severity: "error"
      kind: "cannot-tell"
      at:
        file: "scenarios/lessons/01-a-thread-and-its-stack.kss"
      report: |
        given up after 3 steps; --max-steps N allows more
        not counted: stack that nt's own routines take below the calls to them
      ...
    1..3
    [3]
    $ kss run --max-steps=3 --format junit scenarios/lessons/01-a-thread-and-its-stack.kss
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="kss">
      <testsuite name="scenarios/lessons/01-a-thread-and-its-stack.kss" tests="3" failures="0" errors="1" skipped="2" file="scenarios/lessons/01-a-thread-and-its-stack.kss">
        <properties>
          <property name="machine" value="x86"/>
          <property name="description" value="A thread's kernel stack is small, and a system call has used some of it before the driver runs."/>
        </properties>
        <testcase name="expect stack App == 668 + 0x148 + 0x1C0" classname="scenarios.lessons.01-a-thread-and-its-stack" file="scenarios/lessons/01-a-thread-and-its-stack.kss" line="28">
          <skipped message="the run did not come to its end"/>
        </testcase>
        <testcase name="expect clean" classname="scenarios.lessons.01-a-thread-and-its-stack" file="scenarios/lessons/01-a-thread-and-its-stack.kss" line="29">
          <skipped message="the run did not come to its end"/>
        </testcase>
        <testcase name="nothing unexpected" classname="scenarios.lessons.01-a-thread-and-its-stack" file="scenarios/lessons/01-a-thread-and-its-stack.kss">
          <error message="given up after 3 steps" type="cannot-tell">given up after 3 steps; --max-steps N allows more
    not counted: stack that nt's own routines take below the calls to them</error>
        </testcase>
        <system-out>UNSURE  scenarios/lessons/01-a-thread-and-its-stack.kss
          A thread's kernel stack is small, and a system call has used some of it before the driver runs.

          not judged: expect stack App == 668 + 0x148 + 0x1C0; (the run did not come to its end)
          not judged: expect clean; (the run did not come to its end)
    x86: kernel stacks of 12,288 bytes (3 pages of 4,096), save area 0x210, trap frame 0x8C, swap balance-set

    thread App: used 0x5A4 of 0x3000 bytes
         Depth   Memory  Origin    Call Site
         0x5A4    0x1C0  given     fs!ReadRun
         0x3E4    0x148  given     fs!Read
         0x29C     0x8C  machine   trap frame
         0x210    0x210  machine   top-of-stack save area
      modules: 0x308 of it is theirs: fs 0x308
      left: 0x2A5C; 0x29D0 under an interrupt; 0x2298 while an exception is dispatched

    given up after 3 steps; --max-steps N allows more
    not counted: stack that nt's own routines take below the calls to them
    </system-out>
      </testsuite>
    </testsuites>
    [3]
    $ kss run --max-steps=3 --format sarif scenarios/lessons/01-a-thread-and-its-stack.kss | sed '/"tool"/,/"columnKind"/d'
    {
     "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
     "version": "2.1.0",
     "runs": [
      {
       "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the directory that kss was started in"}}},
       "results": [],
       "artifacts": [
        {"location": {"uri": "scenarios/lessons/01-a-thread-and-its-stack.kss", "uriBaseId": "%SRCROOT%"}, "length": 944, "encoding": "UTF-8", "sourceLanguage": "kss", "roles": ["analysisTarget"], "properties": {"result": "cannot tell", "machine": "x86"}}
       ],
       "invocations": [
        {
         "executionSuccessful": true,
         "exitCode": 3,
         "toolExecutionNotifications": [
          {
           "level": "warning",
           "message": {"text": "not judged: expect stack App == 668 + 0x148 + 0x1C0 (the run did not come to its end)"},
           "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/01-a-thread-and-its-stack.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 28, "startColumn": 1, "endLine": 28, "endColumn": 41, "snippet": {"text": "expect stack App == 668 + 0x148 + 0x1C0;"}}}}
           ]
          },
          {
           "level": "warning",
           "message": {"text": "not judged: expect clean (the run did not come to its end)"},
           "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/01-a-thread-and-its-stack.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 29, "startColumn": 1, "endLine": 29, "endColumn": 14, "snippet": {"text": "expect clean;"}}}}
           ]
          },
          {
           "level": "warning",
           "message": {"text": "given up after 3 steps"},
           "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "scenarios/lessons/01-a-thread-and-its-stack.kss", "uriBaseId": "%SRCROOT%"}}}
           ]
          }
         ]
        }
       ]
      }
     ]
    }

Rules are those of the vocabularies, with the texts of `kss explain`.

    $ kss run --format sarif scenarios/lessons/01-a-thread-and-its-stack.kss | sed -n 's/^       "id": //p' | awk '{ n++; sub(/[0-9][0-9][0-9]"/, "xxx\"") ; kinds[$0]++ } END { print n, "rules"; for (k in kinds) print k, kinds[k] | "sort" }'
    124 rules
    "KSS0xxx", 76
    "KSS1xxx", 7
    "KSS2xxx", 7
    "KSS3xxx", 5
    "KSS4xxx", 8
    "KSS5xxx", 8
    "KSS6xxx", 4
    "KSS7xxx", 2
    "KSS8xxx", 4
    "expectation-failed", 1
    "unexpected-bug-check", 1
    "unexpected-hang", 1

Names are percent-encoded; columns count UTF-16 code units, the byte order mark none.

    $ mkdir -p "$TMP/a b"; printf '\357\273\277thread T { /* \360\235\224\230 */ Nope(); }\n' >"$TMP/a b/100%#?.kss"; cd $TMP; kss run --format sarif a* 2>/dev/null | sed -n '/"locations"/,/\]/p'
         "locations": [
          {"physicalLocation": {"artifactLocation": {"uri": "a%20b/100%25%23%3F.kss", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 1, "startColumn": 21, "endLine": 1, "endColumn": 25, "snippet": {"text": "Nope"}}}}
         ],

Three documents at once, and the text on standard output.

    $ kss run -f text -f sarif -o $TMP/kss.sarif -f junit -o $TMP/kss.xml -f tap -o $TMP/kss.tap scenarios/lessons/01-a-thread-and-its-stack.kss
    PASS  scenarios/lessons/01-a-thread-and-its-stack.kss
          A thread's kernel stack is small, and a system call has used some of it before the driver runs.
          x86: thread App used 0x5A4 of 0x3000 bytes
    $ cd $TMP; wc -l kss.xml kss.tap | awk '{ print $1, $2 }'
    16 kss.xml
    5 kss.tap
    21 total
