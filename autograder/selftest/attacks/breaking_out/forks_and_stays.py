# title: Children leave session and process group, ignore signals and stay
# hopes: they outlive the submission
# base: complete
# may lose: linear linear_use linear_torch relu sigmoid activations_use activations_torch net net_use torchnet torchnet_use softmax mnist

# %% first
import os, signal, time

for _ in range(3):
    try:
        if os.fork() > 0:
            continue
    except OSError as error:
        print(error)
        break
    for leave in (os.setsid, lambda: os.setpgid(0, 0)):
        try:
            leave()
        except OSError:
            pass
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    if os.fork() > 0:
        os._exit(0)
    while True:
        time.sleep(1)
