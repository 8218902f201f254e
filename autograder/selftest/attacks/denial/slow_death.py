# title: Objects and exit hooks loop when they are let go
# hopes: clearing up never ends
# base: complete

# %% first
import atexit, threading

class Stubborn:
    def __del__(self):
        while True:
            pass

def forever():
    while True:
        pass

atexit.register(forever)
keep = Stubborn()
threading.Thread(target=threading.Event().wait).start()
