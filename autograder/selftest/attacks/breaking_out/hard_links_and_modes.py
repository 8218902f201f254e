# title: Hard links to files of others are made, and folders that nobody can enter
# hopes: clearing up fails or hurts others
# base: complete
# may lose: mnist

# %% first
import os

for source in ("/etc/passwd", "/etc/shadow", os.__file__):
    try:
        os.link(source, "linked" + os.path.basename(source))
    except OSError as error:
        print(error)
deep = "locked"
for _ in range(200):
    os.mkdir(deep)
    open(os.path.join(deep, "file"), "w").close()
    deep = os.path.join(deep, "d")
os.chmod("locked/d", 0)
os.chmod("locked", 0)
os.chmod(".", 0)
