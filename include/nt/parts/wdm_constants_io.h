// SPDX-License-Identifier: MIT
// Constants of wdm.h about I/O: files, devices, IRPs, resources, the registry.
//
// Source: Windows Driver Kit documentation (DDI pages); mingw-w64 ddk/wdm.h.
#ifndef KSS_NT_PARTS_WDM_CONSTANTS_IO_H
#define KSS_NT_PARTS_WDM_CONSTANTS_IO_H

#define DPC_NORMAL   0
#define DPC_THREADED 1

#define DELETE 0x00010000

#define DACL_SECURITY_INFORMATION (0x00000004)

#define IOCTL_QUERY_DEVICE_POWER_STATE                                                             \
    CTL_CODE(FILE_DEVICE_BATTERY, 0x0, METHOD_BUFFERED, FILE_READ_ACCESS)
#define IOCTL_SET_DEVICE_WAKE CTL_CODE(FILE_DEVICE_BATTERY, 0x1, METHOD_BUFFERED, FILE_WRITE_ACCESS)
#define IOCTL_CANCEL_DEVICE_WAKE                                                                   \
    CTL_CODE(FILE_DEVICE_BATTERY, 0x2, METHOD_BUFFERED, FILE_WRITE_ACCESS)

#define DIAGNOSTIC_REASON_VERSION         0
#define DIAGNOSTIC_REASON_SIMPLE_STRING   0x00000001
#define DIAGNOSTIC_REASON_DETAILED_STRING 0x00000002
#define DIAGNOSTIC_REASON_NOT_SPECIFIED   0x80000000
#define DIAGNOSTIC_REASON_INVALID_FLAGS   (~0x80000003)

#define CmResourceTypeNull 0

#define CmResourceTypePort 1

#define CmResourceTypeInterrupt 2

#define CmResourceTypeMemory 3

#define CmResourceTypeDma 4

#define CmResourceTypeDeviceSpecific 5

#define CmResourceTypeBusNumber 6

#define CmResourceTypeNonArbitrated 128

#define CmResourceTypeConfigData 128

#define CmResourceTypeDevicePrivate 129

#define CmResourceTypePcCardConfig 130

#define CmResourceTypeMfCardConfig 131

#define REG_NONE                       0
#define REG_SZ                         1
#define REG_EXPAND_SZ                  2
#define REG_BINARY                     3
#define REG_DWORD                      4
#define REG_DWORD_LITTLE_ENDIAN        4
#define REG_DWORD_BIG_ENDIAN           5
#define REG_LINK                       6
#define REG_MULTI_SZ                   7
#define REG_RESOURCE_LIST              8
#define REG_FULL_RESOURCE_DESCRIPTOR   9
#define REG_RESOURCE_REQUIREMENTS_LIST 10
#define REG_QWORD                      11
#define REG_QWORD_LITTLE_ENDIAN        11

#define KEY_QUERY_VALUE        (0x0001)
#define KEY_SET_VALUE          (0x0002)
#define KEY_CREATE_SUB_KEY     (0x0004)
#define KEY_ENUMERATE_SUB_KEYS (0x0008)
#define KEY_NOTIFY             (0x0010)
#define KEY_CREATE_LINK        (0x0020)
#define KEY_WOW64_32KEY        (0x0200)
#define KEY_WOW64_64KEY        (0x0100)
#define KEY_WOW64_RES          (0x0300)
#define KEY_READ                                                                                   \
    ((STANDARD_RIGHTS_READ | KEY_QUERY_VALUE | KEY_ENUMERATE_SUB_KEYS | KEY_NOTIFY) &              \
     (~SYNCHRONIZE))
#define KEY_WRITE   ((STANDARD_RIGHTS_WRITE | KEY_SET_VALUE | KEY_CREATE_SUB_KEY) & (~SYNCHRONIZE))
#define KEY_EXECUTE ((KEY_READ) & (~SYNCHRONIZE))
#define KEY_ALL_ACCESS                                                                             \
    ((STANDARD_RIGHTS_ALL | KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_CREATE_SUB_KEY |                 \
      KEY_ENUMERATE_SUB_KEYS | KEY_NOTIFY | KEY_CREATE_LINK) &                                     \
     (~SYNCHRONIZE))

#define REG_OPTION_RESERVED       (0x00000000)
#define REG_OPTION_NON_VOLATILE   (0x00000000)
#define REG_OPTION_VOLATILE       (0x00000001)
#define REG_OPTION_CREATE_LINK    (0x00000002)
#define REG_OPTION_BACKUP_RESTORE (0x00000004)
#define REG_OPTION_OPEN_LINK      (0x00000008)
#define REG_LEGAL_OPTION                                                                           \
    (REG_OPTION_RESERVED | REG_OPTION_NON_VOLATILE | REG_OPTION_VOLATILE |                         \
     REG_OPTION_CREATE_LINK | REG_OPTION_BACKUP_RESTORE | REG_OPTION_OPEN_LINK)
