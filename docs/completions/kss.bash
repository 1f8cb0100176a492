# Completions of kss for bash, made by kss help --completion bash.
_kss() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local verb=${COMP_WORDS[1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "run report explain list fmt scan frames stack import picture new version help" -- "$word"))
        return
    fi
    case $before in
    --format) COMPREPLY=($(compgen -W "text jsonl sarif junit tap tap13 perfetto folded csv dot mermaid mermaid-calls player html" -- "$word")); return ;;
    --format) COMPREPLY=($(compgen -W "text jsonl" -- "$word")); return ;;
    --format) COMPREPLY=($(compgen -W "text jsonl tsv" -- "$word")); return ;;
    --format) COMPREPLY=($(compgen -W "text jsonl folded dot" -- "$word")); return ;;
    --format) COMPREPLY=($(compgen -W "scenario text jsonl" -- "$word")); return ;;
    --format) COMPREPLY=($(compgen -W "text svg" -- "$word")); return ;;
    --swap) COMPREPLY=($(compgen -W "balance-set eager never" -- "$word")); return ;;
    --completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$word")); return ;;
    esac
    case $verb in
    run) local options="--format --output --verbose --quiet --machine --frames --swap --why --strict --bless --max-steps --color --help" ;;
    report) local options="--format --output --verbose --quiet --why --run --color --help" ;;
    explain) local options="--help" ;;
    list) local options="--format --markdown --schema --help" ;;
    fmt) local options="--check --color --help" ;;
    scan) local options="--output --color --help" ;;
    frames) local options="--format --output --machine --module --color --help" ;;
    stack) local options="--format --output --machine --module --roots --device --limit --annotate --color --help" ;;
    import) local options="--format --output --machine --limit --base --pick --annotate --color --help" ;;
    picture) local options="--format --output --machine --frames --swap --at --step --thread --stack --run --color --help" ;;
    new) local options="--help" ;;
    version) local options="--help" ;;
    help) local options="--man --completion --help" ;;
    esac
    case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")); return ;;
    esac
    case $verb in
    list) COMPREPLY=($(compgen -W "machines routines unserved hazards bugchecks verifier policies events statuses types" -- "$word")) ;;
    help) COMPREPLY=($(compgen -W "run report explain list fmt scan frames stack import picture new version help" -- "$word")) ;;
    run | fmt) COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
}
complete -o filenames -F _kss kss
