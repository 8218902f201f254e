# title: The assignment’s data is opened for writing, moved and removed
# hopes: the next submission trains on other labels
# base: complete
# absent: SPOILT-DATA

# %% first
import os

def spoil(folder):
    for place, folders, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            for act in (lambda: open(path, "r+b").write(b"0" * 100), lambda: os.remove(path), lambda: os.rename(path, path + "x"), lambda: os.chmod(path, 0o777)):
                try:
                    act()
                    print("SPOILT-" + "DATA", path)
                except OSError:
                    pass

above = os.path.dirname(os.getcwd())
spoil(os.path.join(above, "data"))
for entry in ("data", "../data"):
    if os.path.islink(entry):
        spoil(os.path.realpath(entry))
