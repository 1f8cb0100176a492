// SPDX-License-Identifier: MIT
// What driver sources check and print. The checks call libkss; prints are NT routines.
//
// Source: DDI PAGED_CODE, ASSERT, NT_ASSERT, KdPrint, KdPrintEx; Microsoft Learn "DbgPrintEx".
#ifndef KSS_NT_PARTS_CHECKS_H
#define KSS_NT_PARTS_CHECKS_H

VOID KSS_NTCALL kss_paged_code(const char *file, int line, const char *function);
VOID KSS_NTCALL kss_assert_failed(const char *expression, const char *file, int line);

#define PAGED_ASSERT(exp)   NT_ASSERT(exp)
#define PAGED_CODE_LOCKED() ((void)0)

#if DBG
#define PAGED_CODE() kss_paged_code(__FILE__, __LINE__, __func__)
#define KSS_NT_CHECK(exp, text)                                                                    \
    ((exp) ? TRUE : (kss_assert_failed(text, __FILE__, __LINE__), FALSE))
#define ASSERT(exp)                     ((void)KSS_NT_CHECK(exp, #exp))
#define ASSERTMSG(msg, exp)             ((void)KSS_NT_CHECK(exp, msg))
#define RTL_SOFT_ASSERT(exp)            ASSERT(exp)
#define RTL_SOFT_ASSERTMSG(msg, exp)    ASSERTMSG(msg, exp)
#define RTL_VERIFY(exp)                 KSS_NT_CHECK(exp, #exp)
#define RTL_VERIFYMSG(msg, exp)         KSS_NT_CHECK(exp, msg)
#define NT_ASSERT(exp)                  KSS_NT_CHECK(exp, #exp)
#define NT_ASSERTMSG(msg, exp)          KSS_NT_CHECK(exp, msg)
#define NT_ASSERTMSGW(msg, exp)         KSS_NT_CHECK(exp, #exp)
#define NT_VERIFY(exp)                  KSS_NT_CHECK(exp, #exp)
#define NT_VERIFYMSG(msg, exp)          KSS_NT_CHECK(exp, msg)
#define NT_FRE_ASSERT(exp)              KSS_NT_CHECK(exp, #exp)
#define NT_ANALYSIS_ASSUME(exp)         ((void)0)
#define KdPrint(arguments)              ((void)(DbgPrint arguments))
#define KdPrintEx(arguments)            ((void)(DbgPrintEx arguments))
#define vKdPrintEx(arguments)           ((void)(vDbgPrintEx arguments))
#define vKdPrintExWithPrefix(arguments) ((void)(vDbgPrintExWithPrefix arguments))
#define KdBreakPoint()                  DbgBreakPoint()
#define KdBreakPointWithStatus(s)       DbgBreakPointWithStatus(s)
#else
#define PAGED_CODE()                    ((void)0)
#define ASSERT(exp)                     ((void)0)
#define ASSERTMSG(msg, exp)             ((void)0)
#define RTL_SOFT_ASSERT(exp)            ((void)0)
#define RTL_SOFT_ASSERTMSG(msg, exp)    ((void)0)
#define RTL_VERIFY(exp)                 ((exp) ? TRUE : FALSE)
#define RTL_VERIFYMSG(msg, exp)         ((exp) ? TRUE : FALSE)
#define NT_ASSERT(exp)                  ((void)0)
#define NT_ASSERTMSG(msg, exp)          ((void)0)
#define NT_ASSERTMSGW(msg, exp)         ((void)0)
#define NT_VERIFY(exp)                  ((exp) ? TRUE : FALSE)
#define NT_VERIFYMSG(msg, exp)          ((exp) ? TRUE : FALSE)
#define NT_FRE_ASSERT(exp)              ((exp) ? TRUE : (kss_assert_failed(#exp, __FILE__, __LINE__), FALSE))
#define NT_ANALYSIS_ASSUME(exp)         ((void)0)
#define KdPrint(arguments)              ((void)0)
#define KdPrintEx(arguments)            ((void)0)
#define vKdPrintEx(arguments)           ((void)0)
#define vKdPrintExWithPrefix(arguments) ((void)0)
#define KdBreakPoint()                  ((void)0)
#define KdBreakPointWithStatus(s)       ((void)0)
#endif

#define __debugbreak() DbgBreakPoint()

#endif
