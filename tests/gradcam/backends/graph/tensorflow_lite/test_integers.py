"""Each operator on whole numbers gives the levels that LiteRT's kernels give, both sets of them."""

import numpy as np
import pytest

from gradcam.arithmetic import Arithmetic
from gradcam.backends.graph.model import GraphModel
from gradcam.backends.graph.tensorflow_lite.building import graph_of
from gradcam.backends.graph.tensorflow_lite.parsing import read_lite_file
from tests.gradcam.backends.graph.tensorflow_lite.written import (
    Operator,
    Tensor,
    answers,
    constant,
    options,
    written,
)

SAME, VALID = 0, 1
RELU, RELU_N1_TO_1, RELU6 = 1, 2, 3


def drawn_grid(rng, type_, largest=0.2):
    """A scale and a zero point."""
    bounds = np.iinfo(type_)
    scale = float(np.float32(np.exp(rng.uniform(np.log(largest) - 3, np.log(largest)))))
    return scale, int(rng.integers(bounds.min, bounds.max + 1))


def drawn_levels(rng, type_, shape):
    bounds = np.iinfo(type_)
    return rng.integers(bounds.min, bounds.max + 1, shape).astype(type_)


def every_level(type_):
    bounds = np.iinfo(type_)
    return np.arange(bounds.min, bounds.max + 1).astype(type_)[None]


def off_by(content, pictures, grids, made, arithmetic):
    """How far the product is from LiteRT, in levels of the output (N, …)."""
    graph = graph_of(read_lite_file(content, "written"), "written", arithmetic)
    real = [
        (each.astype(np.float32) - grid[1]) * np.float32(grid[0]) if grid is not None else each
        for each, grid in zip(pictures, grids, strict=True)
    ]
    (given,) = GraphModel(graph)(*real)
    steps = np.asarray(given) / np.float32(made[0])
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-3)
    own = np.rint(steps) + made[1]
    reference = arithmetic is Arithmetic.MICROCONTROLLER
    return np.abs(own - answers(content, *pictures, reference=reference).reshape(own.shape))


def convolution(rng, type_, per_channel, activation, code):
    given, bounds = drawn_grid(rng, type_), np.iinfo(type_)
    outputs, depthwise = 12, code == "DEPTHWISE_CONV_2D"
    zero = 0 if type_ == "int8" else 131
    scales = np.exp(rng.uniform(-6, -4, outputs if per_channel else 1)).astype(np.float32)
    shape = (1, 3, 3, outputs) if depthwise else (outputs, 3, 3, 6)
    least = bounds.min + (type_ == "int8")
    kernel = rng.integers(least, bounds.max + 1, shape).astype(type_)
    bias = rng.integers(-2000, 2000, outputs).astype(np.int32)
    reach = 73 * given[0] * float(scales.mean()) * (9 if depthwise else 54) ** 0.5
    made = (float(np.float32(reach / 40)), int(rng.integers(bounds.min, bounds.max)))
    own = {"strideH": 2, "strideW": 2, "padding": SAME, "fusedActivationFunction": activation}
    kind = "DepthwiseConv2DOptions" if depthwise else "Conv2DOptions"
    if depthwise:
        own["depthMultiplier"] = 2
    content = written(
        [
            Tensor((1, 7, 6, 6), type_, *given),
            constant(kernel, scales, zero, 3 if depthwise and per_channel else 0),
            constant(bias, scales * np.float32(given[0])),
            Tensor((1, 4, 3, outputs), type_, *made),
        ],
        [Operator(code, (0, 1, 2), (3,), options(kind, **own))],
        [0],
        [3],
    )
    return content, drawn_levels(rng, type_, (20, 7, 6, 6)), given, made


def dense(rng, type_, per_channel, activation, _code):
    given, bounds = drawn_grid(rng, type_), np.iinfo(type_)
    zero = 0 if type_ == "int8" else 120
    scales = np.exp(rng.uniform(-6, -4, 20 if per_channel else 1)).astype(np.float32)
    least = bounds.min + (type_ == "int8")
    kernel = rng.integers(least, bounds.max + 1, (20, 64)).astype(type_)
    bias = rng.integers(-2000, 2000, 20).astype(np.int32)
    reach = 73 * given[0] * float(scales.mean()) * 8
    made = (float(np.float32(reach / 40)), int(rng.integers(bounds.min, bounds.max)))
    own = options("FullyConnectedOptions", fusedActivationFunction=activation)
    content = written(
        [
            Tensor((1, 64), type_, *given),
            constant(kernel, scales, zero),
            constant(bias, scales * np.float32(given[0])),
            Tensor((1, 20), type_, *made),
        ],
        [Operator("FULLY_CONNECTED", (0, 1, 2), (3,), own)],
        [0],
        [3],
    )
    return content, drawn_levels(rng, type_, (300, 64)), given, made