#define REG_OPEN_LEGAL_OPTION                                                                      \
    (REG_OPTION_RESERVED | REG_OPTION_BACKUP_RESTORE | REG_OPTION_OPEN_LINK)
#define REG_STANDARD_FORMAT          1
#define REG_LATEST_FORMAT            2
#define REG_NO_COMPRESSION           4
#define REG_CREATED_NEW_KEY          (0x00000001)
#define REG_OPENED_EXISTING_KEY      (0x00000002)
#define REG_WHOLE_HIVE_VOLATILE      (0x00000001)
#define REG_REFRESH_HIVE             (0x00000002)
#define REG_NO_LAZY_FLUSH            (0x00000004)
#define REG_FORCE_RESTORE            (0x00000008)
#define REG_APP_HIVE                 (0x00000010)
#define REG_PROCESS_PRIVATE          (0x00000020)
#define REG_START_JOURNAL            (0x00000040)
#define REG_HIVE_EXACT_FILE_GROWTH   (0x00000080)
#define REG_HIVE_NO_RM               (0x00000100)
#define REG_HIVE_SINGLE_LOG          (0x00000200)
#define REG_BOOT_HIVE                (0x00000400)
#define REG_FORCE_UNLOAD             1
#define REG_NOTIFY_CHANGE_NAME       (0x00000001)
#define REG_NOTIFY_CHANGE_ATTRIBUTES (0x00000002)
#define REG_NOTIFY_CHANGE_LAST_SET   (0x00000004)
#define REG_NOTIFY_CHANGE_SECURITY   (0x00000008)
#define REG_LEGAL_CHANGE_FILTER                                                                    \
    (REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_ATTRIBUTES | REG_NOTIFY_CHANGE_LAST_SET |          \
     REG_NOTIFY_CHANGE_SECURITY)

#define CmResourceTypeMemoryLarge 7

#define CM_RESOURCE_PORT_MEMORY                          0x0000
#define CM_RESOURCE_PORT_IO                              0x0001
#define CM_RESOURCE_PORT_10_BIT_DECODE                   0x0004
#define CM_RESOURCE_PORT_12_BIT_DECODE                   0x0008
#define CM_RESOURCE_PORT_16_BIT_DECODE                   0x0010
#define CM_RESOURCE_PORT_POSITIVE_DECODE                 0x0020
#define CM_RESOURCE_PORT_PASSIVE_DECODE                  0x0040
#define CM_RESOURCE_PORT_WINDOW_DECODE                   0x0080
#define CM_RESOURCE_PORT_BAR                             0x0100
#define CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE            0x0000
#define CM_RESOURCE_INTERRUPT_LATCHED                    0x0001
#define CM_RESOURCE_INTERRUPT_MESSAGE                    0x0002
#define CM_RESOURCE_INTERRUPT_POLICY_INCLUDED            0x0004
#define CM_RESOURCE_INTERRUPT_LEVEL_LATCHED_BITS         0x0001
#define CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN              ((ULONG)-2)
#define CM_RESOURCE_MEMORY_READ_WRITE                    0x0000
#define CM_RESOURCE_MEMORY_READ_ONLY                     0x0001
#define CM_RESOURCE_MEMORY_WRITE_ONLY                    0x0002
#define CM_RESOURCE_MEMORY_WRITEABILITY_MASK             0x0003
#define CM_RESOURCE_MEMORY_PREFETCHABLE                  0x0004
#define CM_RESOURCE_MEMORY_COMBINEDWRITE                 0x0008
#define CM_RESOURCE_MEMORY_24                            0x0010
#define CM_RESOURCE_MEMORY_CACHEABLE                     0x0020
#define CM_RESOURCE_MEMORY_WINDOW_DECODE                 0x0040
#define CM_RESOURCE_MEMORY_BAR                           0x0080
#define CM_RESOURCE_MEMORY_COMPAT_FOR_INACCESSIBLE_RANGE 0x0100
#define CM_RESOURCE_MEMORY_LARGE                         0x0E00
#define CM_RESOURCE_MEMORY_LARGE_40                      0x0200
#define CM_RESOURCE_MEMORY_LARGE_48                      0x0400
#define CM_RESOURCE_MEMORY_LARGE_64                      0x0800
#define CM_RESOURCE_MEMORY_LARGE_40_MAXLEN               0x000000FFFFFFFF00
#define CM_RESOURCE_MEMORY_LARGE_48_MAXLEN               0x0000FFFFFFFF0000
#define CM_RESOURCE_MEMORY_LARGE_64_MAXLEN               0xFFFFFFFF00000000
#define CM_RESOURCE_DMA_8                                0x0000
#define CM_RESOURCE_DMA_16                               0x0001
#define CM_RESOURCE_DMA_32                               0x0002
#define CM_RESOURCE_DMA_8_AND_16                         0x0004
#define CM_RESOURCE_DMA_BUS_MASTER                       0x0008
#define CM_RESOURCE_DMA_TYPE_A                           0x0010
#define CM_RESOURCE_DMA_TYPE_B                           0x0020
#define CM_RESOURCE_DMA_TYPE_F                           0x0040
#define CM_SERVICE_NETWORK_BOOT_LOAD                     0x00000001
#define CM_SERVICE_VIRTUAL_DISK_BOOT_LOAD                0x00000002
#define CM_SERVICE_USB_DISK_BOOT_LOAD                    0x00000004
#define CM_SERVICE_VALID_PROMOTION_MASK                                                            \
    (CM_SERVICE_NETWORK_BOOT_LOAD | CM_SERVICE_VIRTUAL_DISK_BOOT_LOAD |                            \
     CM_SERVICE_USB_DISK_BOOT_LOAD)

