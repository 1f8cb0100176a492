// SPDX-License-Identifier: MIT
// Not modelled: inclusion says so instead of failing later, one name at a time.
#error                                                                                             \
    "kss models WDM drivers; the Windows Filtering Platform is not modelled: <fwpmk.h>. Leave this source out of kss_add_driver, or put its WDM parts into a file of their own."
