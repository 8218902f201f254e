# title: The scratch folder is filled with links, and replaced by one
# hopes: clearing up deletes what they point to
# base: complete

# %% first
import os

here = os.getcwd()
for target in ("/etc", "/tmp", "/", "/var/tmp"):
    try:
        os.symlink(target, os.path.join(here, "link" + str(abs(hash(target)))))
    except OSError as error:
        print(error)
try:
    os.rename(here, here + "-moved")
    os.symlink("/tmp", here)
except OSError as error:
    print(error)
