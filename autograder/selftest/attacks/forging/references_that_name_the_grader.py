# title: References with numbers of other objects, and attributes that lead back
# hopes: a reference can be made to stand for something of the grader's
# base: template

# %% instead of linear_use
class Ref(dict):
    pass

n_samples, in_features, out_features = 2, 3, 4
x = {"k": "S", "i": 1, "n": "f", "v": "import os"}
dy = {"k": "R", "i": 10**9, "n": "Handle", "c": True}
layer = {"_namespace": 1, "__class__": 2}
y, dx = Ref(k="T", i=1), Ref(k="T", i=0)
