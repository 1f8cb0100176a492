// SPDX-License-Identifier: MIT
// The base types of NT as native driver sources see them on any host.
//
//   Windows is LLP64: LONG has 32 bits on every machine, pointers 32 or 64. `long` of the host may
//   be wider, so nothing here is made of `long`. A driver that writes bare `long` gets the host's.
//
//   WCHAR has 16 bits and L"..." is made of them: driver sources are compiled with -fshort-wchar.
//
//   64-bit integers are the host's `long` where that has 64 bits, so that size_t, ULONG_PTR and ULONG64
//   are one type, as they are for MSVC.
//
//   char is signed, on ARM too: -fsigned-char.
//
//   8-byte integers are aligned to 8 in structures, on 32-bit x86 too (the Microsoft ABI; gcc and
//   clang for i386 say 4). The types below carry the alignment; `long long`, `__int64` and `double`
//   in a driver's own structures get it from -malign-double.
//
//   Calls. NTAPI is the calling convention of every NT routine and of every driver routine NT
//   calls. It is the host's own, unless KSS_EXACT_FRAMES is defined (gcc on x86-64, with -mabi=ms):
//   then it is the Microsoft one, named in every prototype and every routine type, so that sources
//   compiled with and without -mabi=ms meet at this line and nowhere else. __stdcall, __cdecl and
//   __fastcall are the same convention here, on i386 too.
//
//   Compilers for Windows (clang --target=x86_64-pc-windows-msvc and its neighbours, mingw-w64 gcc)
//   compile the same sources to objects whose frames `kss frames` reads (docs/frames.md). There
//   __try, __declspec, the widths and the calling conventions are the compiler's own.
//
// Annotations (SAL) are accepted and mean nothing. Nothing here includes a header of the host's C
// library, only those of the compiler.
//
// Source: mingw-w64 ntdef.h, basetsd.h, winnt.h; Microsoft Learn "Windows Data Types".
#ifndef KSS_NT_NTDEF_H
#define KSS_NT_NTDEF_H
#define _NTDEF_

#include <stdarg.h>
#include <stddef.h>

#include "sal.h"
#include "specstrings.h"
#include "driverspecs.h"
#include "sdkddkver.h"

// ---- The machine a driver believes it is compiled for -------------------------------------------

#if __SIZEOF_POINTER__ == 8
#ifndef _WIN64
#define _WIN64 1
#endif
#define KSS_NT_POINTER_BYTES 8
#else
#define KSS_NT_POINTER_BYTES 4
#endif

#if defined(__LP64__)
#define KSS_NT_INT64 long
#else
#define KSS_NT_INT64 long long
#endif

#if defined(__x86_64__)
#define _AMD64_ 1
#elif defined(__i386__)
#define _X86_ 1
#elif defined(__aarch64__)
#define _ARM64_ 1
#elif defined(__arm__)
#define _ARM_ 1
#endif

#ifndef DBG
#define DBG 1 // asserts are looked at, unless the build says DBG=0
#endif

// ---- Compilers ----------------------------------------------------------------------------------

#if defined(KSS_EXACT_FRAMES)
#if !defined(__x86_64__)
#error "KSS_EXACT_FRAMES needs an x86-64 host: only there can gcc make Microsoft frames"
#endif
#define KSS_NTCALL __attribute__((ms_abi))
typedef __builtin_ms_va_list kss_nt_va_list;
#else
#if defined(_WIN32) && defined(__i386__)
#define KSS_NTCALL __stdcall
#else
#define KSS_NTCALL
#endif
typedef va_list kss_nt_va_list;
#endif

// Functions of these headers that have a body.
#define KSS_NT_INLINE static inline __attribute__((unused, always_inline))

#ifdef __cplusplus
#define EXTERN_C       extern "C"
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END   }
#else
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#endif

