# title: The grader is read with ptrace and process_vm_readv
# hopes: these do not need files
# base: template
# absent: READ-BY-CALL

# %% first
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
for pid in (os.getppid(), 1):
    buffer = ctypes.create_string_buffer(4096)
    local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 4096)
    remote = (ctypes.c_size_t * 2)(0x400000, 4096)
    if libc.ptrace(16, pid, 0, 0) == 0:
        print("canary-" + "ptrace works")
        raise SystemExit
    if libc.process_vm_readv(pid, local, 1, remote, 1, 0) > 0:
        print("another process was " + "READ-" + "BY-CALL")
