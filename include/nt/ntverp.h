// SPDX-License-Identifier: MIT
// The version of Windows that version resources of drivers name. Rarely matters to C sources.
#ifndef KSS_NT_NTVERP_H
#define KSS_NT_NTVERP_H

#define VER_PRODUCTBUILD        19041
#define VER_PRODUCTMAJORVERSION 10
#define VER_PRODUCTMINORVERSION 0

#endif