#if !defined(_WIN32) && !defined(_MSC_VER)
#undef __stdcall
#undef __cdecl
#undef __fastcall
#undef _stdcall
#undef _cdecl
#undef _fastcall
#undef __forceinline
#undef __int64
#undef __int32
#undef __int16
#undef __int8
#undef __unaligned
#undef __w64
#undef __ptr32
#undef __ptr64
#define __stdcall KSS_NTCALL
#define __cdecl KSS_NTCALL
#define __fastcall KSS_NTCALL
#define _stdcall KSS_NTCALL
#define _cdecl KSS_NTCALL
#define _fastcall KSS_NTCALL
#define __unaligned
#define __w64
#define __ptr32
#define __ptr64
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 KSS_NT_INT64

// A function that is inline for MSVC has a copy to call when it is not inlined; a C99 `inline`
// function has none. Always inlining is what both can have.
#define __forceinline __inline__ __attribute__((always_inline))
#undef __inline // musl has one
#define __inline __inline__ __attribute__((always_inline))
#endif

// __declspec(x): an attribute where the compiler has one, nothing where it makes no difference here.
// clang for Windows has it itself; mingw-w64 gcc knows the spelling and half of the words.
#if !defined(_MSC_VER)
#undef __declspec
#define __declspec(what) __attribute__((KSS_DECLSPEC_##what))
#define KSS_DECLSPEC_align       aligned
#define KSS_DECLSPEC_deprecated  deprecated
#define KSS_DECLSPEC_noinline    noinline
#define KSS_DECLSPEC_noreturn    noreturn
#define KSS_DECLSPEC_nothrow     nothrow
#define KSS_DECLSPEC_allocate(x) // sections stay the host's
#define KSS_DECLSPEC_code_seg(x)
#define KSS_DECLSPEC_uuid(x)
#define KSS_DECLSPEC_property(x)
#define KSS_DECLSPEC_naked
#define KSS_DECLSPEC_noalias
#define KSS_DECLSPEC_novtable
#define KSS_DECLSPEC_restrict
#define KSS_DECLSPEC_safebuffers
#define KSS_DECLSPEC_thread
#if defined(_WIN32)
#define KSS_DECLSPEC_dllexport dllexport
#define KSS_DECLSPEC_dllimport dllimport
#define KSS_DECLSPEC_selectany selectany
#else
#define KSS_DECLSPEC_dllexport
#define KSS_DECLSPEC_dllimport
#define KSS_DECLSPEC_selectany weak
#endif
#endif

#if defined(_WIN32)
#define KSS_NT_IMPORT __declspec(dllimport)
#define FASTCALL      __fastcall
#else
#define KSS_NT_IMPORT
#define FASTCALL KSS_NTCALL
#endif

#define NTAPI          KSS_NTCALL
#define NTSYSAPI       KSS_NT_IMPORT
#define NTSYSCALLAPI   KSS_NT_IMPORT
#define NTKERNELAPI    KSS_NT_IMPORT
#define NTHALAPI       KSS_NT_IMPORT
#define NTAPI_INLINE   NTAPI
#define STDAPICALLTYPE KSS_NTCALL
#define WINAPI         KSS_NTCALL

#define FORCEINLINE         __inline__ __attribute__((always_inline))
#define CFORCEINLINE        FORCEINLINE
#define DECLSPEC_ALIGN(x)   __attribute__((aligned(x)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_IMPORT     KSS_NT_IMPORT
#define DECLSPEC_EXPORT
#define DECLSPEC_ADDRSAFE
#define DECLSPEC_NOINLINE   __attribute__((noinline))
#define DECLSPEC_NORETURN   __attribute__((noreturn))
#define DECLSPEC_SELECTANY  __declspec(selectany)
#define DECLSPEC_NOTHROW    __attribute__((nothrow))
#define DECLSPEC_DEPRECATED __attribute__((deprecated))
#define DECLSPEC_DEPRECATED_DDK
#define DECLSPEC_NOVTABLE
#define DECLSPEC_NOINITALL
#define DECLSPEC_UUID(x)
#define DECLSPEC_XFGVIRT(base, func)
#define DECLSPEC_GUARD_SUPPRESS
#define NOP_FUNCTION
#define DECLSPEC_RESTRICT
#undef UNALIGNED // mingw-w64 has one
#define UNALIGNED
#define RESTRICTED_POINTER
#define POINTER_32
#if defined(_WIN32)
#define KSS_NT_ALIGN8 // they are, and #pragma pack may lower it
#else
#define KSS_NT_ALIGN8 DECLSPEC_ALIGN(8)
#endif
#define POINTER_64
#define PRAGMA_DEPRECATED_DDK 0

