"""Families of `keras.applications`, folded and as they are: the same answers and the same maps.

One family always; all of them, flat and nested, of either Keras, where `whole` is asked.
"""

import numpy as np
import pytest

import gradcam
from tests.gradcam.backends.keras.applications import FAMILIES, Form, model_of, pictures, written
from tests.gradcam.methods.quick import QUICK, off

EQUAL = 1e-5
WITHOUT = {"VGG", "ConvNeXt"}  # have no batch normalisation
# A slope changes by a jump where a unit stands at its ReLU's kink, as some of a whole network do.
JUMPS = {"integrated-gradients": 0.1, "smooth-grad": 0.1, "layer-cam-fused": 0.1}  # early layers
CONVOLUTIONS = {"Conv2D", "DepthwiseConv2D", "SeparableConv2D"}
CASES = [
    (family, form, writer if writer in family.writers else "keras_2", suffix)
    for family in FAMILIES.values()
    for form, writer, suffix in (
        (Form.FLAT, "keras_3", ".keras"),
        (Form.FUNCTIONAL, "keras_2", ".h5"),
    )
]


def ids(case):
    family, form, writer, suffix = case
    return f"{family.name}-{form.name.lower()}-{writer}{suffix}"


def unsettled(model, rng):
    """Move what every normalisation remembers and learned, some of it to where it hurts."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            unsettled(layer, rng)
        elif type(layer).__name__ == "BatchNormalization":
            mean, variance = (
                np.asarray(each) for each in (layer.moving_mean, layer.moving_variance)
            )
            shift, scale, turn, rise = rng.normal(size=(4, len(mean)))
            signs = np.select([turn > 1.6, turn > 1.3], [0.0, -1.0], 1.0)
            layer.moving_mean.assign(mean + 0.3 * np.sqrt(variance) * shift)
            layer.moving_variance.assign(variance * np.exp(0.5 * scale))
            if layer.gamma is not None:
                layer.gamma.assign(np.asarray(layer.gamma) * signs)
            if layer.beta is not None:
                layer.beta.assign(np.asarray(layer.beta) + 0.3 * rise)


def opened(tmp_path, family, form, writer, suffix):
    """The network as Keras runs it, and folded."""
    model = model_of(family, form, writer)
    unsettled(model, np.random.default_rng(0))
    path = written(model, tmp_path, suffix)
    return gradcam.load_network(path, fold=False), gradcam.load_network(path)


def between(network):
    """The last convolution whose normalisation is listed right behind it, if there is one."""
    pairs = zip(network.layers, network.layers[1:], strict=False)
    return [
        one.name
        for one, other in pairs
        if one.kind in CONVOLUTIONS and other.kind == "BatchNormalization"
    ][-1:]


def assert_as_near_as_can_be(plain, folded, batch, asked, jump=0.0):
    """1e-5, or as near as the network is to itself when the pictures move by their last bits.

    Where a large sum cancels neither is truer than the other.
    """
    want, rng = asked(plain, batch), np.random.default_rng(1)
    apart = off(asked(folded, batch), want)
    if apart > EQUAL:
        moved = (batch * (1 + 1e-7 * rng.choice([-1, 1], batch.shape)) for _ in range(3))
        own = max(off(asked(plain, each.astype(np.float32)), want) for each in moved)
        assert apart <= max(30 * own, jump)


def assert_same_answers(plain, folded, batch):
    assert folded.layers == plain.layers
    assert folded.summary == plain.summary
    want, got = (network.predict(batch) for network in (plain, folded))
    assert off(got, want) <= EQUAL
    np.testing.assert_array_equal(got.argmax(axis=1), want.argmax(axis=1))
    assert_as_near_as_can_be(plain, folded, batch, lambda network, batch: network.logits(batch))


def assert_same_maps(plain, folded, batch, method):
    few = {"score-cam": {"channels": 16}}.get(method, QUICK.get(method, {}))
    for layer in (plain.default_layer.name, *between(plain)):
        assert_as_near_as_can_be(
            plain,
            folded,
            batch,
            lambda network, batch, layer=layer: (
                gradcam.explain(network, batch, layer, 1, method, **few).maps
            ),
            JUMPS.get(method, 0.0),
        )


def test_a_family_answers_the_same_folded(tmp_path):
    family = FAMILIES["MobileNetV2"]
    plain, folded = opened(tmp_path, family, Form.FLAT, "keras_3", ".keras")
    assert folded.is_folded
    assert_same_answers(plain, folded, pictures(family))
    assert_same_maps(plain, folded, pictures(family), "grad-cam")


@pytest.mark.whole
@pytest.mark.parametrize("case", CASES, ids=ids)
def test_every_family_answers_the_same_folded(tmp_path, case):
    plain, folded = opened(tmp_path, *case)
    batch = pictures(case[0])
    assert folded.is_folded == (case[0].topology not in WITHOUT)
    assert_same_answers(plain, folded, batch)
    if folded.is_folded:
        for method in gradcam.METHODS:
            assert_same_maps(plain, folded, batch[:2], method)
