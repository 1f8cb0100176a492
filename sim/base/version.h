// SPDX-License-Identifier: MIT
// The version, here and nowhere else: CMakeLists.txt reads it from this line.
#ifndef KSS_BASE_VERSION_H
#define KSS_BASE_VERSION_H

#define KSS_VERSION "0.1.0"

#endif
