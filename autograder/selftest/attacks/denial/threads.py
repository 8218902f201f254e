# title: Threads are started until there are no more
# hopes: no process can be started any more
# base: complete
# may lose: mnist

# %% first
import threading, time

for _ in range(20_000):
    try:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    except RuntimeError:
        break
