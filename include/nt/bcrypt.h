// SPDX-License-Identifier: MIT
// Not modelled.
#error "kss models WDM drivers; CNG is not modelled: <bcrypt.h>."