#define CONNECT_FULLY_SPECIFIED       0x1
#define CONNECT_LINE_BASED            0x2
#define CONNECT_MESSAGE_BASED         0x3
#define CONNECT_FULLY_SPECIFIED_GROUP 0x4
#define CONNECT_CURRENT_VERSION       0x4

#define IO_TYPE_ADAPTER                 1
#define IO_TYPE_CONTROLLER              2
#define IO_TYPE_DEVICE                  3
#define IO_TYPE_DRIVER                  4
#define IO_TYPE_FILE                    5
#define IO_TYPE_IRP                     6
#define IO_TYPE_MASTER_ADAPTER          7
#define IO_TYPE_OPEN_PACKET             8
#define IO_TYPE_TIMER                   9
#define IO_TYPE_VPB                     10
#define IO_TYPE_ERROR_LOG               11
#define IO_TYPE_ERROR_MESSAGE           12
#define IO_TYPE_DEVICE_OBJECT_EXTENSION 13
#define IO_TYPE_CSQ_IRP_CONTEXT         1
#define IO_TYPE_CSQ                     2
#define IO_TYPE_CSQ_EX                  3
#define IO_RESOURCE_PREFERRED           0x01
#define IO_RESOURCE_DEFAULT             0x02
#define IO_RESOURCE_ALTERNATIVE         0x08

#define FILE_DEVICE_BEEP                  0x00000001
#define FILE_DEVICE_CD_ROM                0x00000002
#define FILE_DEVICE_CD_ROM_FILE_SYSTEM    0x00000003
#define FILE_DEVICE_CONTROLLER            0x00000004
#define FILE_DEVICE_DATALINK              0x00000005
#define FILE_DEVICE_DFS                   0x00000006
#define FILE_DEVICE_DISK                  0x00000007
#define FILE_DEVICE_DISK_FILE_SYSTEM      0x00000008
#define FILE_DEVICE_FILE_SYSTEM           0x00000009
#define FILE_DEVICE_INPORT_PORT           0x0000000a
#define FILE_DEVICE_KEYBOARD              0x0000000b
#define FILE_DEVICE_MAILSLOT              0x0000000c
#define FILE_DEVICE_MIDI_IN               0x0000000d
#define FILE_DEVICE_MIDI_OUT              0x0000000e
#define FILE_DEVICE_MOUSE                 0x0000000f
#define FILE_DEVICE_MULTI_UNC_PROVIDER    0x00000010
#define FILE_DEVICE_NAMED_PIPE            0x00000011
#define FILE_DEVICE_NETWORK               0x00000012
#define FILE_DEVICE_NETWORK_BROWSER       0x00000013
#define FILE_DEVICE_NETWORK_FILE_SYSTEM   0x00000014
#define FILE_DEVICE_NULL                  0x00000015
#define FILE_DEVICE_PARALLEL_PORT         0x00000016
#define FILE_DEVICE_PHYSICAL_NETCARD      0x00000017
#define FILE_DEVICE_PRINTER               0x00000018
#define FILE_DEVICE_SCANNER               0x00000019
#define FILE_DEVICE_SERIAL_MOUSE_PORT     0x0000001a
#define FILE_DEVICE_SERIAL_PORT           0x0000001b
#define FILE_DEVICE_SCREEN                0x0000001c
#define FILE_DEVICE_SOUND                 0x0000001d
#define FILE_DEVICE_STREAMS               0x0000001e
#define FILE_DEVICE_TAPE                  0x0000001f
#define FILE_DEVICE_TAPE_FILE_SYSTEM      0x00000020
#define FILE_DEVICE_TRANSPORT             0x00000021
#define FILE_DEVICE_UNKNOWN               0x00000022
#define FILE_DEVICE_VIDEO                 0x00000023
#define FILE_DEVICE_VIRTUAL_DISK          0x00000024
#define FILE_DEVICE_WAVE_IN               0x00000025
#define FILE_DEVICE_WAVE_OUT              0x00000026
#define FILE_DEVICE_8042_PORT             0x00000027
#define FILE_DEVICE_NETWORK_REDIRECTOR    0x00000028
#define FILE_DEVICE_BATTERY               0x00000029
#define FILE_DEVICE_BUS_EXTENDER          0x0000002a
#define FILE_DEVICE_MODEM                 0x0000002b
#define FILE_DEVICE_VDM                   0x0000002c
#define FILE_DEVICE_MASS_STORAGE          0x0000002d
#define FILE_DEVICE_SMB                   0x0000002e
#define FILE_DEVICE_KS                    0x0000002f
#define FILE_DEVICE_CHANGER               0x00000030
#define FILE_DEVICE_SMARTCARD             0x00000031
#define FILE_DEVICE_ACPI                  0x00000032
#define FILE_DEVICE_DVD                   0x00000033
#define FILE_DEVICE_FULLSCREEN_VIDEO      0x00000034
#define FILE_DEVICE_DFS_FILE_SYSTEM       0x00000035
#define FILE_DEVICE_DFS_VOLUME            0x00000036
#define FILE_DEVICE_SERENUM               0x00000037
#define FILE_DEVICE_TERMSRV               0x00000038
#define FILE_DEVICE_KSEC                  0x00000039
#define FILE_DEVICE_FIPS                  0x0000003A
#define FILE_DEVICE_INFINIBAND            0x0000003B
#define FILE_DEVICE_VMBUS                 0x0000003E
#define FILE_DEVICE_CRYPT_PROVIDER        0x0000003F
#define FILE_DEVICE_WPD                   0x00000040
#define FILE_DEVICE_BLUETOOTH             0x00000041
#define FILE_DEVICE_MT_COMPOSITE          0x00000042
#define FILE_DEVICE_MT_TRANSPORT          0x00000043
#define FILE_DEVICE_BIOMETRIC             0x00000044
#define FILE_DEVICE_PMI                   0x00000045
#define FILE_REMOVABLE_MEDIA              0x00000001
#define FILE_READ_ONLY_DEVICE             0x00000002
#define FILE_FLOPPY_DISKETTE              0x00000004
#define FILE_WRITE_ONCE_MEDIA             0x00000008
#define FILE_REMOTE_DEVICE                0x00000010
#define FILE_DEVICE_IS_MOUNTED            0x00000020
#define FILE_VIRTUAL_VOLUME               0x00000040
#define FILE_AUTOGENERATED_DEVICE_NAME    0x00000080
#define FILE_DEVICE_SECURE_OPEN           0x00000100
#define FILE_CHARACTERISTIC_PNP_DEVICE    0x00000800
#define FILE_CHARACTERISTIC_TS_DEVICE     0x00001000
#define FILE_CHARACTERISTIC_WEBDAV_DEVICE 0x00002000
#define FILE_BYTE_ALIGNMENT               0x00000000
#define FILE_WORD_ALIGNMENT               0x00000001
#define FILE_LONG_ALIGNMENT               0x00000003
#define FILE_QUAD_ALIGNMENT               0x00000007
#define FILE_OCTA_ALIGNMENT               0x0000000f
#define FILE_32_BYTE_ALIGNMENT            0x0000001f
#define FILE_64_BYTE_ALIGNMENT            0x0000003f
#define FILE_128_BYTE_ALIGNMENT           0x0000007f
#define FILE_256_BYTE_ALIGNMENT           0x000000ff
#define FILE_512_BYTE_ALIGNMENT           0x000001ff

