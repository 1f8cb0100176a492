// SPDX-License-Identifier: MIT
// Headers included after this one define the GUIDs they name instead of declaring them.
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