#define MAX_NATURAL_ALIGNMENT KSS_NT_POINTER_BYTES
#if KSS_NT_POINTER_BYTES == 8
#define MEMORY_ALLOCATION_ALIGNMENT 16
#define POINTER_ALIGNMENT           DECLSPEC_ALIGN(8)
#define LOOKASIDE_ALIGN             DECLSPEC_ALIGN(64)
#define KSS_NT_SLIST_ALIGN          DECLSPEC_ALIGN(16)
#else
#define MEMORY_ALLOCATION_ALIGNMENT 8
#define POINTER_ALIGNMENT
#define LOOKASIDE_ALIGN
#define KSS_NT_SLIST_ALIGN
#endif
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define PROBE_ALIGNMENT(type)       TYPE_ALIGNMENT(type)
#define TYPE_ALIGNMENT(type)        __alignof__(type)

// ---- Words that say something to readers only ---------------------------------------------------

#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif
#define CRITICAL
#define FAR
#define NEAR
#define CONST const
#ifndef NOTHING
#define NOTHING
#endif

// ---- Integers -----------------------------------------------------------------------------------

#ifndef VOID
#define VOID void
#endif
typedef char CHAR, CCHAR;
typedef signed char SCHAR;
typedef unsigned char UCHAR, BYTE, BOOLEAN;
typedef short SHORT, CSHORT;
typedef unsigned short USHORT, WORD;
typedef int LONG, INT, BOOL, HRESULT, NTSTATUS;
typedef unsigned int ULONG, UINT, DWORD, LOGICAL, CLONG, LCID;
typedef KSS_NT_INT64 LONGLONG KSS_NT_ALIGN8;
typedef unsigned KSS_NT_INT64 ULONGLONG KSS_NT_ALIGN8;
typedef ULONGLONG DWORDLONG, REGHANDLE;
typedef LONGLONG USN;
typedef float FLOAT;
typedef double DOUBLE KSS_NT_ALIGN8;
typedef __WCHAR_TYPE__ WCHAR; // wchar_t, but for C libraries that do not ask the compiler (musl)
typedef USHORT LANGID;
typedef UCHAR KIRQL, FCHAR;
typedef CCHAR KPROCESSOR_MODE;
typedef LONG KPRIORITY;
typedef ULONG ACCESS_MASK, SECURITY_INFORMATION, EXECUTION_STATE, DEVICE_TYPE;

typedef signed char INT8;
typedef short INT16;
typedef int INT32, LONG32;
typedef LONGLONG INT64, LONG64;
typedef unsigned char UINT8;
typedef unsigned short UINT16;
typedef unsigned int UINT32, ULONG32, DWORD32;
typedef ULONGLONG UINT64, ULONG64, DWORD64;

#if KSS_NT_POINTER_BYTES == 8
typedef LONGLONG INT_PTR, LONG_PTR, SSIZE_T;
typedef ULONGLONG UINT_PTR, ULONG_PTR, DWORD_PTR, KAFFINITY, PFN_NUMBER, SPFN_NUMBER;
typedef INT HALF_PTR;
typedef UINT UHALF_PTR;
#else
typedef INT INT_PTR;
typedef LONG LONG_PTR, SSIZE_T;
typedef UINT UINT_PTR;
typedef ULONG ULONG_PTR, DWORD_PTR, KAFFINITY, PFN_NUMBER, SPFN_NUMBER;
typedef SHORT HALF_PTR;
typedef USHORT UHALF_PTR;
#endif
typedef size_t SIZE_T; // as wide as ULONG_PTR, and what memcpy and sizeof use
typedef ULONG_PTR KSPIN_LOCK, ERESOURCE_THREAD, EX_PUSH_LOCK;
typedef LONG EX_SPIN_LOCK;