#define DEVICE_TYPE ULONG

#define IO_FORCE_ACCESS_CHECK              0x001
#define IO_NO_PARAMETER_CHECKING           0x100
#define IO_REPARSE                         0x0
#define IO_REMOUNT                         0x1
#define IO_SESSION_STATE_ALL_EVENTS        0xffffffff
#define IO_SESSION_STATE_CREATION_EVENT    0x00000001
#define IO_SESSION_STATE_TERMINATION_EVENT 0x00000002
#define IO_SESSION_STATE_CONNECT_EVENT     0x00000004
#define IO_SESSION_STATE_DISCONNECT_EVENT  0x00000008
#define IO_SESSION_STATE_LOGON_EVENT       0x00000010
#define IO_SESSION_STATE_LOGOFF_EVENT      0x00000020
#define IO_SESSION_STATE_VALID_EVENT_MASK  0x0000003f
#define IO_SESSION_MAX_PAYLOAD_SIZE        256

#define EVENT_INCREMENT 1

#define IO_NO_INCREMENT         0
#define IO_CD_ROM_INCREMENT     1
#define IO_DISK_INCREMENT       1
#define IO_KEYBOARD_INCREMENT   6
#define IO_MAILSLOT_INCREMENT   2
#define IO_MOUSE_INCREMENT      6
#define IO_NAMED_PIPE_INCREMENT 2
#define IO_NETWORK_INCREMENT    2
#define IO_PARALLEL_INCREMENT   1
#define IO_SERIAL_INCREMENT     2
#define IO_SOUND_INCREMENT      8
#define IO_VIDEO_INCREMENT      1

#define SEMAPHORE_INCREMENT 1

#define PNP_DEVICE_DISABLED                      0x00000001
#define PNP_DEVICE_DONT_DISPLAY_IN_UI            0x00000002
#define PNP_DEVICE_FAILED                        0x00000004
#define PNP_DEVICE_REMOVED                       0x00000008
#define PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED 0x00000010
#define PNP_DEVICE_NOT_DISABLEABLE               0x00000020

