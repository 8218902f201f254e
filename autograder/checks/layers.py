"""Builds student layers with known parameters, and student-side layers to put into a student's `Net`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from autograder.checks.context import current, student_side


@student_side
def linear(Linear, weight, bias):  # type: ignore[no-untyped-def]  # its text travels, annotations would need imports
    """A student's `Linear` holding `weight` [in, out] and `bias` [out].

    If its constructor fails, the object is made without it, so that a forward or backward pass earns its own marks.
    """
    try:
        layer = Linear(weight.shape[0], weight.shape[1])
    except Exception:  # whatever student code raises; the constructor is judged by a test of its own
        layer = Linear.__new__(Linear)
        layer.cache = layer.weight_grad = layer.bias_grad = None
    layer.weight, layer.bias = weight, bias
    return layer


def parameters(layer: Any, what: str = "the layer") -> tuple[torch.Tensor, torch.Tensor]:
    """Weight and bias of a student's layer as plain tensors. Raises CheckFailure if they are none."""
    from autograder.checks.compare import tensor

    ((weight, bias),) = attributes([layer], ["weight", "bias"])
    return tensor(weight, f"`weight` of {what}"), tensor(bias, f"`bias` of {what}")


@student_side
def attributes(objects, names):  # type: ignore[no-untyped-def]  # as above
    """These attributes of each of these objects, asked for at once."""
    return [[getattr(one, name) for name in names] for one in objects]


@student_side
def passes(layer, x, dupstream, names=()):  # type: ignore[no-untyped-def]  # as above
    """What a layer or a network returns from `forward(x)` and from `backward(dupstream)`; then these attributes of it."""
    return [layer.forward(x), layer.backward(dupstream), *(getattr(layer, name) for name in names)]


@student_side
def fresh_passes(make, arguments, pairs, names=()):  # type: ignore[no-untyped-def]  # as above
    """Passes through a layer that is made for them, `make(*arguments)`, one after the other; all of it in one request.

    `pairs`: `(x, dupstream)` for each pass; where there is no `dupstream`, nothing is sent back. For each of them a list of
    what `forward(x)` returns, what `backward(dupstream)` returns, and these attributes as they were then.
    """
    import torch

    def kept(value):  # type: ignore[no-untyped-def]
        return value.clone() if isinstance(value, torch.Tensor) and len(pairs) > 1 else value

    layer, given = make(*arguments), []
    for x, dupstream in pairs:
        returned = [layer.forward(x)] if dupstream is None else [layer.forward(x), layer.backward(dupstream)]
        given.append([kept(value) for value in (*returned, *(getattr(layer, name) for name in names))])  # type: ignore[no-untyped-call]
    return given


def network(Net: Any, layers: list[Any]) -> Any:
    """A student's `Net` of `layers`; made without its constructor if that fails."""
    try:
        return Net(layers)
    except Exception:  # as in `linear`
        net = Net.__new__(Net)
        net.layers = layers
        return net


