#include <ntddk.h>
#include <wdf.h>
#include "ddk\FltKernel.h"
# include <my/wdf.hpp>