#define PLUGPLAY_PROPERTY_PERSISTENT 0x00000001

#define PNP_REPLACE_PARAMETERS_VERSION        2
#define PNP_REPLACE_DRIVER_INTERFACE_VERSION  1
#define PNP_REPLACE_MEMORY_SUPPORTED          0x0001
#define PNP_REPLACE_PROCESSOR_SUPPORTED       0x0002
#define PNP_REPLACE_HARDWARE_MEMORY_MIRRORING 0x0004
#define PNP_REPLACE_HARDWARE_PAGE_COPY        0x0008
#define PNP_REPLACE_HARDWARE_QUIESCE          0x0010

#define PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES 0x00000001

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE        0x2
#define FILE_SKIP_SET_USER_EVENT_ON_FAST_IO  0x4

#define FO_FILE_OPEN                      0x00000001
#define FO_SYNCHRONOUS_IO                 0x00000002
#define FO_ALERTABLE_IO                   0x00000004
#define FO_NO_INTERMEDIATE_BUFFERING      0x00000008
#define FO_WRITE_THROUGH                  0x00000010
#define FO_SEQUENTIAL_ONLY                0x00000020
#define FO_CACHE_SUPPORTED                0x00000040
#define FO_NAMED_PIPE                     0x00000080
#define FO_STREAM_FILE                    0x00000100
#define FO_MAILSLOT                       0x00000200
#define FO_GENERATE_AUDIT_ON_CLOSE        0x00000400
#define FO_QUEUE_IRP_TO_THREAD            0x00000400
#define FO_DIRECT_DEVICE_OPEN             0x00000800
#define FO_FILE_MODIFIED                  0x00001000
#define FO_FILE_SIZE_CHANGED              0x00002000
#define FO_CLEANUP_COMPLETE               0x00004000
#define FO_TEMPORARY_FILE                 0x00008000
#define FO_DELETE_ON_CLOSE                0x00010000
#define FO_OPENED_CASE_SENSITIVE          0x00020000
#define FO_HANDLE_CREATED                 0x00040000
#define FO_FILE_FAST_IO_READ              0x00080000
#define FO_RANDOM_ACCESS                  0x00100000
#define FO_FILE_OPEN_CANCELLED            0x00200000
#define FO_VOLUME_OPEN                    0x00400000
#define FO_REMOTE_ORIGIN                  0x01000000
#define FO_DISALLOW_EXCLUSIVE             0x02000000
#define FO_SKIP_COMPLETION_PORT           0x02000000
#define FO_SKIP_SET_EVENT                 0x04000000
#define FO_SKIP_SET_FAST_IO               0x08000000
#define FO_FLAGS_VALID_ONLY_DURING_CREATE FO_DISALLOW_EXCLUSIVE

#define VPB_MOUNTED               0x0001
#define VPB_LOCKED                0x0002
#define VPB_PERSISTENT            0x0004
#define VPB_REMOVE_PENDING        0x0008
#define VPB_RAW_MOUNT             0x0010
#define VPB_DIRECT_WRITES_ALLOWED 0x0020

#define SL_FORCE_ACCESS_CHECK     0x01
#define SL_OPEN_PAGING_FILE       0x02
#define SL_OPEN_TARGET_DIRECTORY  0x04
#define SL_STOP_ON_SYMLINK        0x08
#define SL_CASE_SENSITIVE         0x80
#define SL_KEY_SPECIFIED          0x01
#define SL_OVERRIDE_VERIFY_VOLUME 0x02
#define SL_WRITE_THROUGH          0x04
#define SL_FT_SEQUENTIAL_WRITE    0x08
#define SL_FORCE_DIRECT_WRITE     0x10
#define SL_REALTIME_STREAM        0x20
#define SL_READ_ACCESS_GRANTED    0x01
#define SL_WRITE_ACCESS_GRANTED   0x04
#define SL_FAIL_IMMEDIATELY       0x01
#define SL_EXCLUSIVE_LOCK         0x02
#define SL_RESTART_SCAN           0x01
#define SL_RETURN_SINGLE_ENTRY    0x02
#define SL_INDEX_SPECIFIED        0x04
#define SL_WATCH_TREE             0x01
#define SL_ALLOW_RAW_MOUNT        0x01

