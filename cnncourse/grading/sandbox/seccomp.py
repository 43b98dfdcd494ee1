"""A filter of system calls: what a lesson never needs and an attacker would begin with.

The namespaces and the missing capabilities already refuse most of these. The filter is there for
those that they do not cover: sockets outside any network namespace, memory that no process shows
(memfd, System V), and the parts of the system kernel with a record of holes.
"""

import ctypes
import errno
import platform
import struct

from cnncourse.grading.sandbox.system import PR_SET_SECCOMP, prctl

# name: number on x86_64, on aarch64 (None where the system has no such call)
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "syslog": (103, 116),
    "personality": (135, 92),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "acct": (163, 89),
    "mount": (165, 40),
    "umount2": (166, 39),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "iopl": (172, None),
    "ioperm": (173, None),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "quotactl": (179, 60),
    "kexec_load": (246, 104),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "finit_module": (313, 273),
    "memfd_create": (319, 279),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "pidfd_getfd": (438, 438),
    "mount_setattr": (442, 442),
    "memfd_secret": (447, 447),
}
_CLONE, _CLONE3, _SOCKET = (56, 220), (435, 435), (41, 198)
_FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, netlink; not vsock, which leads to the host
_NEW_NAMESPACES = 0x7E020000
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _EQUAL, _ABOVE, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000


def install() -> bool:
    """Filter this process and its children; False on a machine that the table does not know.

    Needs ``no_new_privs``. Raises OSError when the system refuses the filter.
    """
    if platform.machine() not in _ARCHITECTURES:
        return False
    program = b"".join(struct.pack("=HBBI", *line) for line in _program(platform.machine()))
    buffer = ctypes.create_string_buffer(program, len(program))

    class _Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    described = _Program(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p).value)
    prctl(PR_SET_SECCOMP, 2, ctypes.addressof(described))
    return True


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    """Instructions (code, jump if true, jump if false, constant) of a classic BPF program."""
    column, architecture = _ARCHITECTURES[machine]
    refuse = _ERRNO | errno.EPERM
    lines = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_ABOVE, 0, 1, 0x40000000),  # x86_64's second set of numbers
        (_RETURN, 0, 0, refuse),
    ]
    for numbers in _REFUSED.values():
        if numbers[column] is not None:
            lines += [(_EQUAL, 0, 1, numbers[column] or 0), (_RETURN, 0, 0, refuse)]
    # clone3 hides its flags in memory; "no such call" makes the C library use clone.
    lines += [(_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    lines += [
        (_EQUAL, 0, 4, _CLONE[column]),
        (_LOAD, 0, 0, 16),
        (_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, len(_FAMILIES) + 2, _SOCKET[column]),
        (_LOAD, 0, 0, 16),
    ]
    for position, family in enumerate(_FAMILIES):
        lines.append((_EQUAL, len(_FAMILIES) - position, 0, family))
    lines += [(_RETURN, 0, 0, _ERRNO | errno.EAFNOSUPPORT), (_RETURN, 0, 0, _ALLOW)]
    return lines