@student_side
class StubLayer:
    """A layer that computes `scale * x + shift` both ways and remembers what it was given.

    With parameters it has `weight`, `bias` and their gradients, which nothing but a test sets. It has no `init_params`.
    Two of them do not commute, so the order in which they are called can be read off the result.
    """

    def __init__(self, scale: float, shift: float, parameters: tuple[torch.Tensor | None, ...] | None = None):
        self.scale, self.shift = scale, shift
        self.forward_inputs: list[torch.Tensor] = []
        self.backward_inputs: list[torch.Tensor] = []
        if parameters is not None:
            self.weight, self.bias, self.weight_grad, self.bias_grad = parameters

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """scale * x + shift."""
        self.forward_inputs.append(x.clone())
        return x * self.scale + self.shift

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The forward pass, for a network that calls its layers."""
        return self.forward(x)

    def backward(self, dupstream: torch.Tensor) -> torch.Tensor:
        """The same of the gradient."""
        self.backward_inputs.append(dupstream.clone())
        return dupstream * self.scale + self.shift


@student_side
def made(kind, arguments):  # type: ignore[no-untyped-def]  # as above
    """One `kind` for each tuple of arguments, made in one request."""
    return [kind(*each) for each in arguments]


def stub_layers(arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """A `StubLayer` for each tuple of arguments."""
    return list(made(StubLayer, list(arguments)))


@student_side
def _through_stubs(Net, Stub, arguments, x, dupstream):  # type: ignore[no-untyped-def]  # as above
    stubs = [Stub(*each) for each in arguments]
    try:
        net = Net(stubs)
    except Exception:  # as in `linear`
        net = Net.__new__(Net)
        net.layers = stubs
    y = net.forward(x)
    if dupstream is None:
        return [y]
    return [y, net.backward(dupstream), [stub.backward_inputs for stub in stubs]]


def through_stubs(Net: Any, arguments: Sequence[tuple[Any, ...]], x: torch.Tensor, dupstream: torch.Tensor | None = None) -> Any:
    """Passes through a student's `Net` of a `StubLayer` for each tuple of arguments, in one request.

    Returns a list of what `forward(x)` returns and, if there is a `dupstream`, of what `backward(dupstream)` returns and of the
    gradients that each layer was given.
    """
    return _through_stubs(Net, StubLayer, list(arguments), x, dupstream)


def through_stubs_each(
    Net: Any, several: Sequence[tuple[Sequence[tuple[Any, ...]], torch.Tensor, torch.Tensor | None]]
) -> list[Callable[[], Any]]:
    """`through_stubs(Net, *each)` for each of several, asked for at once; see `each` of what is student-side."""
    return _through_stubs.each([(Net, StubLayer, list(arguments), x, dupstream) for arguments, x, dupstream in several])


@student_side
def called(function, *arguments):  # type: ignore[no-untyped-def]  # as above
    """What a student's function returns; with `called.each(...)` for many arguments in one request."""
    return function(*arguments)


@student_side
def stepped(Net, layers, lr, names):  # type: ignore[no-untyped-def]  # as above
    """These attributes of each of these layers after one optimizer step of a `Net` of them; None where it has no such thing."""
    try:
        net = Net(layers)
    except Exception:  # as in `linear`
        net = Net.__new__(Net)
        net.layers = layers
    net.optimizer_step(lr)
    return [[getattr(layer, name, None) for name in names] for layer in layers]


@student_side
def _stubs_stepped(Net, Stub, dress, step, arguments, lr, names):  # type: ignore[no-untyped-def]  # as above
    layers = [Stub(*each) for each in arguments]
    return step(Net, layers if dress is None else dress(Net, layers), lr, names)


def stubs_stepped_each(
    Net: Any, several: Sequence[tuple[Sequence[tuple[Any, ...]], float]], names: Sequence[str]
) -> list[Callable[[], Any]]:
    """For each of several pairs of arguments for `StubLayer` and a learning rate: these attributes of each layer after one step.

    The layers are made, put into a student's `Net` and stepped in one call; see `steppable`, `stepped`, and `each` of what is
    student-side.
    """
    dress = None if _steps(Net) else _in_own_classes
    return _stubs_stepped.each([(Net, StubLayer, dress, stepped, list(arguments), lr, list(names)) for arguments, lr in several])


@student_side
class PlainLinear:
    """A correct Linear of basic tensor operations, so that a student's `Net` is judged apart from the student's `Linear`."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor):
        self.weight, self.bias = weight, bias
        self.weight_grad: torch.Tensor | None = None
        self.bias_grad: torch.Tensor | None = None
        self.x: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x @ weight + bias."""
        self.x = x
        return x @ self.weight + self.bias

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The forward pass."""
        return self.forward(x)

    def backward(self, dupstream: torch.Tensor) -> torch.Tensor:
        """Stores both gradients, returns dx."""
        x: torch.Tensor = self.x  # type: ignore[assignment]  # a call out of order fails by itself on the next line
        self.weight_grad, self.bias_grad = x.T @ dupstream, dupstream.sum(0)
        return dupstream @ self.weight.T


@student_side
class PlainTanh:
    """A correct activation without parameters."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """tanh(x), by its exponentials."""
        e = torch.exp(2 * x)
        self.y = (e - 1) / (e + 1)
        return self.y

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The forward pass."""
        return self.forward(x)

    def backward(self, dupstream: torch.Tensor) -> torch.Tensor:
        """dupstream * (1 - y^2)."""
        return dupstream * (1 - self.y**2)


@student_side
def _steps_plain_layers(Net, Stub):  # type: ignore[no-untyped-def]  # as above
    """Whether one optimizer step gets through layers of this kind and changes the weight of the one that has it."""
    import torch

    before = torch.ones(1, 1)
    probe = Stub(1.0, 0.0, (before.clone(), torch.ones(1), torch.ones(1, 1), torch.ones(1)))
    try:
        Net([probe, Stub(1.0, 0.0)]).optimizer_step(0.5)
    except Exception:  # whatever student code raises; the step itself is judged by the caller
        return False
    return not torch.equal(probe.weight, before)


