# title: Files are left wherever one may write
# hopes: the next submission, or the grader, reads them
# base: complete
# absent: LEFT-FILE

# %% first
import os, site, sys

text = "import builtins; builtins.AUTOGRADER_ATTACKED = True"
folders = ["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", os.path.dirname(os.getcwd()), os.path.expanduser("~"), *sys.path, *site.getsitepackages()]
for folder in dict.fromkeys(folders):
    for name in ("autograder-attack.pth", "autograder-attack.py", "autograder-attack.json"):
        if not folder or folder == os.getcwd():
            continue
        try:
            with open(os.path.join(folder, name), "x") as file:
                file.write(text)
            print("LEFT-" + "FILE", folder, name)
        except OSError:
            pass
