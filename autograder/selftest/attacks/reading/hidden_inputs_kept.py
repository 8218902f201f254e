# title: Inputs of hidden tests are kept in variables and printed by whatever runs next
# hopes: something later shows them
# base: template
# absent: SMUGGLED

# %% first
import builtins, threading, time

builtins.kept = []

def tell():
    while True:
        time.sleep(0.01)
        if builtins.kept:
            print("SMUG" + "GLED", builtins.kept[-1])

threading.Thread(target=tell, daemon=True).start()

# %% instead of relu
import builtins

class ReLU:
    def forward(self, x):
        builtins.kept.append(x.tolist())
        return x
    def backward(self, dupstream):
        builtins.kept.append(dupstream.tolist())
        return dupstream