// ---- Pointers to them ---------------------------------------------------------------------------

typedef void *PVOID, *LPVOID, *HANDLE, *PSECURITY_DESCRIPTOR, *PSID;
typedef const void *PCVOID, *LPCVOID;
typedef HANDLE *PHANDLE;
typedef PVOID *PPVOID;
typedef CHAR *PCHAR, *LPCH, *PCH, *PSTR, *LPSTR, *NPSTR, *PSZ;
typedef CCHAR *PCCHAR;
typedef const CHAR *LPCCH, *PCCH, *LPCSTR, *PCSTR, *PCSZ;
typedef PSTR *PZPSTR;
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *PWSTR, *LPWSTR, *NWPSTR, *PZZWSTR;
typedef const WCHAR *LPCWCH, *PCWCH, *LPCWSTR, *PCWSTR, *PCZZWSTR, *LPCWCHAR, *PCWCHAR;
typedef PWSTR *PZPWSTR;
typedef const PCWSTR *PCZPCWSTR;
typedef SCHAR *PSCHAR;
typedef UCHAR *PUCHAR, *PBYTE, *LPBYTE;
typedef const UCHAR *PCUCHAR;
typedef BOOLEAN *PBOOLEAN;
typedef SHORT *PSHORT;
typedef USHORT *PUSHORT, *PWORD;
typedef const USHORT *PCUSHORT;
typedef LONG *PLONG;
typedef INT *PINT;
typedef BOOL *PBOOL;
typedef ULONG *PULONG;
typedef UINT *PUINT;
typedef DWORD *PDWORD, *LPDWORD;
typedef const ULONG *PCULONG;
typedef LOGICAL *PLOGICAL;
typedef NTSTATUS *PNTSTATUS;
typedef LONGLONG *PLONGLONG;
typedef ULONGLONG *PULONGLONG;
typedef DWORDLONG *PDWORDLONG;
typedef LCID *PLCID;
typedef INT8 *PINT8;
typedef INT16 *PINT16;
typedef INT32 *PINT32;
typedef INT64 *PINT64;
typedef UINT8 *PUINT8;
typedef UINT16 *PUINT16;
typedef UINT32 *PUINT32;
typedef UINT64 *PUINT64;
typedef LONG32 *PLONG32;
typedef LONG64 *PLONG64;
typedef ULONG32 *PULONG32;
typedef ULONG64 *PULONG64;
typedef DWORD32 *PDWORD32;
typedef DWORD64 *PDWORD64;
typedef INT_PTR *PINT_PTR;
typedef UINT_PTR *PUINT_PTR;
typedef LONG_PTR *PLONG_PTR;
typedef ULONG_PTR *PULONG_PTR;
typedef DWORD_PTR *PDWORD_PTR;
typedef SIZE_T *PSIZE_T;
typedef SSIZE_T *PSSIZE_T;
typedef KIRQL *PKIRQL;
typedef KAFFINITY *PKAFFINITY;
typedef KSPIN_LOCK *PKSPIN_LOCK;
typedef EX_SPIN_LOCK *PEX_SPIN_LOCK;
typedef EX_PUSH_LOCK *PEX_PUSH_LOCK;
typedef PFN_NUMBER *PPFN_NUMBER;
typedef ACCESS_MASK *PACCESS_MASK;
typedef SECURITY_INFORMATION *PSECURITY_INFORMATION;
typedef PSID *PPSID;

#ifndef FALSE
#define FALSE 0
#endif
#ifndef TRUE
#define TRUE 1
#endif