@student_side
def _in_own_classes(Net, plain):  # type: ignore[no-untyped-def]  # as above
    """For each plain layer an object of the notebook's own `Linear` or activation that holds and computes the same.

    The plain layer itself where the notebook has no such class, or one that cannot be used in this way.
    """
    import inspect

    space = getattr(inspect.unwrap(Net.optimizer_step), "__globals__", {})

    def dressed(inner):  # type: ignore[no-untyped-def]
        trains = hasattr(inner, "weight")
        kind = space.get("Linear") if trains else space.get("ReLU") or space.get("Sigmoid")
        layer = kind(*inner.weight.shape) if trains else kind()  # type: ignore[misc]  # None, or anything else, is caught
        if trains:
            layer.init_params = lambda std=1.0: None  # a network draws parameters when it is made
            layer.weight, layer.bias = inner.weight, inner.bias
            layer.weight_grad, layer.bias_grad = inner.weight_grad, inner.bias_grad

        def forward(x):  # type: ignore[no-untyped-def]
            if trains:
                inner.weight, inner.bias = layer.weight, layer.bias
            return inner.forward(x)

        def backward(dupstream):  # type: ignore[no-untyped-def]
            dx = inner.backward(dupstream)
            if trains:
                layer.weight_grad, layer.bias_grad = inner.weight_grad, inner.bias_grad
            return dx

        layer.forward, layer.backward = forward, backward
        return layer

    def tried(inner):  # type: ignore[no-untyped-def]
        try:
            return dressed(inner)  # type: ignore[no-untyped-call]
        except Exception:  # whatever student code raises
            return inner

    return [tried(inner) for inner in plain]  # type: ignore[no-untyped-call]


def steppable(Net: Any, layers: list[Any]) -> list[Any]:
    """These plain layers, or the same as objects of the notebook's own classes if its `Net` steps nothing else.

    A step may tell layers with parameters from others by a `weight`, by their class, or by a method of the student's own.
    In all these cases a network steps its own kinds of layers, and of those it is asked no more. What such a layer computes
    and holds is the plain layer's, so that a mistake in the student's `Linear` costs nothing here.
    """
    return layers if _steps(Net) else list(_in_own_classes(Net, layers))


def _steps(Net: Any) -> bool:
    """Whether a student's `Net` steps plain layers, asked once for a test case."""
    context = current()
    if context.steps_plain_layers is None or context.steps_plain_layers[0] is not Net:
        context.steps_plain_layers = Net, _steps_plain_layers(Net, StubLayer) is True
    return bool(context.steps_plain_layers[1])


@student_side
def forward_and_gradients(
    module: torch.nn.Module, x: torch.Tensor, dupstream: torch.Tensor, values: list[torch.Tensor], names: list[str]
) -> tuple[torch.Tensor, torch.Tensor | None, list[torch.Tensor | None]]:
    """Put `values` into a torch module's parameters, by name; its output, the gradient of x and of each named parameter.

    The module computes in the dtype of its own parameters; what is returned has that of `x`.
    """
    parameters = [module.get_parameter(name) for name in names]
    with torch.no_grad():
        for parameter, value in zip(parameters, values, strict=True):
            parameter.copy_(value)
            parameter.grad = None
    leaf = x.to(parameters[0].dtype, copy=True).requires_grad_(True)
    y = module(leaf)
    y.backward(dupstream.to(y.dtype))
    gradients = [None if of.grad is None else of.grad.to(x.dtype) for of in (leaf, *parameters)]
    return y.detach().to(x.dtype), gradients[0], gradients[1:]


@student_side
def torch_backward(module, x, dupstream, names=()):  # type: ignore[no-untyped-def]  # student-side: no name there says "callable"
    """Output of a torch module or function at x, and the gradients of x and of these attributes of it by autograd.

    Nothing is added to gradients that are stored already. One that the output does not depend on is None.
    """
    import torch

    leaf = x.detach().clone().requires_grad_(True)
    y = module(leaf.clone())  # a module may work in place, which no leaf allows
    wanted = [leaf, *(getattr(module, name) for name in names)]
    return [y.detach(), *torch.autograd.grad(y, wanted, dupstream, allow_unused=True)]
