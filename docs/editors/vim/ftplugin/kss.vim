" SPDX-License-Identifier: MIT
" Scenarios of kss: comments and indentation as in C.
if exists("b:did_ftplugin")
    finish
endif
let b:did_ftplugin = 1

setlocal commentstring=//\ %s
setlocal comments=sO:*\ -,mO:*\ \ ,exO:*/,s1:/*,mb:*,ex:*/,://
setlocal formatoptions-=t formatoptions+=croql
setlocal cindent shiftwidth=4 expandtab
setlocal suffixesadd=.kss
let b:undo_ftplugin = "setlocal commentstring< comments< formatoptions< cindent< shiftwidth< expandtab< suffixesadd<"
