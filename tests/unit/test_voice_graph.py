"""Kokoro's graph rewritten: every rule gives the same numbers on a small graph, and leaves others alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from pipeline import assets
from pipeline.voice import kokoro_graph
from pipeline.voice.kokoro_graph import convolution, normalisation, quicken, snake, spectrum
from pipeline.voice.onnx import extra_output, open_session
from pipeline.voice.onnx_graph import Array, Graph

RANDOM = np.random.default_rng(7)


def drawn(*shape: int) -> Array:
    return RANDOM.standard_normal(shape).astype(np.float32)


def run(model: bytes) -> Array:
    (result,) = open_session(model).run(None, {})
    return np.asarray(result)


def operators(model: bytes) -> list[str]:
    seen: list[str] = []

    def look(_: Graph, node: Any) -> bool:
        seen.append(node.op_type)
        return False

    Graph(model).rewrite(look)
    return seen


def finished(graph: Graph, output: str) -> bytes:
    graph.add_output(output)
    return graph.serialised()


def quantised_convolution(
    x: Array, weights: Array, bias: Array | None, strides: Sequence[int], dilations: Sequence[int], pads: Sequence[int]
) -> tuple[bytes, float]:
    """A convolution as the export has it, and the unit of its sums."""
    graph = Graph()
    values = graph.add_constant(x)
    scale, zero = np.float32(0.01), np.uint8(61)
    low, high = min(0.0, float(x.min())), max(0.0, float(x.max()))
    x_scale = np.float32((high - low) / 255)
    x_zero = np.uint8(round(-low / x_scale))
    step, offset = graph.add_constant(x_scale), graph.add_constant(x_zero)
    quantised = graph.emit("QuantizeLinear", values, step, offset)
    total = graph.emit(
        "ConvInteger",
        quantised,
        graph.add_constant(weights),
        offset,
        graph.add_constant(zero),
        strides=strides,
        dilations=dilations,
        pads=pads,
    )
    unit = graph.emit("Mul", step, graph.add_constant(scale))
    if bias is not None:
        rounded = graph.emit("Floor", graph.emit("Div", graph.add_constant(bias), unit))
        shape = graph.add_constant(np.array([1, -1, *[1] * (x.ndim - 2)]))
        total = graph.emit("Add", total, graph.emit("Reshape", graph.emit("Cast", rounded, to=6), shape))
    output = graph.emit("Mul", graph.emit("Cast", total, to=1), unit)
    return finished(graph, output), float(x_scale * scale)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize(
    ("taps", "stride", "dilation", "pads"),
    [
        (1, 1, 1, [0, 0]),
        (3, 1, 1, [1, 1]),
        (11, 1, 5, [25, 25]),
        (12, 6, 1, [3, 3]),
        (1, 2, 1, [0, 0]),
        (1, 1, 1, [1, 2]),
        (3, 1, 1, [2, 0]),
    ],
)
def test_a_convolution_gives_the_same_numbers(
    monkeypatch: pytest.MonkeyPatch,
    taps: int,
    stride: int,
    dilation: int,
    pads: list[int],
    biased: bool,
    signed: bool,
) -> None:
    if signed and not kokoro_graph.exact_when_signed():
        pytest.skip("this processor does not multiply signed bytes exactly")
    monkeypatch.setattr(kokoro_graph, "exact_when_signed", lambda: signed)
    weights = RANDOM.integers(0, 256, (5, 4, taps), dtype=np.uint8)
    model, unit = quantised_convolution(
        drawn(1, 4, 97), weights, drawn(5) if biased else None, [stride], [dilation], pads
    )
    rewritten = quicken(model)
    assert "ConvInteger" not in operators(rewritten)
    expected, found = run(model), run(rewritten)
    assert found.shape == expected.shape
    # The export rounds a bias down to a whole unit.
    assert np.abs(found - expected).max() <= (1.01 * unit if biased else 1e-4 * unit + 1e-5)


def written_out(x: Array, scale: Array, shift: Array, axis: int = 2) -> tuple[Graph, str]:
    """AdaIN as the export has it."""
    graph = Graph()
    values, axes = graph.add_constant(x), graph.add_constant(np.array([axis]))
    centred = graph.emit("Sub", values, graph.emit("ReduceMean", values, axes))
    variance = graph.emit("ReduceMean", graph.emit("Mul", centred, centred), axes)
    deviation = graph.emit("Sqrt", graph.emit("Add", variance, graph.add_constant(np.float32(1e-5))))
    scaled = graph.emit("Mul", graph.add_constant(scale), graph.emit("Div", centred, deviation))
    return graph, graph.emit("Add", scaled, graph.add_constant(shift))


def test_a_normalisation_is_one_operator() -> None:
    model = finished(*written_out(3 + 2 * drawn(1, 4, 50), drawn(1, 4, 1), drawn(1, 4, 1)))
    rewritten = quicken(model)
    assert operators(rewritten) == ["Reshape", "Reshape", "InstanceNormalization"]
    assert np.allclose(run(rewritten), run(model), atol=1e-5)


def test_a_normalisation_over_another_axis_is_left_alone() -> None:
    model = finished(*written_out(drawn(1, 4, 50), drawn(1, 1, 50), drawn(1, 1, 50), axis=1))
    assert operators(quicken(model)) == operators(model)


@pytest.mark.parametrize("smallest", [1e-4, 0.5])
def test_a_periodic_activation_gives_the_same_numbers(smallest: float) -> None:
    graph, y = written_out(drawn(1, 4, 50), 2 * drawn(1, 4, 1), drawn(1, 4, 1))
    alpha = np.array([smallest, 0.7, 1.3, 2.2], np.float32).reshape(1, 4, 1)
    sine = graph.emit("Sin", graph.emit("Mul", graph.add_constant(alpha), y))
    square = graph.emit("Pow", sine, graph.add_constant(np.float32(2)))
    output = graph.emit("Add", y, graph.emit("Mul", graph.add_constant(1 / alpha), square))
    model = finished(graph, output)
    rewritten = quicken(model)
    assert "Sin" not in operators(rewritten)
    assert np.allclose(run(rewritten), run(model), atol=2e-3 if smallest < 0.1 else 1e-5)


def test_a_spectrum_keeps_its_numbers_and_the_phase_of_what_is_real() -> None:
    graph = Graph()
    samples, window = drawn(1, 200) - np.float32(0.5), np.hanning(21)[:20].astype(np.float32)
    given = [graph.add_constant(value) for value in (samples, np.int64(5), window, np.int64(20))]
    model = finished(graph, graph.emit("STFT", *given, onesided=1))
    rewritten = quicken(model)
    assert "STFT" not in operators(rewritten)
    found = run(rewritten)
    assert found.shape == run(model).shape
    expected = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(samples, 20, axis=1)[:, ::5] * window)
    assert np.allclose(found[..., 0], expected.real, atol=1e-5)
    assert np.allclose(found[..., 1], expected.imag, atol=1e-5)
    ends = found[..., [0, -1], :]
    assert (ends[..., 0] < 0).any()
    assert np.allclose(np.arctan2(ends[..., 1], ends[..., 0]), np.where(ends[..., 0] < 0, np.pi, 0))


def test_a_graph_without_anything_known_is_left_alone() -> None:
    flat, _ = quantised_convolution(
        drawn(1, 2, 9, 9), RANDOM.integers(0, 256, (3, 2, 3, 3), dtype=np.uint8), drawn(3), [1, 1], [1, 1], [1, 1, 1, 1]
    )
    rewritten = quicken(flat)
    assert operators(rewritten) == operators(flat)
    assert (run(rewritten) == run(flat)).all()


def test_an_output_added_before_is_kept() -> None:
    graph = Graph()
    inner = graph.emit("Neg", graph.add_constant(np.array([1, 2], np.float32)))
    model = finished(graph, graph.emit("Abs", inner)) + extra_output(inner)
    first, second = open_session(quicken(model)).run(None, {})
    assert (first == -second).all()


def test_the_whole_of_kokoro_is_rewritten() -> None:
    graph = Graph(assets.read_package("kokoro-model"))
    done = graph.rewrite(convolution, normalisation, snake, spectrum)
    assert done == {"convolution": 87, "normalisation": 68, "snake": 48, "spectrum": 1}
    assert not {"ConvInteger", "STFT"} & set(operators(graph.serialised()))
