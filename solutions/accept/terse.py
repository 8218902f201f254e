# title: As short as it gets: lambdas, semicolons, conditional expressions, no comments
# %% instead of linear
class Linear:
    def __init__(s, i, o): s.weight, s.bias = torch.empty(i, o), torch.empty(o); s.init_params(); s.cache = s.weight_grad = s.bias_grad = None
    def init_params(s, std=1.): s.weight = std * torch.randn_like(s.weight); s.bias = torch.rand_like(s.bias)
    def forward(s, x): s.cache = x; return x @ s.weight + s.bias
    def backward(s, d): s.weight_grad, s.bias_grad = s.cache.T @ d, d.sum(0); return d @ s.weight.T
# %% instead of relu
class ReLU:
    cache = None
    forward = lambda s, x: setattr(s, 'cache', x) or x.clamp(0)
    backward = lambda s, d: d * (s.cache > 0)
# %% instead of sigmoid
class Sigmoid:
    cache = None
    def forward(s, x): s.cache = y = 1 / (1 + (-x).exp()); return y
    def backward(s, d): return (lambda y: d * y * (1 - y))(s.cache)
# %% instead of net
class Net:
    def __init__(s, layers): s.layers = layers; s.reset_params()
    def reset_params(s, std=1.): any(l.init_params(std=std) for l in s.layers if hasattr(l, 'init_params'))
    def forward(s, x):
        for l in s.layers: x = l.forward(x)
        return x
    def backward(s, d):
        for l in s.layers[::-1]: d = l.backward(d)
        return d
    def optimizer_step(s, lr):
        for l in s.layers:
            if hasattr(l, 'weight'): l.weight -= lr * l.weight_grad; l.bias -= lr * l.bias_grad
# %% edit
y_relu = relu.forward(x)
dx_relu = relu.backward(dy)

y_sigmoid = sigmoid.forward(x)
dx_sigmoid = sigmoid.backward(dy)
# ->
(y_relu, dx_relu), (y_sigmoid, dx_sigmoid) = ((l.forward(x), l.backward(dy)) for l in (relu, sigmoid))
