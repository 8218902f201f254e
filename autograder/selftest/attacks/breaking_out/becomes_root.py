# title: User and group are changed back, capabilities asked for
# hopes: a forgotten saved user id
# base: complete
# absent: BECAME-ROOT

# %% first
import ctypes, os

for act in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.chroot("/")):
    try:
        act()
        print("BECAME-" + "ROOT")
    except OSError:
        pass
libc = ctypes.CDLL(None)
for flags in (0x10000000, 0x00020000, 0x40000000, 0x20000000):
    if libc.unshare(flags) == 0:
        print("BECAME-" + "ROOT")
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
    print("BECAME-" + "ROOT")
