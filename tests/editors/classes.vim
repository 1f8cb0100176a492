" SPDX-License-Identifier: MIT
" Writes which syntax group each byte of each scenario has: for the files that $KSS_FILES names, a line each, to $KSS_OUT:
" the file's name, then "GROUP LENGTH" for every run of bytes in one group; a line's end is a byte of no group, a blank
" goes with what stands before it. Called by vim.mjs, with docs/editors/vim in 'runtimepath'.
set encoding=latin1 fileencodings=latin1 nofixendofline noswapfile viminfo= synmaxcol=0
filetype plugin on
syntax on

let s:result = []
let s:names = {0: "-"}

function s:Add(runs, name, length)
    if !empty(a:runs) && a:runs[-1][0] ==# a:name
        let a:runs[-1][1] += a:length
    else
        call add(a:runs, [a:name, a:length])
    endif
endfunction

for s:file in readfile($KSS_FILES)
    execute "silent edit" fnameescape(s:file)
    if &filetype !=# "kss" || &commentstring !=# "// %s"
        call add(s:result, s:file . "\tno file type")
        continue
    endif
    let s:runs = []
    for s:line in range(1, line("$"))
        let s:last = 0
        let s:length = 0
        let s:text = getline(s:line)
        for s:column in range(1, len(s:text))
            let s:id = s:text[s:column - 1] ==# " " ? s:last : synID(s:line, s:column, 1)
            if s:id == s:last
                let s:length += 1
                continue
            endif
            if s:length > 0
                call s:Add(s:runs, s:names[s:last], s:length)
            endif
            if !has_key(s:names, s:id)
                let s:names[s:id] = synIDattr(s:id, "name")
            endif
            let s:last = s:id
            let s:length = 1
        endfor
        if s:length > 0
            call s:Add(s:runs, s:names[s:last], s:length)
        endif
        call s:Add(s:runs, "-", 1)
    endfor
    call add(s:result, s:file . "\t" . join(map(s:runs, {_, run -> run[0] . " " . run[1]}), "\t"))
    bwipeout!
endfor
call writefile(s:result, $KSS_OUT)
quitall!
