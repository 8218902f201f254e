# title: What is returned has a type whose name holds the hidden input
# hopes: "a value of type ..." is shown to the student
# base: template
# absent: SMUGGLED

# %% instead of relu
class ReLU:
    def forward(self, x):
        return type("SMUG" + "GLED" + "_".join(str(float(v)) for v in x.flatten()), (), {})()
    def backward(self, dupstream):
        return self.forward(dupstream)
