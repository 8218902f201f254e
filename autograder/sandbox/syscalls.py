"""The system calls that a worker may make: a list in, a seccomp filter out, built once in the zygote and loaded in each worker.

The list is made with libseccomp (seccomp_rule_add(3), seccomp_export_bpf(3)) and loaded with seccomp(2), which is fast enough for
every fork. Whatever is not on the list does not exist (ENOSYS), so that libraries fall back as they would on an older kernel; a
few calls that people would otherwise wonder about are refused (EPERM).

A worker may fork, because that is how checkpoints are made: RLIMIT_NPROC bounds it, it cannot leave its session, and at the end
everything of its user, or of its session, is killed.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from dataclasses import dataclass

from autograder.results import Layer

NAME = "system call filter"

_ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek sendfile copy_file_range
    open openat close close_range creat dup dup2 dup3 fcntl flock fsync fdatasync ftruncate truncate fallocate fadvise64
    stat fstat lstat newfstatat fstatat64 statx statfs fstatfs access faccessat faccessat2 readlink readlinkat
    getdents getdents64 getcwd chdir fchdir rename renameat renameat2 mkdir mkdirat rmdir unlink unlinkat symlink symlinkat
    chmod fchmod fchmodat umask utime utimes utimensat
    mmap munmap mprotect mremap madvise msync mincore brk membarrier
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause alarm
    pipe pipe2 select pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    eventfd eventfd2
    sendto recvfrom sendmsg recvmsg shutdown getsockopt setsockopt getsockname getpeername
    gettimeofday time clock_gettime clock_getres clock_nanosleep nanosleep getitimer setitimer times
    timer_create timer_settime timer_gettime timer_delete timer_getoverrun timerfd_create timerfd_settime timerfd_gettime
    getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid getresgid getgroups
    getrlimit getrusage getpriority sysinfo uname getrandom getcpu
    sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_getscheduler
    sched_get_priority_max sched_get_priority_min
    futex futex_waitv set_robust_list get_robust_list rseq set_tid_address arch_prctl restart_syscall
    fork wait4 waitid exit exit_group
"""

_REFUSED = """
    execve execveat socket connect bind listen accept accept4 kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo
    pidfd_open pidfd_send_signal pidfd_getfd ptrace process_vm_readv process_vm_writev setsid setpgid
    unshare setns mount umount2 pivot_root chroot
    setuid setgid setreuid setregid setresuid setresgid setgroups capset link linkat mknod mknodat chown fchown lchown fchownat
"""

_NAMESPACES = 0x7E020080
"""Every CLONE_NEW* flag of clone(2), the one for time (0x80) included, which stands in the field of the exit signal."""
_TERMINAL_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX (ioctl_list(2)): what files and pipes are asked."""
_PRCTLS = (3, 15, 16, 0x53564D41)
"""PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_SET_VMA (prctl(2))."""

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EQUAL, _MASKED_EQUAL = 4, 7
_AF_UNIX = 1
_OPTIMIZE = 8
_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER = 1


class _Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


@dataclass(frozen=True)
class SyscallFilter:
    """A filter that is ready to be loaded.

    Attributes:
        program: BPF instructions, eight bytes each; empty if none could be built.
        reason: why there is none.
    """

    program: bytes
    reason: str = ""

    def load(self) -> Layer:
        """Put it in force for the calling process, for ever. Needs no_new_privs to be set already."""
        if not self.program:
            return Layer(name=NAME, applied=False, reason=self.reason)
        code = ctypes.create_string_buffer(self.program, len(self.program))
        program = _Program(len(self.program) // 8, ctypes.cast(code, ctypes.c_void_p))
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(_SYS_SECCOMP[os.uname().machine], _SET_MODE_FILTER, 0, ctypes.byref(program)) != 0:
            return Layer(name=NAME, applied=False, reason=os.strerror(ctypes.get_errno()))
        return Layer(name=NAME, applied=True)


def build_filter() -> SyscallFilter:
    """The workers' filter, or one without a program that says what is missing on this machine."""
    if sys.platform != "linux" or os.uname().machine not in _SYS_SECCOMP:
        return SyscallFilter(b"", f"not known for {os.uname().machine} on {sys.platform}")
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return SyscallFilter(b"", "libseccomp.so.2 is not installed (Debian and Ubuntu: libseccomp2)")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_ERRNO | errno.ENOSYS)))
    if not context:
        return SyscallFilter(b"", "libseccomp could not begin a filter")
    try:
        library.seccomp_attr_set(context, _OPTIMIZE, ctypes.c_uint32(2))  # a tree: a dozen comparisons instead of hundreds
        for name in _ALLOWED.split():
            _add(library, context, _ALLOW, name)
        for name in _REFUSED.split():
            _add(library, context, _ERRNO | errno.EPERM, name)
        _add(library, context, _ALLOW, "clone", _Comparison(0, _MASKED_EQUAL, _NAMESPACES, 0))  # threads and checkpoints
        _add(library, context, _ALLOW, "socketpair", _Comparison(0, _EQUAL, _AF_UNIX, 0))  # event loops wake themselves by one
        _add(library, context, _ALLOW, "prlimit64", _Comparison(0, _EQUAL, 0, 0))  # its own limits, which it cannot raise
        for request in _TERMINAL_IOCTLS:
            _add(library, context, _ALLOW, "ioctl", _Comparison(1, _EQUAL, request, 0))
        for option in _PRCTLS:
            _add(library, context, _ALLOW, "prctl", _Comparison(0, _EQUAL, option, 0))
        return SyscallFilter(_exported(library, context))
    except OSError as error:
        return SyscallFilter(b"", str(error))
    finally:
        library.seccomp_release(context)


def _add(library: ctypes.CDLL, context: ctypes.c_void_p, action: int, name: str, *comparisons: _Comparison) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:
        return  # not a call of this architecture, so there is nothing to allow
    array = (_Comparison * max(1, len(comparisons)))(*comparisons)
    result = library.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(comparisons), array)
    if result != 0:
        raise OSError(-result, f"libseccomp refused the rule for {name}: {os.strerror(-result)}")


def _exported(library: ctypes.CDLL, context: ctypes.c_void_p) -> bytes:
    descriptor = os.memfd_create("filter", os.MFD_CLOEXEC)
    try:
        result = library.seccomp_export_bpf(context, descriptor)
        if result != 0:
            raise OSError(-result, f"libseccomp could not export the filter: {os.strerror(-result)}")
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    finally:
        os.close(descriptor)