#define IRP_NOCACHE                         0x00000001
#define IRP_PAGING_IO                       0x00000002
#define IRP_MOUNT_COMPLETION                0x00000002
#define IRP_SYNCHRONOUS_API                 0x00000004
#define IRP_ASSOCIATED_IRP                  0x00000008
#define IRP_BUFFERED_IO                     0x00000010
#define IRP_DEALLOCATE_BUFFER               0x00000020
#define IRP_INPUT_OPERATION                 0x00000040
#define IRP_SYNCHRONOUS_PAGING_IO           0x00000040
#define IRP_CREATE_OPERATION                0x00000080
#define IRP_READ_OPERATION                  0x00000100
#define IRP_WRITE_OPERATION                 0x00000200
#define IRP_CLOSE_OPERATION                 0x00000400
#define IRP_DEFER_IO_COMPLETION             0x00000800
#define IRP_OB_QUERY_NAME                   0x00001000
#define IRP_HOLD_DEVICE_QUEUE               0x00002000
#define IRP_RETRY_IO_COMPLETION             0x00004000
#define IRP_CLASS_CACHE_OPERATION           0x00008000
#define IRP_QUOTA_CHARGED                   0x01
#define IRP_ALLOCATED_MUST_SUCCEED          0x02
#define IRP_ALLOCATED_FIXED_SIZE            0x04
#define IRP_LOOKASIDE_ALLOCATION            0x08
#define IRP_MJ_CREATE                       0x00
#define IRP_MJ_CREATE_NAMED_PIPE            0x01
#define IRP_MJ_CLOSE                        0x02
#define IRP_MJ_READ                         0x03
#define IRP_MJ_WRITE                        0x04
#define IRP_MJ_QUERY_INFORMATION            0x05
#define IRP_MJ_SET_INFORMATION              0x06
#define IRP_MJ_QUERY_EA                     0x07
#define IRP_MJ_SET_EA                       0x08
#define IRP_MJ_FLUSH_BUFFERS                0x09
#define IRP_MJ_QUERY_VOLUME_INFORMATION     0x0a
#define IRP_MJ_SET_VOLUME_INFORMATION       0x0b
#define IRP_MJ_DIRECTORY_CONTROL            0x0c
#define IRP_MJ_FILE_SYSTEM_CONTROL          0x0d
#define IRP_MJ_DEVICE_CONTROL               0x0e
#define IRP_MJ_INTERNAL_DEVICE_CONTROL      0x0f
#define IRP_MJ_SCSI                         0x0f
#define IRP_MJ_SHUTDOWN                     0x10
#define IRP_MJ_LOCK_CONTROL                 0x11
#define IRP_MJ_CLEANUP                      0x12
#define IRP_MJ_CREATE_MAILSLOT              0x13
#define IRP_MJ_QUERY_SECURITY               0x14
#define IRP_MJ_SET_SECURITY                 0x15
#define IRP_MJ_POWER                        0x16
#define IRP_MJ_SYSTEM_CONTROL               0x17
#define IRP_MJ_DEVICE_CHANGE                0x18
#define IRP_MJ_QUERY_QUOTA                  0x19
#define IRP_MJ_SET_QUOTA                    0x1a
#define IRP_MJ_PNP                          0x1b
#define IRP_MJ_PNP_POWER                    0x1b
#define IRP_MJ_MAXIMUM_FUNCTION             0x1b
#define IRP_MN_SCSI_CLASS                   0x01
#define IRP_MN_START_DEVICE                 0x00
#define IRP_MN_QUERY_REMOVE_DEVICE          0x01
#define IRP_MN_REMOVE_DEVICE                0x02
#define IRP_MN_CANCEL_REMOVE_DEVICE         0x03
#define IRP_MN_STOP_DEVICE                  0x04
#define IRP_MN_QUERY_STOP_DEVICE            0x05
#define IRP_MN_CANCEL_STOP_DEVICE           0x06
#define IRP_MN_QUERY_DEVICE_RELATIONS       0x07
#define IRP_MN_QUERY_INTERFACE              0x08
#define IRP_MN_QUERY_CAPABILITIES           0x09
#define IRP_MN_QUERY_RESOURCES              0x0A
#define IRP_MN_QUERY_RESOURCE_REQUIREMENTS  0x0B
#define IRP_MN_QUERY_DEVICE_TEXT            0x0C
#define IRP_MN_FILTER_RESOURCE_REQUIREMENTS 0x0D
#define IRP_MN_READ_CONFIG                  0x0F
#define IRP_MN_WRITE_CONFIG                 0x10
#define IRP_MN_EJECT                        0x11
#define IRP_MN_SET_LOCK                     0x12
#define IRP_MN_QUERY_ID                     0x13
#define IRP_MN_QUERY_PNP_DEVICE_STATE       0x14
#define IRP_MN_QUERY_BUS_INFORMATION        0x15
#define IRP_MN_DEVICE_USAGE_NOTIFICATION    0x16
#define IRP_MN_SURPRISE_REMOVAL             0x17
#define IRP_MN_DEVICE_ENUMERATED            0x19
#define IRP_MN_WAIT_WAKE                    0x00
#define IRP_MN_POWER_SEQUENCE               0x01
#define IRP_MN_SET_POWER                    0x02
#define IRP_MN_QUERY_POWER                  0x03
#define IRP_MN_QUERY_ALL_DATA               0x00
#define IRP_MN_QUERY_SINGLE_INSTANCE        0x01
#define IRP_MN_CHANGE_SINGLE_INSTANCE       0x02
#define IRP_MN_CHANGE_SINGLE_ITEM           0x03
#define IRP_MN_ENABLE_EVENTS                0x04
#define IRP_MN_DISABLE_EVENTS               0x05
#define IRP_MN_ENABLE_COLLECTION            0x06
#define IRP_MN_DISABLE_COLLECTION           0x07
#define IRP_MN_REGINFO                      0x08
#define IRP_MN_EXECUTE_METHOD               0x09
#define IRP_MN_REGINFO_EX                   0x0b

