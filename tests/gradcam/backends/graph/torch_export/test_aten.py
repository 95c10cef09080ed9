"""Operators of torch against numpy: all of a kind in one program, side by side."""

import math

import numpy as np
import pytest

import gradcam
from tests.gradcam.backends.graph.torch_export.exported import Exported

RNG = np.random.default_rng(5)
SIDES = (4, 6, 5)  # channels, rows, columns
X = RNG.normal(0, 2, (3, *SIDES)).astype(np.float32)  # as torch has it
GAMMA, BETA, MEAN = (RNG.normal(size=4).astype(np.float32) for _ in range(3))
VARIANCE = RNG.uniform(0.5, 2, 4).astype(np.float32)
ERF = np.vectorize(math.erf)
CHANNELS = (1, -1, 1, 1)


def softmax(x, axis):
    raised = np.exp(x - x.max(axis, keepdims=True))
    return raised / raised.sum(axis, keepdims=True)


def pooled(x, size, stride, pad, reduce, value):
    wide = np.pad(x, ((0, 0), (0, 0), *pad), constant_values=value)
    rows, columns = ((side - size) // stride + 1 for side in wide.shape[2:])
    cells = [[reduce(wide[:, :, i * stride : i * stride + size, j * stride : j * stride + size],
                     axis=(2, 3)) for j in range(columns)] for i in range(rows)]  # fmt: skip
    return np.moveaxis(np.array(cells), (0, 1), (2, 3))


def attention(x):
    tokens = x.reshape(3, 4, 2, 15)  # heads, places, numbers
    scores = softmax(tokens @ tokens.transpose(0, 1, 3, 2) / math.sqrt(15), -1)
    return scores @ tokens


EACH = [
    ("relu", {}, lambda x: np.maximum(x, 0)),
    ("hardtanh", {"min_val": 0.0, "max_val": 6.0}, lambda x: np.clip(x, 0, 6)),
    ("hardtanh", {"min_val": -1.0, "max_val": 1.5}, lambda x: np.clip(x, -1, 1.5)),
    ("clamp", {"min": -0.5}, lambda x: np.maximum(x, -0.5)),
    ("leaky_relu", {"negative_slope": 0.2}, lambda x: np.where(x > 0, x, 0.2 * x)),
    ("elu", {"alpha": 0.7}, lambda x: np.where(x > 0, x, 0.7 * np.expm1(np.minimum(x, 0)))),
    ("silu", {}, lambda x: x / (1 + np.exp(-x))),
    ("mish", {}, lambda x: x * np.tanh(np.log1p(np.exp(x)))),
    ("gelu", {}, lambda x: x * (1 + ERF(x / math.sqrt(2))) / 2),
    ("gelu", {"approximate": "tanh"},
     lambda x: x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2),
    ("sigmoid", {}, lambda x: 1 / (1 + np.exp(-x))),
    ("hardsigmoid", {}, lambda x: np.clip(x + 3, 0, 6) / 6),
    ("hardswish", {}, lambda x: x * np.clip(x + 3, 0, 6) / 6),
    ("softplus", {"beta": 2.0}, lambda x: np.log1p(np.exp(2 * x)) / 2),
    ("tanh", {}, np.tanh),
    ("abs", {}, np.abs),
    ("neg", {}, np.negative),
    ("pow", {"exponent": 2}, np.square),
    ("add", {"other": 1.5, "alpha": 2}, lambda x: x + 3),
    ("sub", {"other": 1.5}, lambda x: x - 1.5),
    ("rsub", {"other": 1.5}, lambda x: 1.5 - x),
    ("mul", {"other": -2}, lambda x: -2 * x),
    ("div", {"other": 4.0}, lambda x: x / 4),
    ("softmax", {"dim": 1}, lambda x: softmax(x, 1)),
    ("softmax", {"dim": -1}, lambda x: softmax(x, -1)),
    ("sum", {"dim": [1]}, lambda x: x.sum(1)),
    ("mean", {"dim": [2, 3], "keepdim": True}, lambda x: x.mean((2, 3))),
    ("mean", {"dim": [-1]}, lambda x: x.mean(-1)),
    ("amax", {"dim": [2]}, lambda x: x.max(2)),
    ("linalg_vector_norm", {"dim": [1]}, lambda x: np.sqrt((x**2).sum(1))),
    ("max_pool2d", {"kernel_size": [3, 3], "stride": [2, 2], "padding": [1, 1]},
     lambda x: pooled(x, 3, 2, ((1, 1), (1, 1)), np.max, -np.inf)),
    ("max_pool2d", {"kernel_size": [2, 2], "stride": [2, 2], "ceil_mode": True},
     lambda x: pooled(x, 2, 2, ((0, 0), (0, 1)), np.max, -np.inf)),
    ("avg_pool2d", {"kernel_size": [3, 3], "stride": [2, 2], "padding": [1, 1]},
     lambda x: pooled(x, 3, 2, ((1, 1), (1, 1)), np.mean, 0)),
    ("avg_pool2d", {"kernel_size": [3, 3], "stride": [2, 2], "padding": [1, 1],
                    "count_include_pad": False},
     lambda x: pooled(x, 3, 2, ((1, 1), (1, 1)), np.nanmean, np.nan)),
    ("avg_pool2d", {"kernel_size": [2, 2], "stride": [2, 2], "ceil_mode": True},
     lambda x: pooled(x, 2, 2, ((0, 0), (0, 1)), np.nanmean, np.nan)),
    ("adaptive_avg_pool2d", {"output_size": [3, 2]},
     lambda x: np.stack([x.reshape(3, 4, 3, 2, 5)[..., :3].mean((3, 4)),
                         x.reshape(3, 4, 3, 2, 5)[..., 2:].mean((3, 4))], -1)),
    ("permute", {"dims": [0, 2, 3, 1]}, lambda x: x.transpose(0, 2, 3, 1)),
    ("transpose", {"dim0": 1, "dim1": 2}, lambda x: x.swapaxes(1, 2)),
    ("view", {"size": [3, 2, 2, 30]}, lambda x: x),
    ("slice", {"dim": 1, "start": 1, "end": 4, "step": 2}, lambda x: x[:, 1:4:2]),
    ("slice", {"dim": 3, "start": -2, "end": 9223372036854775807}, lambda x: x[..., -2:]),
    ("select", {"dim": 2, "index": -1}, lambda x: x[:, :, -1]),
    ("pad", {"pad": [1, 0, 0, 2], "value": 0.5},
     lambda x: np.pad(x, ((0, 0), (0, 0), (0, 2), (1, 0)), constant_values=0.5)),
    ("pad", {"pad": [-1, 1]}, lambda x: np.pad(x[..., 1:], ((0, 0), (0, 0), (0, 0), (0, 1)))),
    ("roll", {"shifts": [2, -1], "dims": [1, 3]}, lambda x: np.roll(x, (2, -1), (1, 3))),
    ("flip", {"dims": [3]}, lambda x: x[..., ::-1]),
    ("pixel_shuffle", {"upscale_factor": 2}, lambda x: x.reshape(3, 1, 2, 2, 6, 5).transpose(
        0, 1, 4, 2, 5, 3)),
    ("upsample_nearest2d", {"scale_factors": None, "output_size": [12, 10]},
     lambda x: x.repeat(2, 2).repeat(2, 3)),
]  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What one program gives that has all of them, in their order."""
    net = Exported(*SIDES, rows=3)
    parts = [net.call(f"{name}.default", self=net.picture, **own) for name, own, _ in EACH]
    flat = [net.call("flatten.using_ints", self=part, start_dim=1) for part in parts]
    net.give(net.call("cat.default", tensors=flat, dim=1))
    path = net.write(tmp_path_factory.mktemp("aten") / "all.pt2")
    outputs = gradcam.load_network(path).run(X.transpose(0, 2, 3, 1)).outputs
    sizes = [function(X.astype(np.float64)).reshape(3, -1).shape[1] for *_, function in EACH]
    assert outputs.shape == (3, sum(sizes))
    return np.split(outputs, np.cumsum(sizes)[:-1], axis=1)


@pytest.mark.parametrize("number", range(len(EACH)), ids=[f"{n}-{o}" for n, o, _ in EACH])
def test_an_operator_gives_what_numpy_gives(number, answers):
    expected = EACH[number][2](X.astype(np.float64)).reshape(3, -1)
    np.testing.assert_allclose(answers[number], expected, rtol=0, atol=2e-5)


def given(net, last, tmp_path):
    net.give(net.call("flatten.using_ints", self=last, start_dim=1))
    return gradcam.load_network(net.write(tmp_path / "m.pt2")).run(X.transpose(0, 2, 3, 1)).outputs


def close(one, two):
    np.testing.assert_allclose(one, two.reshape(3, -1), rtol=0, atol=2e-5)


def test_a_batch_normalisation(tmp_path):
    net = Exported(*SIDES)
    stored = {"weight": GAMMA, "bias": BETA, "running_mean": MEAN, "running_var": VARIANCE}
    own = {key: net.weight(f"bn.{key}", array) for key, array in stored.items()}
    last = net.call("batch_norm.default", input=net.picture, training=False, momentum=0.1,
                    eps=0.1, cudnn_enabled=False, **own)  # fmt: skip
    scale = GAMMA / np.sqrt(VARIANCE + 0.1)
    expected = X * scale.reshape(CHANNELS) + (BETA - MEAN * scale).reshape(CHANNELS)
    close(given(net, last, tmp_path), expected)


def test_a_layer_normalisation_of_channels_that_were_turned_to_the_end(tmp_path):
    net = Exported(*SIDES)
    weight, bias = net.weight("ln.weight", GAMMA), net.weight("ln.bias", BETA)
    turned = net.call("permute.default", self=net.picture, dims=[0, 2, 3, 1])
    last = net.call("layer_norm.default", input=turned, normalized_shape=[4], weight=weight,
                    bias=bias, eps=0.1)  # fmt: skip
    last = net.call("permute.default", self=last, dims=[0, 3, 1, 2])
    normal = (X - X.mean(1, keepdims=True)) / np.sqrt(X.var(1, keepdims=True) + 0.1)
    expected = normal * GAMMA.reshape(CHANNELS) + BETA.reshape(CHANNELS)
    close(given(net, last, tmp_path), expected)


def test_an_attention(tmp_path):
    net = Exported(*SIDES)
    tokens = net.call("view.default", self=net.picture, size=[-1, 4, 2, 15])
    last = net.call("scaled_dot_product_attention.default", query=tokens, key=tokens, value=tokens)
    close(given(net, last, tmp_path), attention(X.astype(np.float64)))


def test_sizes_that_a_run_decides_are_reckoned_with(tmp_path):
    net = Exported(*SIDES)
    rows = net.call("sym_size.int", self=net.picture, dim=0)
    windows = net.size("mul", rows, 4)
    parts = net.call("view.default", self=net.picture, size=[windows, 30])
    last = net.call("softmax.int", self=parts, dim=-1)
    last = net.call("view.default", self=last, size=[rows, 4, 30])
    close(given(net, last, tmp_path), softmax(X.astype(np.float64).reshape(3, 4, 30), -1))


def test_a_class_token_stands_before_the_others_of_each_picture(tmp_path):
    net = Exported(*SIDES)
    token = net.weight("cls", RNG.normal(size=(1, 1, 4)).astype(np.float32))
    rows = net.call("sym_size.int", self=net.picture, dim=0)
    places = net.call("flatten.using_ints", self=net.picture, start_dim=2)
    tokens = net.call("transpose.int", self=places, dim0=1, dim1=2)
    own = net.call("expand.default", self=token, size=[rows, -1, -1])
    last = net.call("cat.default", tensors=[own, tokens], dim=1)
    learned = np.frombuffer(net.files["data/weights/weight_0"], np.float32)
    expected = np.concatenate(
        [np.tile(learned, (3, 1, 1)), X.reshape(3, 4, 30).transpose(0, 2, 1)], 1
    )
    close(given(net, last, tmp_path), expected)


def test_a_mask_that_is_written_part_by_part_is_worked_out_while_reading(tmp_path):
    net = Exported(*SIDES)
    one = net.weight("one", np.float32(1), kind="tensor_constant")
    mask = net.call("new_zeros.default", self=net.picture, size=[6, 5])
    part = net.call("slice.Tensor", self=mask, dim=0, start=0, end=2)
    net.call("fill_.Tensor", self=part, value=one)
    dark = net.call("ne.Scalar", self=mask, other=0)
    hidden = net.call("masked_fill.Scalar", self=mask, mask=dark, value=-3.0)
    last = net.call("add.Tensor", self=net.picture, other=hidden)
    expected = X.copy()
    expected[:, :, :2] -= 3
    close(given(net, last, tmp_path), expected)


def test_weights_are_standardised_while_reading(tmp_path):
    net = Exported(*SIDES)
    kernel = RNG.normal(3, 2, (2, 4, 1, 1)).astype(np.float32)
    weight = net.weight("conv.weight", kernel)
    flat = net.call("reshape.default", self=weight, shape=[1, 2, -1])
    own = net.call("batch_norm.default", input=flat, weight=None, bias=None, running_mean=None,
                   running_var=None, training=True, momentum=0.0, eps=0.1,
                   cudnn_enabled=False)  # fmt: skip
    own = net.call("reshape_as.default", self=own, other=weight)
    last = net.call("conv2d.default", module="conv", input=net.picture, weight=own)
    rows = kernel.reshape(2, 4)
    rows = (rows - rows.mean(1, keepdims=True)) / np.sqrt(rows.var(1, keepdims=True) + 0.1)
    close(given(net, last, tmp_path), np.einsum("nchw,fc->nfhw", X, rows))
