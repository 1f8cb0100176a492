// SPDX-License-Identifier: MIT
// Not modelled: inclusion says so instead of failing later, one name at a time.
#error                                                                                             \
    "kss models WDM drivers; TDI is not modelled: <tdikrnl.h>. Leave this source out of kss_add_driver, or put its WDM parts into a file of their own."
