# title: A cell loops, catches every exception and ignores every signal
# hopes: interrupting it does not work
# base: complete

# %% first
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
