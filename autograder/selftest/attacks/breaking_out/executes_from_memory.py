# title: A program is written to a memfd and executed
# hopes: no file system forbids it
# base: complete

# %% first
import os

try:
    fd = os.memfd_create("program")
    os.write(fd, open("/bin/sleep", "rb").read())
    os.execve(fd, ["sleep", "600"], {})
except OSError as error:
    print(error)
