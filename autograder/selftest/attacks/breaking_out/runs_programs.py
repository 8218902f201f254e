# title: Programs are started in every way that Python has
# hopes: one leaves a file, or lives on
# base: complete
# may lose: relu

# %% first
import os, subprocess

try:
    subprocess.run(["/bin/sh", "-c", "echo > /tmp/autograder-attack-run"])
except OSError as error:
    print(error)
for start in (lambda: os.system("echo > /var/tmp/autograder-attack-system"), lambda: os.posix_spawn("/bin/sleep", ["sleep", "600"], {}),
              lambda: os.popen("sleep 600")):
    try:
        start()
    except OSError as error:
        print(error)

# %% after relu
import os
os.execv("/bin/sleep", ["sleep", "600"])
