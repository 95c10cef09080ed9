"""Families of `keras.applications`, folded and as they are: the same answers and the same maps.

One family always; all of them, flat and nested, of either Keras, where `whole` is asked.
"""

import numpy as np
import pytest

import gradcam
from gradcam.masks import seen_through
from tests.gradcam.backends.keras.applications import FAMILIES, Form, model_of, pictures, written
from tests.gradcam.methods.quick import QUICK, off

EQUAL = 1e-5
WITHOUT = {"VGG", "ConvNeXt"}  # have no batch normalisation
JUMP = 0.1  # of a map, where a unit of the network stands at its ReLU's kink
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


def assert_as_near_as_can_be(plain, folded, batch, asked):
    """1e-5, or as near as the network is to itself when the pictures move by their last bits.

    Where a large sum cancels neither is truer than the other. A slope changes by a jump where a
    unit stands on the other side of its ReLU's kink, whichever of the pictures it is seen on.
    """
    want, rng = asked(plain, batch), np.random.default_rng(1)
    apart = off(asked(folded, batch), want)
    if apart > EQUAL:
        moved = (batch * (1 + 1e-7 * rng.choice([-1, 1], batch.shape)) for _ in range(3))
        own = max(off(asked(plain, each.astype(np.float32)), want) for each in moved)
        if apart > 30 * own:
            assert apart <= JUMP
            assert turned_units(plain, folded, sloped_pictures(plain, batch, asked)) > 0


def sloped_pictures(network, batch, asked):
    """The pictures whose slopes a method asks for, as the network gets them."""
    seen = []

    def keep(name, pictures_of):
        own = getattr(network, name)

        def kept(*given, **named):
            seen.append(pictures_of(*given))
            return own(*given, **named)

        return kept

    with pytest.MonkeyPatch.context() as patch:
        for name, pictures_of in (
            ("captures", lambda pictures, *_: pictures),
            ("pixel_gradients", lambda pictures, *_: pictures),
            ("perturbed_gradients", lambda own, fill, masks, *_: seen_through(masks, own, fill)),
        ):
            patch.setattr(network, name, keep(name, pictures_of))
        asked(network, batch)
    return np.concatenate(seen) if seen else batch


def turned_units(plain, folded, batch):
    """How many units are at rest in one network and not in the other, in layers that can rest."""
    names = [layer.name for layer in plain.layers if layer.kind in {"ReLU", "Activation"}]
    nothing = np.zeros((len(batch), plain.units), np.float32), np.zeros(len(batch), bool)
    count = 0
    one, other = (network.captures(batch, names, *nothing) for network in (plain, folded))
    for name in one:
        here, there = one[name].activations, other[name].activations
        if here.min() == 0 == there.min():
            count += int(((here > 0) != (there > 0)).sum())
            count += int(((here >= 6) != (there >= 6)).sum()) * (here.max() == 6)
    return count


def assert_same_answers(plain, folded, batch):
    assert folded.layers == plain.layers
    assert folded.summary == plain.summary
    want, got = (network.predict(batch) for network in (plain, folded))
    assert off(got, want) <= EQUAL
    np.testing.assert_array_equal(got.argmax(axis=1), want.argmax(axis=1))
    assert_as_near_as_can_be(plain, folded, batch, lambda network, batch: network.logits(batch))


def assert_same_maps(plain, folded, batch, method):
    few = {"score-cam": {"channels": 16}}.get(method, QUICK.get(method, {}))
    layers = (plain.default_layer.name, *between(plain))
    for layer in layers if gradcam.METHODS[method].uses_layer else layers[:1]:
        assert_as_near_as_can_be(
            plain,
            folded,
            batch,
            lambda network, batch, layer=layer: (
                gradcam.explain(network, batch, layer, 1, method, **few).maps
            ),
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
        for method in gradcam.fitting_methods(plain):
            assert_same_maps(plain, folded, batch[:2], method.name)
