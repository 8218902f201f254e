# title: Programs are started in every way that Python has
# hopes: one leaves a file, or lives on
# base: complete
# may lose: relu

# %% first
import importlib, os, posix, subprocess

importlib.reload(subprocess)  # the real one: what stands in for it in a worker starts nothing
try:
    subprocess.run(["/bin/sh", "-c", "echo > /tmp/autograder-attack-run"])
except OSError as error:
    print(error)
for start in (lambda: posix.system("echo > /var/tmp/autograder-attack-system"), lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "echo > /tmp/autograder-attack-spawn"], {}),
              lambda: os.posix_spawn("/bin/sleep", ["sleep", "600"], {}),
              lambda: os.popen("sleep 600")):
    try:
        start()
    except OSError as error:
        print(error)

# %% after relu
import os
os.execv("/bin/sleep", ["sleep", "600"])
