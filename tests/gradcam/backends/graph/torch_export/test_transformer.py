"""A transformer with a class token: its places are a grid, and the layer that is explained."""

import numpy as np
import pytest

import gradcam
from tests.gradcam.backends.graph.torch_export.exported import Exported

RNG = np.random.default_rng(2)
PICTURES = RNG.normal(size=(2, 6, 8, 3)).astype(np.float32)
WIDE = 4  # numbers of a token; a picture has 3 × 4 of them, and a class token


def drawn(net, key, *sizes):
    return net.weight(key, RNG.normal(0, 0.5, sizes).astype(np.float32))


def block(net, x, number):
    name = f"blocks.{number}"
    own = {part: drawn(net, f"{name}.norm.{part}", WIDE) for part in ("weight", "bias")}
    y = net.call("layer_norm.default", module=f"{name}.norm", input=x, normalized_shape=[WIDE],
                 eps=1e-5, **own)  # fmt: skip
    y = net.call("linear.default", module=f"{name}.attn.qkv", input=y,
                 weight=drawn(net, f"{name}.qkv.weight", 3 * WIDE, WIDE))  # fmt: skip
    y = net.call("reshape.default", module=f"{name}.attn", self=y, shape=[-1, 13, 3, 2, 2])
    y = net.call("permute.default", module=f"{name}.attn", self=y, dims=[2, 0, 3, 1, 4])
    q, k, v = net.call("unbind.int", module=f"{name}.attn", several=3, self=y)
    y = net.call("scaled_dot_product_attention.default", module=f"{name}.attn", query=q, key=k,
                 value=v)  # fmt: skip
    y = net.call("transpose.int", module=f"{name}.attn", self=y, dim0=1, dim1=2)
    y = net.call("reshape.default", module=f"{name}.attn", self=y, shape=[-1, 13, WIDE])
    return net.call("add.Tensor", module=name, self=x, other=y)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    net = Exported(3, 6, 8)
    rows = net.call("sym_size.int", self=net.picture, dim=0)
    x = net.call("conv2d.default", module="patches", input=net.picture,
                 weight=drawn(net, "patches.weight", WIDE, 3, 2, 2), bias=None,
                 stride=[2, 2])  # fmt: skip
    x = net.call("flatten.using_ints", self=x, start_dim=2)
    x = net.call("transpose.int", self=x, dim0=1, dim1=2)
    token = net.call("expand.default", self=drawn(net, "cls", 1, 1, WIDE), size=[rows, -1, -1])
    x = net.call("cat.default", tensors=[token, x], dim=1)
    x = block(net, block(net, x, 0), 1)
    x = net.call("select.int", self=x, dim=1, index=0)
    net.give(net.call("linear.default", module="head", input=x,
                      weight=drawn(net, "head.weight", 3, WIDE)))  # fmt: skip
    return gradcam.load_network(net.write(tmp_path_factory.mktemp("vit") / "vit.pt2"))


def test_tokens_are_a_grid_beside_the_class_token(network):
    sides = {layer.name: (layer.height, layer.width, layer.first) for layer in network.layers}
    assert sides["blocks/0/add"] == (3, 4, 1)
    assert sides["blocks/1/norm"] == (3, 4, 1)


def test_the_last_layer_whose_places_are_still_read_is_explained(network):
    assert network.default_layer.name == "blocks/1/norm"  # no queries, keys and values
    assert "blocks/1/attn/qkv" in network.passed_over
    assert "blocks/1/add" in network.passed_over  # only its class token goes on


def test_the_class_token_is_no_way_past_a_layer(network):
    assert not network.layer("blocks/0/add").coverage.bypassed


def test_a_map_of_tokens_has_the_gradient_of_what_they_do(network):
    (picture,) = PICTURES[:1]
    weights, none = np.eye(3, dtype=np.float32)[[1]], np.zeros(1, bool)
    layer = "blocks/0/add"
    capture = network.captures(PICTURES[:1], [layer], weights, none)[layer]
    change = RNG.normal(0, 1e-2, capture.activations.shape).astype(np.float32)
    more = network.rest(picture[None], layer, capture.activations + change)[0, 1]
    less = network.rest(picture[None], layer, capture.activations - change)[0, 1]
    assert (more - less) / 2 == pytest.approx((capture.gradients * change).sum(), rel=0.02)