#define DEVICE_DESCRIPTION_VERSION  0x0000
#define DEVICE_DESCRIPTION_VERSION1 0x0001
#define DEVICE_DESCRIPTION_VERSION2 0x0002

#define DRVO_UNLOAD_INVOKED 0x00000001
#define DRVO_LEGACY_DRIVER  0x00000002
#define DRVO_BUILTIN_DRIVER 0x00000004

#define SL_PENDING_RETURNED  0x01
#define SL_ERROR_RETURNED    0x02
#define SL_INVOKE_ON_CANCEL  0x20
#define SL_INVOKE_ON_SUCCESS 0x40
#define SL_INVOKE_ON_ERROR   0x80

#define METHOD_BUFFERED   0
#define METHOD_IN_DIRECT  1
#define METHOD_OUT_DIRECT 2
#define METHOD_NEITHER    3

#define FILE_SUPERSEDED                    0x00000000
#define FILE_OPENED                        0x00000001
#define FILE_CREATED                       0x00000002
#define FILE_OVERWRITTEN                   0x00000003
#define FILE_EXISTS                        0x00000004
#define FILE_DOES_NOT_EXIST                0x00000005
#define FILE_USE_FILE_POINTER_POSITION     0xfffffffe
#define FILE_WRITE_TO_END_OF_FILE          0xffffffff
#define FILE_LIST_DIRECTORY                0x00000001
#define FILE_READ_DATA                     0x00000001
#define FILE_ADD_FILE                      0x00000002
#define FILE_WRITE_DATA                    0x00000002
#define FILE_ADD_SUBDIRECTORY              0x00000004
#define FILE_APPEND_DATA                   0x00000004
#define FILE_CREATE_PIPE_INSTANCE          0x00000004
#define FILE_READ_EA                       0x00000008
#define FILE_WRITE_EA                      0x00000010
#define FILE_EXECUTE                       0x00000020
#define FILE_TRAVERSE                      0x00000020
#define FILE_DELETE_CHILD                  0x00000040
#define FILE_READ_ATTRIBUTES               0x00000080
#define FILE_WRITE_ATTRIBUTES              0x00000100
#define FILE_SHARE_READ                    0x00000001
#define FILE_SHARE_WRITE                   0x00000002
#define FILE_SHARE_DELETE                  0x00000004
#define FILE_SHARE_VALID_FLAGS             0x00000007
#define FILE_ATTRIBUTE_READONLY            0x00000001
#define FILE_ATTRIBUTE_HIDDEN              0x00000002
#define FILE_ATTRIBUTE_SYSTEM              0x00000004
#define FILE_ATTRIBUTE_DIRECTORY           0x00000010
#define FILE_ATTRIBUTE_ARCHIVE             0x00000020
#define FILE_ATTRIBUTE_DEVICE              0x00000040
#define FILE_ATTRIBUTE_NORMAL              0x00000080
#define FILE_ATTRIBUTE_TEMPORARY           0x00000100
#define FILE_ATTRIBUTE_SPARSE_FILE         0x00000200
#define FILE_ATTRIBUTE_REPARSE_POINT       0x00000400
#define FILE_ATTRIBUTE_COMPRESSED          0x00000800
#define FILE_ATTRIBUTE_OFFLINE             0x00001000
#define FILE_ATTRIBUTE_NOT_CONTENT_INDEXED 0x00002000
#define FILE_ATTRIBUTE_ENCRYPTED           0x00004000
#define FILE_ATTRIBUTE_VIRTUAL             0x00010000
#define FILE_ATTRIBUTE_VALID_FLAGS         0x00007fb7
#define FILE_ATTRIBUTE_VALID_SET_FLAGS     0x000031a7
#define FILE_VALID_OPTION_FLAGS            0x00ffffff
#define FILE_VALID_PIPE_OPTION_FLAGS       0x00000032
#define FILE_VALID_MAILSLOT_OPTION_FLAGS   0x00000032
#define FILE_VALID_SET_FLAGS               0x00000036
#define FILE_SUPERSEDE                     0x00000000
#define FILE_OPEN                          0x00000001
#define FILE_CREATE                        0x00000002
#define FILE_OPEN_IF                       0x00000003
#define FILE_OVERWRITE                     0x00000004
#define FILE_OVERWRITE_IF                  0x00000005
#define FILE_MAXIMUM_DISPOSITION           0x00000005
#define FILE_DIRECTORY_FILE                0x00000001
#define FILE_WRITE_THROUGH                 0x00000002
#define FILE_SEQUENTIAL_ONLY               0x00000004
#define FILE_NO_INTERMEDIATE_BUFFERING     0x00000008
#define FILE_SYNCHRONOUS_IO_ALERT          0x00000010
#define FILE_SYNCHRONOUS_IO_NONALERT       0x00000020
#define FILE_NON_DIRECTORY_FILE            0x00000040
#define FILE_CREATE_TREE_CONNECTION        0x00000080
#define FILE_COMPLETE_IF_OPLOCKED          0x00000100
#define FILE_NO_EA_KNOWLEDGE               0x00000200
#define FILE_OPEN_REMOTE_INSTANCE          0x00000400
#define FILE_RANDOM_ACCESS                 0x00000800
#define FILE_DELETE_ON_CLOSE               0x00001000
#define FILE_OPEN_BY_FILE_ID               0x00002000
#define FILE_OPEN_FOR_BACKUP_INTENT        0x00004000
#define FILE_NO_COMPRESSION                0x00008000
#define FILE_OPEN_REQUIRING_OPLOCK         0x00010000
#define FILE_DISALLOW_EXCLUSIVE            0x00020000
#define FILE_RESERVE_OPFILTER              0x00100000
#define FILE_OPEN_REPARSE_POINT            0x00200000
#define FILE_OPEN_NO_RECALL                0x00400000
#define FILE_OPEN_FOR_FREE_SPACE_QUERY     0x00800000
#define FILE_ANY_ACCESS                    0x00000000
#define FILE_SPECIAL_ACCESS                FILE_ANY_ACCESS
#define FILE_READ_ACCESS                   0x00000001
#define FILE_WRITE_ACCESS                  0x00000002
#define FILE_ALL_ACCESS                    (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x1FF)
#define FILE_GENERIC_EXECUTE                                                                       \
    (STANDARD_RIGHTS_EXECUTE | FILE_READ_ATTRIBUTES | FILE_EXECUTE | SYNCHRONIZE)