@pytest.mark.parametrize("arithmetic", Arithmetic)
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (convolution, "CONV_2D"),
        (convolution, "DEPTHWISE_CONV_2D"),
        (dense, "FULLY_CONNECTED"),
    ],
)
@pytest.mark.parametrize(
    ("type_", "per_channel", "activation"),
    [("int8", True, 0), ("int8", False, RELU6), ("uint8", False, RELU), ("uint8", False, 0)],
)
def test_sums_of_products(make, code, type_, per_channel, activation, arithmetic):
    rng = np.random.default_rng(5)
    for _ in range(3):
        content, levels, given, made = make(rng, type_, per_channel, activation, code)
        assert not off_by(content, [levels], [given], made, arithmetic).any()


@pytest.mark.parametrize("layers", [1, 2])
def test_the_gradient_stops_at_the_end_of_a_range_but_not_of_the_logits(layers):
    import tensorflow as tf

    grid, kernel = (0.01, 0), np.full((4, 4), 100, np.int8)
    tensors = [Tensor((1, 4), "int8", *grid), constant(kernel, 0.1)]
    operators = []
    for _ in range(layers):
        tensors.append(Tensor((1, 4), "int8", *grid))
        made, own = len(tensors) - 1, options("FullyConnectedOptions")
        given = made - 1 if operators else 0
        operators.append(Operator("FULLY_CONNECTED", (given, 1, -1), (made,), own))
    content = written(tensors, operators, [0], [len(tensors) - 1])
    model = GraphModel(graph_of(read_lite_file(content, "w"), "w", Arithmetic.PHONE))
    batch = tf.constant([[1.0, 1.0, 1.0, 1.0], [0.01, 0.0, 0.0, 0.0]])
    with tf.GradientTape() as tape:
        tape.watch(batch)
        (logits,) = model(batch)
    assert logits.numpy()[0].max() == pytest.approx(1.27)
    far, near = np.abs(tape.gradient(logits, batch).numpy()).max(axis=1)
    assert near > 1
    assert (far > 1) == (layers == 1)


def written_of(code, own, shapes, type_, grids, made, made_shape, constants=()):
    """A file of one operator on tensors of levels, constants behind them."""
    tensors = [
        *(Tensor(shape, type_, *grid) for shape, grid in zip(shapes, grids, strict=True)),
        *map(constant, constants),
        Tensor(made_shape, type_, *made),
    ]
    last = len(tensors) - 1
    operator = Operator(code, tuple(range(last)), (last,), own)
    return written(tensors, [operator], list(range(len(shapes))), [last])


@pytest.mark.parametrize("arithmetic", Arithmetic)
@pytest.mark.parametrize("type_", ["int8", "uint8"])
@pytest.mark.parametrize("code", ["ADD", "SUB", "MUL"])
def test_a_tensor_and_a_constant(code, type_, arithmetic):
    rng, shape = np.random.default_rng(8), (1, 4, 4, 25)
    for _ in range(3):
        first, second, (_, zero) = (drawn_grid(rng, type_) for _ in range(3))
        reach = first[0] * second[0] * 60 if code == "MUL" else (first[0] + second[0]) * 0.7
        made = (float(np.float32(reach)), zero)
        other = constant(drawn_levels(rng, type_, shape), *second)
        own = options(f"{code.title()}Options", fusedActivationFunction=RELU6)
        content = written(
            [Tensor(shape, type_, *first), other, Tensor(shape, type_, *made)],
            [Operator(code, (0, 1), (2,), own)], [0], [2],
        )  # fmt: skip
        levels = drawn_levels(rng, type_, (30, *shape[1:]))
        assert not off_by(content, [levels], [first], made, arithmetic).any()


@pytest.mark.parametrize("arithmetic", Arithmetic)
@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize(("rows", "columns", "channels"), [(7, 7, 8), (4, 6, 16), (6, 5, 32)])
def test_means_of_maps(rows, columns, channels, keeps, arithmetic):
    rng = np.random.default_rng(11)
    for finer in (1, 2, 3, 2.7):  # whole ratios make ties
        given = drawn_grid(rng, "int8")
        made = (float(np.float32(given[0] / finer)), int(rng.integers(-90, 90)))
        made_shape = (1, 1, 1, channels) if keeps else (1, channels)
        content = written_of(
            "MEAN", options("ReducerOptions", keepDims=keeps), [(1, rows, columns, channels)],
            "int8", [given], made, made_shape, [np.array([1, 2], np.int32)],
        )  # fmt: skip
        levels = drawn_levels(rng, "int8", (40, rows, columns, channels))
        levels[:20] = levels[:20] // 8 + given[1] // 2
        assert not off_by(content, [levels], [given], made, arithmetic).any()


