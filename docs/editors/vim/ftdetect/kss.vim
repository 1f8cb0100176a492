" SPDX-License-Identifier: MIT
autocmd BufRead,BufNewFile *.kss setfiletype kss
