What is made from the tables is committed as it was made. To make a page again: kss list hazards
--markdown > docs/rules.md, and so on; the table of policies stands between its marks.

    $ kss list hazards --markdown | diff docs/rules.md -
    $ kss list events --markdown | diff docs/events.md -
    $ kss list events --schema | cmp docs/events.schema.json -
    $ kss list hazards --schema
    kss: --schema is of events, not of hazards
    [2]
    $ kss list policies --markdown > $TMP/policies
    $ sed '1,/<!-- policies: begin/d; /<!-- policies: end/,$d' docs/model-limits.md | diff - $TMP/policies
    $ kss list verifier --markdown > $TMP/verifier
    $ sed '1,/<!-- verifier: begin/d; /<!-- verifier: end/,$d' docs/model-limits.md | diff - $TMP/verifier
    $ kss help --man | diff docs/man/kss.1 -
    $ kss help --completion bash | diff docs/completions/kss.bash -
    $ kss help --completion zsh | diff docs/completions/_kss -
    $ kss help --completion fish | diff docs/completions/kss.fish -
