// SPDX-License-Identifier: MIT
// Times as calendar fields and seconds, and what version of Windows this is.
//
// Time is 100 ns since the beginning of 1601, in the Gregorian calendar. Local time is UTC, and the
// machine says it is Windows 10 22H2 (10.0.19045), a workstation without service packs, free build;
// docs/model-limits.md says so. Sources: the DDI pages of the names.
#include "kernel/io.h"
#include "kernel/rtl.h"

enum { MAJOR = 10, MINOR = 0, BUILD = 19045, NTDDI = 0x0A000000, WORKSTATION = 1 };
static const uint64_t day = 864000000000, second = 10000000;
static const uint64_t from_1601_to_1970 = 11644473600, from_1601_to_1980 = 11960006400;
enum { FIRST_YEAR = 1601, LAST_YEAR = 30827 };

// ---- Calendar -----------------------------------------------------------------------------------
static bool leap(unsigned year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_in(unsigned year, unsigned month) {
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

static uint64_t days_before(unsigned year) { // since 1601
    uint64_t years = year - FIRST_YEAR;
    return years * 365 + years / 4 - years / 100 + years / 400;
}

struct kss_outcome kss_nt_RtlTimeToTimeFields(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint64_t time = kss_take(&r, call->arguments[0], 8);
    uint64_t days = time / day, rest = time % day / 10000; // ms
    unsigned year = FIRST_YEAR + (unsigned)(days / 366), month = 1;
    while (days_before(year + 1) <= days)
        year++;
    unsigned left = (unsigned)(days - days_before(year));
    for (; left >= days_in(year, month); month++)
        left -= days_in(year, month);
    const uint64_t fields[8] = {
        year,        month,         left + 1, rest / 3600000, rest / 60000 % 60, rest / 1000 % 60,
        rest % 1000, (days + 1) % 7}; // the first day was a Monday
    for (unsigned i = 0; i < 8; i++)
        kss_give(&r, call->arguments[1] + 2 * i, 2, fields[i]);
    return kss_reached(&r, 0);
}

// The weekday is ignored; other fields out of their ranges are refused.
struct kss_outcome kss_nt_RtlTimeFieldsToTime(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    int f[7];
    for (unsigned i = 0; i < 7; i++)
        f[i] = (int16_t)kss_take(&r, call->arguments[0] + 2 * i, 2);
    bool good = f[0] >= FIRST_YEAR && f[0] <= LAST_YEAR && f[1] >= 1 && f[1] <= 12 && f[2] >= 1 &&
                f[2] <= (int)days_in((unsigned)f[0], (unsigned)f[1]) && f[3] >= 0 && f[3] < 24 &&
                f[4] >= 0 && f[4] < 60 && f[5] >= 0 && f[5] < 60 && f[6] >= 0 && f[6] < 1000;
    if (!good)
        return kss_reached(&r, false);
    uint64_t days = days_before((unsigned)f[0]) + (unsigned)f[2] - 1;
    for (int i = 1; i < f[1]; i++)
        days += days_in((unsigned)f[0], (unsigned)i);
    uint64_t ms = (((uint64_t)f[3] * 60 + (uint64_t)f[4]) * 60 + (uint64_t)f[5]) * 1000;
    kss_give(&r, call->arguments[1], 8, days * day + (ms + (uint64_t)f[6]) * 10000);
    return kss_reached(&r, true);
}

// ---- Seconds --------------------------------------------------------------------------------------
static struct kss_outcome to_seconds(struct kss_machine *m, struct kss_call *call, uint64_t since) {
    struct kss_reach r = kss_reach(m);
    uint64_t seconds = kss_take(&r, call->arguments[0], 8) / second - since;
    if (seconds > UINT32_MAX)
        return kss_reached(&r, false);
    kss_give(&r, call->arguments[1], 4, seconds);
    return kss_reached(&r, true);
}

static struct kss_outcome of_seconds(struct kss_machine *m, struct kss_call *call, uint64_t since) {
    struct kss_reach r = kss_reach(m);
    kss_give(&r, call->arguments[1], 8, ((uint32_t)call->arguments[0] + since) * second);
    return kss_reached(&r, 0);
}

struct kss_outcome kss_nt_RtlTimeToSecondsSince1970(struct kss_machine *m, struct kss_call *call) {
    return to_seconds(m, call, from_1601_to_1970);
}

struct kss_outcome kss_nt_RtlTimeToSecondsSince1980(struct kss_machine *m, struct kss_call *call) {
    return to_seconds(m, call, from_1601_to_1980);
}

struct kss_outcome kss_nt_RtlSecondsSince1970ToTime(struct kss_machine *m, struct kss_call *call) {
    return of_seconds(m, call, from_1601_to_1970);
}

struct kss_outcome kss_nt_RtlSecondsSince1980ToTime(struct kss_machine *m, struct kss_call *call) {
    return of_seconds(m, call, from_1601_to_1980);
}

static struct kss_outcome same_time(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_give(&r, call->arguments[1], 8, kss_take(&r, call->arguments[0], 8));
    return kss_reached(&r, 0);
}

struct kss_outcome kss_nt_ExSystemTimeToLocalTime(struct kss_machine *m, struct kss_call *call) {
    return same_time(m, call);
}

struct kss_outcome kss_nt_ExLocalTimeToSystemTime(struct kss_machine *m, struct kss_call *call) {
    return same_time(m, call);
}

// ---- Version --------------------------------------------------------------------------------------
#define AT(field) (address + KSS_FIELD(RTL_OSVERSIONINFOEXW, field))

struct kss_outcome kss_nt_RtlGetVersion(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_addr address = call->arguments[0];
    uint64_t size = kss_take(&r, AT(dwOSVersionInfoSize), 4);
    kss_give(&r, AT(dwMajorVersion), 4, MAJOR);
    kss_give(&r, AT(dwMinorVersion), 4, MINOR);
    kss_give(&r, AT(dwBuildNumber), 4, BUILD);
    kss_give(&r, AT(dwPlatformId), 4, 2); // VER_PLATFORM_WIN32_NT
    kss_give(&r, AT(szCSDVersion), 2, 0);
    if (size == KSS_SIZE(RTL_OSVERSIONINFOEXW, kss_wide(m))) {
        kss_give(&r, AT(wServicePackMajor), 2, 0);
        kss_give(&r, AT(wServicePackMinor), 2, 0);
        kss_give(&r, AT(wSuiteMask), 2, 0);
        kss_give(&r, AT(wProductType), 1, WORKSTATION);
    }
    return kss_reached_status(&r, STATUS_SUCCESS);
}

enum { EQUAL = 1, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, AND, OR };

static unsigned condition(uint64_t mask, unsigned type) { // of bit [type] of the type mask
    return (unsigned)(mask >> 3 * type & 7);
}

static bool satisfied(unsigned how, int64_t sign) { // sign of what is minus what is asked for
    switch (how) {
    case EQUAL: return sign == 0;
    case GREATER: return sign > 0;
    case GREATER_EQUAL: return sign >= 0;
    case LESS: return sign < 0;
    case LESS_EQUAL: return sign <= 0;
    default: return false;
    }
}

// Major, minor, and service pack numbers are one number of four places: the first place that differs
// decides, by the condition of the first place asked about.
static bool version_fits(const uint32_t *asked, uint32_t types, uint64_t mask) {
    static const struct {
        uint8_t type;
        uint32_t is;
    } places[4] = {{1, MAJOR}, {0, MINOR}, {5, 0}, {4, 0}};
    unsigned how = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (!(types >> places[i].type & 1))
            continue;
        if (how == 0 || how == EQUAL)
            how = condition(mask, places[i].type);
        int64_t sign = (int64_t)places[i].is - asked[i];
        if (sign != 0)
            return satisfied(how, sign);
    }
    return how == 0 || satisfied(how, 0);
}

struct kss_outcome kss_nt_RtlVerifyVersionInfo(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_addr address = call->arguments[0];
    uint32_t types = (uint32_t)call->arguments[1];
    uint64_t mask = call->arguments[2];
    if (types == 0 || types > 0xFF)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    for (unsigned i = 0; i < 8; i++)
        if (types >> i & 1 && condition(mask, i) == 0)
            return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    const uint32_t asked[4] = {(uint32_t)kss_take(&r, AT(dwMajorVersion), 4),
                               (uint32_t)kss_take(&r, AT(dwMinorVersion), 4),
                               (uint32_t)kss_take(&r, AT(wServicePackMajor), 2),
                               (uint32_t)kss_take(&r, AT(wServicePackMinor), 2)};
    int64_t build = (int64_t)kss_take(&r, AT(dwBuildNumber), 4);
    int64_t platform = (int64_t)kss_take(&r, AT(dwPlatformId), 4);
    int64_t suites = (int64_t)kss_take(&r, AT(wSuiteMask), 2); // this machine has none
    int64_t type = (int64_t)kss_take(&r, AT(wProductType), 1);
    bool fits = version_fits(asked, types, mask) &&
                (!(types & 4) || satisfied(condition(mask, 2), BUILD - build)) &&
                (!(types & 8) || satisfied(condition(mask, 3), 2 - platform)) &&
                (!(types & 0x40) || (suites == 0 && condition(mask, 6) >= AND)) &&
                (!(types & 0x80) || satisfied(condition(mask, 7), WORKSTATION - type));
    return kss_reached_status(&r, fits ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH);
}

struct kss_outcome kss_nt_VerSetConditionMask(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    uint64_t mask = call->arguments[0], types = call->arguments[1] & 0xFF;
    for (unsigned i = 0; i < 8; i++)
        if (types >> i & 1)
            mask |= (call->arguments[2] & 7) << 3 * i;
    return kss_return(mask);
}

// The part of an NTDDI version that names a service pack must be 0 for the one, is asked about by the
// other.
struct kss_outcome kss_nt_RtlIsNtDdiVersionAvailable(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    uint32_t version = (uint32_t)call->arguments[0];
    return kss_return((version & 0xFFFF) == 0 && version <= NTDDI);
}

struct kss_outcome kss_nt_RtlIsServicePackVersionInstalled(struct kss_machine *m,
                                                           struct kss_call *call) {
    (void)m;
    uint32_t version = (uint32_t)call->arguments[0];
    return kss_return((version & 0xFFFF0000) == NTDDI && (version & 0xFFFF) == 0);
}

struct kss_outcome kss_nt_PsGetVersion(struct kss_machine *m, struct kss_call *call) {
    static const uint32_t version[3] = {MAJOR, MINOR, BUILD};
    struct kss_reach r = kss_reach(m);
    struct kss_counted none = {0};
    for (unsigned i = 0; i < 3; i++)
        if (call->arguments[i] != 0)
            kss_give(&r, call->arguments[i], 4, version[i]);
    if (call->arguments[3] != 0)
        kss_give_counted(&r, call->arguments[3], &none);
    return kss_reached(&r, false); // a free build
}

// WDM 6.0 is what Windows Vista and everything since then implements.
struct kss_outcome kss_nt_IoIsWdmVersionAvailable(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    unsigned major = (uint8_t)call->arguments[0], minor = (uint8_t)call->arguments[1];
    return kss_return(major < 6 || (major == 6 && minor == 0));
}