@pytest.mark.parametrize("arithmetic", Arithmetic)
@pytest.mark.parametrize(("type_", "padding"), [("int8", SAME), ("uint8", VALID)])
@pytest.mark.parametrize(("code", "side", "stride"), [("AVERAGE_POOL_2D", 2, 2),
                         ("AVERAGE_POOL_2D", 3, 2), ("MAX_POOL_2D", 3, 2)])  # fmt: skip
def test_pooling(code, side, stride, type_, padding, arithmetic):
    rng = np.random.default_rng(2)
    for _ in range(3):
        grid = drawn_grid(rng, type_)
        made = -(-7 // stride) if padding == SAME else (7 - side) // stride + 1
        sides = {"filterHeight": side, "filterWidth": side, "strideH": stride, "strideW": stride}
        own = options("Pool2DOptions", padding=padding, fusedActivationFunction=RELU, **sides)
        content = written_of(code, own, [(1, 7, 7, 4)], type_, [grid], grid, (1, made, made, 4))
        levels = drawn_levels(rng, type_, (30, 7, 7, 4))
        assert not off_by(content, [levels], [grid], grid, arithmetic).any()


@pytest.mark.parametrize("arithmetic", Arithmetic)
@pytest.mark.parametrize("code", ["LOGISTIC", "TANH", "HARD_SWISH", "QUANTIZE"])
def test_each_level_through_a_curve(code, arithmetic):
    rng = np.random.default_rng(4)
    for _ in range(8):
        given = drawn_grid(rng, "int8")
        made = {"LOGISTIC": (1 / 256, -128), "TANH": (1 / 128, 0)}.get(code)
        if made is None:
            reach = max((127 - given[1]) * given[0], 0.4) + 0.375
            made = (float(np.float32(reach / 255)), int(rng.integers(-128, -60)))
        kind = {"HARD_SWISH": "HardSwishOptions", "QUANTIZE": "QuantizeOptions"}.get(code)
        own = options(kind) if kind else None
        content = written_of(code, own, [(1, 256)], "int8", [given], made, (1, 256))
        levels = every_level("int8")
        assert not off_by(content, [levels], [given], made, arithmetic).any()


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_real_numbers_become_levels(arithmetic):
    rng, made = np.random.default_rng(6), (0.037, 3)
    numbers = rng.uniform(-6, 6, (1, 4000)).astype(np.float32)
    numbers[0, :512] = np.float32(made[0]) * np.arange(-256, 256, dtype=np.float32) / 2  # ties
    content = written(
        [Tensor(numbers.shape, "float32"), Tensor(numbers.shape, "int8", *made)],
        [Operator("QUANTIZE", (0,), (1,), options("QuantizeOptions"))], [0], [1],
    )  # fmt: skip
    assert not off_by(content, [numbers], [None], made, arithmetic).any()


@pytest.mark.parametrize("arithmetic", Arithmetic)
@pytest.mark.parametrize("scale", [0.05, 0.6])
def test_a_softmax(scale, arithmetic):
    rng, given, made = np.random.default_rng(6), (scale, 5), (1 / 256, -128)
    own = options("SoftmaxOptions", beta=1.0)
    content = written_of("SOFTMAX", own, [(1, 30)], "int8", [given], made, (1, 30))
    levels = drawn_levels(rng, "int8", (300, 30))
    assert not off_by(content, [levels], [given], made, arithmetic).any()


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_sums_beyond_what_float32_holds(arithmetic):
    rng, given, made = np.random.default_rng(9), (0.02, -128), (0.9, 0)
    kernel = np.full((3, 2000), 127, np.int8)
    kernel[1] = rng.integers(-127, 128, 2000)
    bias = np.array([1, 2**25 + 1, -5], np.int32)
    own = options("FullyConnectedOptions")
    content = written(
        [Tensor((1, 2000), "int8", *given), constant(kernel, 3e-3),
         constant(bias, 3e-3 * np.float32(given[0])), Tensor((1, 3), "int8", *made)],
        [Operator("FULLY_CONNECTED", (0, 1, 2), (3,), own)], [0], [3],
    )  # fmt: skip
    levels = np.concatenate(
        [drawn_levels(rng, "int8", (50, 2000)), np.full((1, 2000), 127, np.int8)]
    )
    assert not off_by(content, [levels], [given], made, arithmetic).any()
