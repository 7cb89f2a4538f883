"""Kokoro's exported graph, rewritten while it is loaded: the same mathematics in half of the time.

Two thirds of the export's time are one-dimensional convolutions of integers, for which onnxruntime has no quick kernel.
It has one for products of integer matrices when the constant one is signed. So a convolution becomes one product, after
the samples that each of its steps sees are copied side by side; the sums are the same to the last bit. What a style
does to a layer (AdaIN, Huang & Belongie 2017, arXiv:1703.06868) is nine operators in the export and one here, the
periodic activation after it ("snake", Ziyin et al. 2020, arXiv:2006.08195) is five and three.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from pipeline.voice.onnx import open_session
from pipeline.voice.onnx_graph import Graph, Node, attributes

_MICROSOFT = "com.microsoft"
_TIME = 1  # axis of time where the channels are last

_CENTRED = ("Sub", "x", ("ReduceMean", "x", "axes"))
_VARIANCE = ("ReduceMean", ("Mul", _CENTRED, _CENTRED), "axes")
_NORMALISED = ("Add", ("Mul", "scale", ("Div", _CENTRED, ("Sqrt", ("Add", _VARIANCE, "epsilon")))), "shift")
_SNAKE = ("Add", "y", ("Mul", "inverse", ("Pow", ("Sin", ("Mul", "alpha", "y")), "two")))
_SCALED = ("Mul", ("Cast", "sum"), ("Mul", "x_scale", "scale"))
_BIASED = ("Add", "sum", ("Reshape", ("Cast", ("Floor", ("Div", "bias", "unit")))))
_CONVOLVED = ("ConvInteger", "x", "weights", "x_zero", "zero")
_PLAIN: dict[str, Any] = {"group": 1, "auto_pad": b"NOTSET", "strides": [1], "dilations": [1], "pads": [0, 0]}


def quicken(model: bytes) -> bytes:
    """A serialised model with all that is known here rewritten; results keep their names. Takes half a second."""
    graph = Graph(model)
    graph.rewrite(convolution, normalisation, snake, spectrum)
    return graph.serialised()


@cache
def exact_when_signed() -> bool:
    """Whether this processor multiplies unsigned by signed bytes without a fault.

    AVX2 alone saturates the sum of two products at 16 bits; AVX-512 VNNI and ARM do not.
    """
    graph = Graph()
    largest = graph.add_constant(np.full((8, 64), 255, np.uint8)), graph.add_constant(np.full((64, 16), 127, np.int8))
    graph.add_output(graph.emit("MatMulInteger", *largest))
    (product,) = open_session(graph.serialised()).run(None, {})
    return bool((product == 255 * 127 * 64).all())


def convolution(graph: Graph, node: Node) -> bool:
    """A dynamically quantised one-dimensional convolution as a product of matrices.

    The export rounds the bias down to the unit of its sums; here it is added as it is.
    """
    name = node.output[0]
    scaled = graph.match(name, _SCALED)
    if scaled is None:
        return False
    biased = graph.match(scaled["sum"], _BIASED) or {"sum": scaled["sum"], "bias": ""}
    found = graph.match(biased["sum"], _CONVOLVED)
    if found is None:
        return False
    weights, zero = graph.constant(found["weights"]), graph.constant(found["zero"])
    how = _PLAIN | attributes(graph.producer(biased["sum"], "ConvInteger"))
    if weights is None or weights.dtype != np.uint8 or weights.ndim != 3 or zero is None:
        return False
    if how["group"] != 1 or how["auto_pad"] != b"NOTSET":
        return False
    if exact_when_signed():
        weights, zero = (np.asarray(value ^ 0x80, np.uint8).view(np.int8) for value in (weights, zero))
    count, channels, taps = weights.shape
    x = graph.emit("Transpose", found["x"], perm=[0, 2, 1])
    if taps > 1 or how["strides"] != [1] or any(how["pads"]):
        x = _side_by_side(graph, x, found["x_zero"], taps, how)
        x = graph.emit("Reshape", x, graph.add_constant(np.array([1, -1, taps * channels])))
    y = graph.emit(
        "MatMulIntegerToFloat",
        x,
        graph.add_constant(weights.transpose(2, 1, 0).reshape(taps * channels, count)),
        scaled["x_scale"],
        scaled["scale"],
        found["x_zero"],
        graph.add_constant(zero),
        biased["bias"],
        domain=_MICROSOFT,
    )
    graph.emit("Transpose", y, perm=[0, 2, 1], output=name)
    return True


def _side_by_side(graph: Graph, x: str, padding: str, taps: int, how: dict[str, Any]) -> str:
    """(1, time, channels) to (1, steps, taps, channels): what each step of a convolution sees."""
    (stride,), (dilation,) = how["strides"], how["dilations"]
    x = graph.emit(
        "Pad", x, graph.add_constant(np.array(how["pads"], np.int64)), padding, graph.add_constant(np.array([_TIME]))
    )
    length = graph.emit("Gather", graph.emit("Shape", x), graph.add_constant(np.int64(_TIME)))
    stop = graph.emit("Sub", length, graph.add_constant(np.int64(dilation * (taps - 1))))
    steps = graph.emit("Range", graph.add_constant(np.int64(0)), stop, graph.add_constant(np.int64(stride)))
    steps = graph.emit("Unsqueeze", steps, graph.add_constant(np.array([1])))
    seen = graph.emit("Add", steps, graph.add_constant(np.arange(taps)[None] * dilation))
    return graph.emit("Gather", x, seen, axis=_TIME)


def normalisation(graph: Graph, node: Node) -> bool:
    """AdaIN, (1, channels, time), written out: one ``InstanceNormalization``."""
    found = graph.match(node.output[0], _NORMALISED)
    if found is None:
        return False
    axes, epsilon = graph.constant(found["axes"]), graph.constant(found["epsilon"])
    if axes is None or axes.tolist() != [2] or epsilon is None:
        return False
    flat = graph.add_constant(np.array([-1]))
    scale, shift = (graph.emit("Reshape", found[part], flat) for part in ("scale", "shift"))
    graph.emit("InstanceNormalization", found["x"], scale, shift, output=node.output[0], epsilon=float(epsilon))
    return True


def snake(graph: Graph, node: Node) -> bool:
    """y + sin^2(alpha y) / alpha after a normalisation that gives y: (w - cos w + 1) / (2 alpha) after one that gives
    w = 2 alpha y."""
    found = graph.match(node.output[0], _SNAKE)
    if found is None or (made := graph.producer(found["y"], "InstanceNormalization")) is None:
        return False
    alpha, two = graph.constant(found["alpha"]), graph.constant(found["two"])
    if alpha is None or two is None or float(two) != 2 or not alpha.all():
        return False
    double = 2 * alpha.ravel()
    factor, inverse = graph.add_constant(double), graph.add_constant(1 / double)
    mean, variance = graph.add_constant(np.zeros_like(double)), graph.add_constant(np.ones_like(double))
    x, *affine = made.input
    scale, shift = (graph.emit("Mul", part, factor) for part in affine)
    w = graph.emit("InstanceNormalization", x, scale, shift, epsilon=attributes(made)["epsilon"])
    wave = graph.emit("Sub", w, graph.emit("Cos", w))
    # (wave + 1) / (2 alpha) in one operator: nothing is normalised by a mean of 0 and a variance of 1.
    graph.emit("BatchNormalization", wave, inverse, inverse, mean, variance, output=node.output[0], epsilon=0.0)
    return True


def spectrum(graph: Graph, node: Node) -> bool:
    """A short-time Fourier transform, (1, samples) to (1, frames, bins, 2), as a convolution with its base.

    The first and the last bin are real. Kokoro was trained on their phase as 0 or +pi, and the export takes the arc
    tangent of what rounding makes of their imaginary part: +pi or -pi by chance. Here it is so little above zero for
    what is below zero that it only has the sign.
    """
    if node.op_type != "STFT" or len(node.input) != 4 or attributes(node).get("onesided") != 1:
        return False
    step, window, length = (graph.constant(name) for name in node.input[1:4])
    if step is None or window is None or length is None:
        return False
    size = int(length)
    bins = size // 2 + 1
    angle = 2 * np.pi / size * (np.outer(np.arange(bins), np.arange(size)) % size)
    real, imaginary = window * np.cos(angle), -window * np.sin(angle)
    imaginary[[0, -1]] = -1e-20 * real[[0, -1]]
    base = np.stack([real, imaginary], axis=1).reshape(2 * bins, 1, size).astype(np.float32)
    x = graph.emit("Reshape", node.input[0], graph.add_constant(np.array([1, 1, -1])))
    y = graph.emit("Conv", x, graph.add_constant(base), strides=[int(step)])
    y = graph.emit("Transpose", y, perm=[0, 2, 1])
    graph.emit("Reshape", y, graph.add_constant(np.array([1, -1, bins, 2])), output=node.output[0])
    return True