#define MINCHAR                  0x80
#define MAXCHAR                  0x7f
#define MINSHORT                 0x8000
#define MAXSHORT                 0x7fff
#define MINLONG                  0x80000000
#define MAXLONG                  0x7fffffff
#define MAXLONGLONG              0x7fffffffffffffffLL
#define MINLONGLONG              (-MAXLONGLONG - 1)
#define MAXUCHAR                 0xff
#define MAXUSHORT                0xffff
#define MAXULONG                 0xffffffffU
#define MAXULONGLONG             0xffffffffffffffffULL
#define MAXLONG_PTR              ((LONG_PTR)(~(ULONG_PTR)0 >> 1))
#define MAXULONG_PTR             (~(ULONG_PTR)0)
#define MAXSIZE_T                (~(SIZE_T)0)
#define MAXDWORD                 0xffffffffU
#define MAXUINT                  0xffffffffU
#define MAXINT                   0x7fffffff
#define ANYSIZE_ARRAY            1
#define UNICODE_NULL             ((WCHAR)0)
#define ANSI_NULL                ((CHAR)0)
#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS (32767)

// ---- Small structures ---------------------------------------------------------------------------

typedef union _LARGE_INTEGER {
    struct {
        ULONG LowPart;
        LONG HighPart;
    };
    struct {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER, PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS, TIME, *PTIME;

typedef union _ULARGE_INTEGER {
    struct {
        ULONG LowPart;
        ULONG HighPart;
    };
    struct {
        ULONG LowPart;
        ULONG HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef LARGE_INTEGER LUID_AS_LARGE_INTEGER;

typedef struct _LUID {
    ULONG LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _FLOAT128 {
    LONGLONG LowPart;
    LONGLONG HighPart;
} FLOAT128, *PFLOAT128;

typedef struct DECLSPEC_ALIGN(16) _M128A {
    ULONGLONG Low;
    LONGLONG High;
} M128A, *PM128A;

typedef struct _STRING {
    USHORT Length; // bytes, without a terminator
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING, UTF8_STRING,
    *PUTF8_STRING;
typedef const STRING *PCSTRING, *PCANSI_STRING, *PCOEM_STRING, *PCUTF8_STRING;
typedef STRING CANSI_STRING;

typedef struct _UNICODE_STRING {
    USHORT Length; // bytes, without a terminator
    USHORT MaximumLength;
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _LIST_ENTRY {
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY, *RESTRICTED_POINTER PRLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

typedef struct _LIST_ENTRY32 {
    ULONG Flink;
    ULONG Blink;
} LIST_ENTRY32, *PLIST_ENTRY32;

typedef struct _LIST_ENTRY64 {
    ULONGLONG Flink;
    ULONGLONG Blink;
} LIST_ENTRY64, *PLIST_ENTRY64;

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;
typedef const OBJECT_ATTRIBUTES *PCOBJECT_ATTRIBUTES;

typedef struct _PROCESSOR_NUMBER {
    USHORT Group;
    UCHAR Number;
    UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

typedef struct _GROUP_AFFINITY {
    KAFFINITY Mask;
    USHORT Group;
    USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;
typedef const GROUP_AFFINITY *PCGROUP_AFFINITY;

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
typedef enum _TIMER_TYPE { NotificationTimer, SynchronizationTimer } TIMER_TYPE;
typedef enum _WAIT_TYPE { WaitAll, WaitAny, WaitNotification, WaitDequeue } WAIT_TYPE;

#include "guiddef.h"

// ---- Macros -------------------------------------------------------------------------------------

#define NT_SUCCESS(Status)           (((NTSTATUS)(Status)) >= 0)
#define NT_INFORMATION(Status)       ((((ULONG)(Status)) >> 30) == 1)
#define NT_WARNING(Status)           ((((ULONG)(Status)) >> 30) == 2)
#define NT_ERROR(Status)             ((((ULONG)(Status)) >> 30) == 3)
#define NT_FACILITY(Status)          ((((ULONG)(Status)) >> 16) & 0xfff)
#define NT_CUSTOMER(Status)          (((ULONG)(Status)) & 0x20000000U)
#define APPLICATION_ERROR_MASK       0x20000000
#define ERROR_SEVERITY_SUCCESS       0x00000000
#define ERROR_SEVERITY_INFORMATIONAL 0x40000000
#define ERROR_SEVERITY_WARNING       0x80000000
#define ERROR_SEVERITY_ERROR         0xC0000000

#define ARGUMENT_PRESENT(ArgumentPointer) ((CHAR *)(ULONG_PTR)(ArgumentPointer) != (CHAR *)NULL)

#define FIELD_OFFSET(type, field)   ((LONG) __builtin_offsetof(type, field))
#define UFIELD_OFFSET(type, field)  ((ULONG) __builtin_offsetof(type, field))
#define FIELD_SIZE(type, field)     (sizeof(((type *)0)->field))
#define RTL_FIELD_SIZE(type, field) (sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field)                                                      \
    (FIELD_OFFSET(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(Struct, Size, Field)                                                    \
    ((((PCHAR)(&(Struct)->Field)) + sizeof((Struct)->Field)) <= (((PCHAR)(Struct)) + (Size)))
#define RTL_NUMBER_OF(array)             (sizeof(array) / sizeof((array)[0]))
#define RTL_NUMBER_OF_V1(array)          RTL_NUMBER_OF(array)
#define RTL_NUMBER_OF_V2(array)          RTL_NUMBER_OF(array)
#define RTL_NUMBER_OF_FIELD(type, field) RTL_NUMBER_OF(((type *)0)->field)
#define RTL_FIELD_TYPE(type, field)      (((type *)0)->field)
#define RTL_BITS_OF(thing)               (sizeof(thing) * 8)
#define RTL_BITS_OF_FIELD(type, field)   RTL_BITS_OF(RTL_FIELD_TYPE(type, field))
#define ARRAYSIZE(array)                 RTL_NUMBER_OF(array)
#define CONTAINING_RECORD(address, type, field)                                                    \
    ((type *)((PCHAR)(address) - (ULONG_PTR) __builtin_offsetof(type, field)))

#define Int32x32To64(a, b)   ((LONGLONG)(LONG)(a) * (LONGLONG)(LONG)(b))
#define UInt32x32To64(a, b)  ((ULONGLONG)(ULONG)(a) * (ULONGLONG)(ULONG)(b))
#define Int64ShllMod32(a, b) ((ULONGLONG)(a) << ((b)&31))
#define Int64ShraMod32(a, b) ((LONGLONG)(a) >> ((b)&31))
#define Int64ShrlMod32(a, b) ((ULONGLONG)(a) >> ((b)&31))

#define HandleToULong(h)  ((ULONG)(ULONG_PTR)(h))
#define HandleToUlong(h)  ((ULONG)(ULONG_PTR)(h))
#define HandleToLong(h)   ((LONG)(LONG_PTR)(h))
#define ULongToHandle(ul) ((HANDLE)(ULONG_PTR)(ULONG)(ul))
#define UlongToHandle(ul) ULongToHandle(ul)
#define LongToHandle(l)   ((HANDLE)(LONG_PTR)(LONG)(l))
#define PtrToUlong(p)     ((ULONG)(ULONG_PTR)(p))
#define PtrToULong(p)     ((ULONG)(ULONG_PTR)(p))
#define PtrToLong(p)      ((LONG)(LONG_PTR)(p))
#define PtrToUint(p)      ((UINT)(UINT_PTR)(p))
#define PtrToUshort(p)    ((USHORT)(ULONG_PTR)(p))
#define UlongToPtr(ul)    ((PVOID)(ULONG_PTR)(ULONG)(ul))
#define ULongToPtr(ul)    UlongToPtr(ul)
#define LongToPtr(l)      ((PVOID)(LONG_PTR)(LONG)(l))
#define UintToPtr(ui)     ((PVOID)(UINT_PTR)(UINT)(ui))
#define IntToPtr(i)       ((PVOID)(INT_PTR)(INT)(i))

#define LOBYTE(w)          ((UCHAR)((ULONG_PTR)(w)&0xff))
#define HIBYTE(w)          ((UCHAR)(((ULONG_PTR)(w) >> 8) & 0xff))
#define LOWORD(l)          ((USHORT)((ULONG_PTR)(l)&0xffff))
#define HIWORD(l)          ((USHORT)(((ULONG_PTR)(l) >> 16) & 0xffff))
#define MAKEWORD(a, b)     ((USHORT)(((UCHAR)(a)) | ((USHORT)((UCHAR)(b))) << 8))
#define MAKELONG(a, b)     ((LONG)(((USHORT)(a)) | ((ULONG)((USHORT)(b))) << 16))
#define RTL_SWAP_USHORT(x) __builtin_bswap16(x)

#define UNREFERENCED_PARAMETER(P)          ((void)(P))
#define DBG_UNREFERENCED_PARAMETER(P)      ((void)(P))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(V) ((void)(V))
#define UNREFERENCED_LOCAL_VARIABLE(V)     ((void)(V))
#define DEFAULT_UNREACHABLE                                                                        \
    default:                                                                                       \
        __builtin_unreachable()
#define __assume(condition) ((void)0)

#define RTL_CONSTANT_STRING(s)                                                                     \
    { sizeof(s) - sizeof((s)[0]), sizeof(s), (void *)(s) }
#define RTL_CONSTANT_OBJECT_ATTRIBUTES(name, attributes)                                           \
    { sizeof(OBJECT_ATTRIBUTES), NULL, (PUNICODE_STRING)(name), attributes, NULL, NULL }
#define DECLARE_CONST_UNICODE_STRING(variable, string)                                             \
    static const WCHAR variable##_buffer[] = string;                                               \
    static const UNICODE_STRING variable = {sizeof(string) - sizeof(WCHAR), sizeof(string),        \
                                            (PWCH)variable##_buffer}
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(variable, string)                                      \
    const WCHAR variable##_buffer[] = string;                                                      \
    const UNICODE_STRING variable = {sizeof(string) - sizeof(WCHAR), sizeof(string),               \
                                     (PWCH)variable##_buffer}
#define DECLARE_UNICODE_STRING_SIZE(variable, size)                                                \
    WCHAR variable##_buffer[size];                                                                 \
    UNICODE_STRING variable = {0, (size) * sizeof(WCHAR), variable##_buffer}

#define InitializeObjectAttributes(p, n, a, r, s)                                                  \
    {                                                                                              \
        (p)->Length = sizeof(OBJECT_ATTRIBUTES);                                                   \
        (p)->RootDirectory = (r);                                                                  \
        (p)->Attributes = (a);                                                                     \
        (p)->ObjectName = (n);                                                                     \
        (p)->SecurityDescriptor = (s);                                                             \
        (p)->SecurityQualityOfService = NULL;                                                      \
    }

#define OBJ_INHERIT                       0x00000002
#define OBJ_PERMANENT                     0x00000010
#define OBJ_EXCLUSIVE                     0x00000020
#define OBJ_CASE_INSENSITIVE              0x00000040
#define OBJ_OPENIF                        0x00000080
#define OBJ_OPENLINK                      0x00000100
#define OBJ_KERNEL_HANDLE                 0x00000200
#define OBJ_FORCE_ACCESS_CHECK            0x00000400
#define OBJ_IGNORE_IMPERSONATED_DEVICEMAP 0x00000800
#define OBJ_DONT_REPARSE                  0x00001000
#define OBJ_VALID_ATTRIBUTES              0x00001FF2

#ifndef C_ASSERT
#define C_ASSERT(e) _Static_assert(e, #e)
#endif
#define STATIC_ASSERT(e) _Static_assert(e, #e)

#ifndef TEXT
#define TEXT(quote) L##quote
#endif
#define __TEXT(quote) L##quote
#define _CRT_PACKING  8

C_ASSERT(sizeof(LONG) == 4);
C_ASSERT(sizeof(WCHAR) == 2);
#if defined(__CHAR_UNSIGNED__)
#error "CHAR is signed on every Windows machine: compile driver sources with -fsigned-char"
#endif
#if __SIZEOF_WCHAR_T__ != 2
#error "WCHAR must have 16 bits: compile driver sources with -fshort-wchar"
#endif

#include "kss_seh.h"

#endif
