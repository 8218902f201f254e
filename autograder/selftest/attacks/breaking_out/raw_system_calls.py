# title: System calls that no notebook needs are made by number
# hopes: the filter has forgotten one
# base: complete
# absent: CALL-ALLOWED

# %% first
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
# ptrace, mount, keyctl, bpf, userfaultfd, perf_event_open, io_uring_setup, pidfd_open, pidfd_getfd, process_madvise,
# kexec_load, init_module, open_by_handle_at, setns, personality(ADDR_NO_RANDOMIZE), x32’s getpid
for number in (101, 165, 250, 321, 323, 298, 425, 434, 438, 440, 246, 175, 304, 308, 0x40000027):
    for first in (0, 1, 16):
        if libc.syscall(ctypes.c_long(number), ctypes.c_long(first), None, None, None, None, None) > 0:
            print("CALL-" + "ALLOWED", number)