#define FILE_GENERIC_READ                                                                          \
    (STANDARD_RIGHTS_READ | FILE_READ_DATA | FILE_READ_ATTRIBUTES | FILE_READ_EA | SYNCHRONIZE)
#define FILE_GENERIC_WRITE                                                                         \
    (STANDARD_RIGHTS_WRITE | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES | FILE_WRITE_EA |             \
     FILE_APPEND_DATA | SYNCHRONIZE)

#define DIRECTORY_QUERY               0x0001
#define DIRECTORY_TRAVERSE            0x0002
#define DIRECTORY_CREATE_OBJECT       0x0004
#define DIRECTORY_CREATE_SUBDIRECTORY 0x0008
#define DIRECTORY_ALL_ACCESS          (STANDARD_RIGHTS_REQUIRED | 0xF)

#define DUPLICATE_CLOSE_SOURCE    0x00000001
#define DUPLICATE_SAME_ACCESS     0x00000002
#define DUPLICATE_SAME_ATTRIBUTES 0x00000004

#define PLUGPLAY_REGKEY_DEVICE            1
#define PLUGPLAY_REGKEY_DRIVER            2
#define PLUGPLAY_REGKEY_CURRENT_HWPROFILE 4

#define DEVICE_INTERFACE_INCLUDE_NONACTIVE 0x00000001

#define FILE_ATTRIBUTE_DEDICATED FILE_ATTRIBUTE_TEMPORARY

#define DO_VERIFY_VOLUME             0x00000002
#define DO_BUFFERED_IO               0x00000004
#define DO_EXCLUSIVE                 0x00000008
#define DO_DIRECT_IO                 0x00000010
#define DO_MAP_IO_BUFFER             0x00000020
#define DO_DEVICE_INITIALIZING       0x00000080
#define DO_SHUTDOWN_REGISTERED       0x00000800
#define DO_BUS_ENUMERATED_DEVICE     0x00001000
#define DO_POWER_PAGABLE             0x00002000
#define DO_POWER_INRUSH              0x00004000
#define DO_DEVICE_HAS_NAME           0x00000040
#define DO_SYSTEM_BOOT_PARTITION     0x00000100
#define DO_LONG_TERM_REQUESTS        0x00000200
#define DO_NEVER_LAST_DEVICE         0x00000400
#define DO_LOW_PRIORITY_FILESYSTEM   0x00010000
#define DO_SUPPORTS_TRANSACTIONS     0x00040000
#define DO_FORCE_NEITHER_IO          0x00080000
#define DO_VOLUME_DEVICE_OBJECT      0x00100000
#define DO_SYSTEM_SYSTEM_PARTITION   0x00200000
#define DO_SYSTEM_CRITICAL_PARTITION 0x00400000
#define DO_DISALLOW_EXECUTE          0x00800000
#define DO_NOT_RETRY_PURGE           (2)
#define DO_NOT_PURGE_DIRTY_PAGES     (0x4)

#define CTL_CODE(DeviceType, Function, Method, Access)                                             \
    (((DeviceType) << 16) | ((Access) << 14) | ((Function) << 2) | (Method))
#define DEVICE_TYPE_FROM_CTL_CODE(ControlCode) (((ULONG)((ControlCode)&0xffff0000)) >> 16)
#define METHOD_FROM_CTL_CODE(ControlCode)      ((ULONG)((ControlCode)&3))

#endif
