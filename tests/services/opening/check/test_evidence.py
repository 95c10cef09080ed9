from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from gradcam import Color, InputSpec, Scaling
from gradcam.abilities import Ability
from gradcam.backends.keras.network import KerasNetwork
from gradcam.told import Told
from gradcam.topology import Topology
from services.media.picture import Pictures
from services.opening.check.clues import Assurance, weigh
from services.opening.check.evidence import (
    family,
    first_layers,
    first_normalisation,
    input_range,
    read_clues,
)
from services.opening.check.pictures import Handful
from services.sample import Sample

SIZE = 16
MEDIUM = Pictures(InputSpec(SIZE, SIZE))
VARIANTS = MEDIUM.variants()


def pictures_of(cuts):
    return Handful(tuple(Sample(f"{i}", Path(), None) for i in range(len(cuts))), cuts)


@pytest.fixture(scope="module")
def handful():
    """Bright reds, middling greens and dark blues, such that the order of colours shows."""
    rng = np.random.default_rng(0)
    levels = rng.normal((170, 110, 60), 40, (12, SIZE, SIZE, 3))
    return pictures_of(np.clip(levels, 0, 255).astype(np.uint8))


def gray(handful):
    return pictures_of(np.repeat(handful.cuts[..., :1], 3, axis=3))


def trained_on(handful, scaling, color=Color.RGB, before=()):
    """A network whose batch normalisation saw pictures in one way."""
    keras.utils.set_random_seed(0)
    keras.utils.set_random_seed(0)  # kernels that happen to mix the channels tell no order of them
    spec = InputSpec(SIZE, SIZE, scaling=scaling, color=color)
    inputs = keras.Input((SIZE, SIZE, 3))
    x = inputs
    for layer in before:
        x = layer(x)
    seen = keras.layers.Conv2D(8, 3, name="conv")(x)
    normalised = keras.layers.BatchNormalization(name="bn")(seen)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.ReLU()(normalised))
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    arrived = np.array(keras.Model(inputs, seen)(Pictures(spec).tensors(handful.cuts)))
    layer = model.get_layer("bn")
    mean, variance = arrived.mean(axis=(0, 1, 2)), arrived.var(axis=(0, 1, 2))
    layer.set_weights([*layer.get_weights()[:2], mean, variance])
    return KerasNetwork(model, "bn.h5")


def ways(some):
    return {(way.spec.scaling, way.spec.color) for way in some or ()}


@pytest.mark.parametrize("color", [Color.RGB, Color.BGR])
@pytest.mark.parametrize("scaling", list(Scaling)[:6])
def test_what_the_first_batch_normalisation_saw_is_found(handful, scaling, color):
    clue = first_normalisation(trained_on(handful, scaling, color), VARIANTS, handful)
    assert weigh(VARIANTS, [clue]).usual.spec.scaling is scaling
    assert weigh(VARIANTS, [clue]).usual.spec.color is color  # of pictures that tell it
    assert str(scaling) in clue.says
    assert Scaling.RAW in {s for s, _ in ways(clue.allows)} or scaling is not Scaling.RAW


def test_colours_that_are_alike_are_not_told_apart(handful):
    network = trained_on(gray(handful), Scaling.UNIT)
    clue = first_normalisation(network, VARIANTS, gray(handful))
    assert "the order of colours is not told by it" in clue.says
    assert {(Scaling.UNIT, Color.RGB), (Scaling.UNIT, Color.BGR)} <= ways(clue.allows)
    assert weigh(VARIANTS, [clue]).usual == MEDIUM
    assert clue.assurance is Assurance.CERTAIN


def test_statistics_that_were_never_trained_say_nothing(handful):
    network = trained_on(handful, Scaling.UNIT)
    layer = network.model.own.get_layer("bn")
    layer.set_weights([*layer.get_weights()[:2], np.zeros(8), np.ones(8)])
    clue = first_normalisation(network, VARIANTS, handful)
    assert clue.allows is None
    assert clue.prefers == frozenset()
    assert "never trained" in clue.says


def test_statistics_that_nothing_fits_say_nothing(handful):
    network = trained_on(handful, Scaling.UNIT)
    layer = network.model.own.get_layer("bn")
    layer.set_weights([*layer.get_weights()[:2], np.full(8, 1e6), np.full(8, 1e-6)])
    clue = first_normalisation(network, VARIANTS, handful)
    assert (clue.allows, clue.says) == (None, "none fits, so it says nothing")


def test_a_network_without_one_or_that_cannot_tell_says_nothing(blue_or_red, handful):
    none = pictures_of(handful.cuts[:, :8, :8])
    small = Pictures(InputSpec(8, 8)).variants()
    assert first_normalisation(blue_or_red, small, none) is None
    unable = SimpleNamespace(abilities=frozenset(Ability) - {Ability.STATISTICS})
    assert first_normalisation(unable, small, none) is None


def test_a_scaling_of_each_picture_by_itself_is_not_taken_for_the_usual_one(handful):
    """Stretching each picture gives much the same as dividing by 255."""
    clue = first_normalisation(trained_on(handful, Scaling.UNIT), VARIANTS, handful)
    assert weigh(VARIANTS, [clue]).usual.spec.scaling is Scaling.UNIT
    assert clue.assurance is Assurance.CERTAIN


def test_first_layers_come_before_statistics(handful):
    network = trained_on(handful, Scaling.RAW, before=[keras.layers.Rescaling(1 / 255)])
    clues = read_clues(network, VARIANTS, handful, from_studio=False)
    assert [clue.what for clue in clues] == ["first layers", "first batch normalisation"]
    assert ways(clues[0].allows) == {(Scaling.RAW, Color.RGB), (Scaling.RAW, Color.BGR)}
    assert clues[0].figure == "x / 255 (Rescaling)"
    standing = weigh(VARIANTS, clues)
    assert (standing.usual.spec.scaling, standing.assurance) == (Scaling.RAW, Assurance.CERTAIN)


def test_a_network_that_was_fed_otherwise_than_its_layers_say_makes_a_guess(handful):
    """Divided by 255 twice: a fault that is often made."""
    network = trained_on(handful, Scaling.UNIT, before=[keras.layers.Rescaling(1 / 255)])
    standing = weigh(VARIANTS, read_clues(network, VARIANTS, handful, from_studio=False))
    assert (standing.contradicted, standing.assurance) == (True, Assurance.GUESS)
    assert {Scaling.RAW, Scaling.UNIT} <= {way.spec.scaling for way in standing.open}


def test_a_network_without_arithmetic_says_nothing(blue_or_red):
    assert first_layers(blue_or_red, VARIANTS) is None


def built_like(name, scaling, inside=None):
    return SimpleNamespace(topology=Topology(name, scaling), preprocessing=inside)


def test_a_family_is_fed_as_its_authors_do():
    clue = family(built_like("VGG", Scaling.CAFFE), VARIANTS, from_studio=False)
    assert (clue.figure, ways(clue.prefers)) == ("VGG", {(Scaling.CAFFE, Color.RGB)})
    assert clue.allows is None  # it rules nothing out
    standing = weigh(VARIANTS, [clue])
    assert (standing.usual.spec.scaling, standing.assurance) == (Scaling.CAFFE, Assurance.LIKELY)


def test_edge_impulse_feeds_its_mobilenets_in_its_own_way():
    network = built_like("MobileNetV2", Scaling.SYMMETRIC)
    for from_studio, scaling in ((False, Scaling.SYMMETRIC), (True, Scaling.UNIT)):
        clue = family(network, VARIANTS, from_studio)
        assert ways(clue.prefers) == {(scaling, Color.RGB)}


def test_a_family_with_its_preprocessing_inside_is_fed_as_that_says():
    inside = SimpleNamespace(outside=Scaling.RAW)
    network = built_like("EfficientNet", Scaling.TORCH, inside)
    assert family(network, VARIANTS, from_studio=False) is None
    assert family(built_like("VGG", Scaling.CAFFE).__class__(topology=None, preprocessing=None),
                  VARIANTS, from_studio=False) is None  # fmt: skip


# ----------------------------------------------------------------------- input quantisation


def quantised(scale, zero, levels=(-128, 127)):
    """A network whose input holds levels of a scale."""
    low, high = (scale * (level - zero) for level in levels)
    return SimpleNamespace(told=Told(input_range=(low, high)))


@pytest.mark.parametrize(
    ("scale", "zero", "scaling"),
    [
        (1 / 255, -128, Scaling.UNIT),
        (0.00784, -1, Scaling.SYMMETRIC),
        (1.0, -128, Scaling.RAW),
        (1.0, 0, Scaling.SIGNED),
        (0.01863, -14, Scaling.TORCH),
        (1.0775, -13, Scaling.CAFFE),
    ],
)
def test_the_range_of_a_quantised_input_tells_the_scaling(handful, scale, zero, scaling):
    clue = input_range(quantised(scale, zero), VARIANTS, handful)
    assert {way.chosen["scaling"] for way in clue.allows} == {scaling}
    assert clue.says == f"pictures come in as {scaling}"
    assert clue.assurance is Assurance.CERTAIN
    assert not any(way.blue_first for way in clue.prefers)
    assert weigh(VARIANTS, [clue]).usual.chosen["scaling"] == scaling


def test_a_range_that_was_measured_on_darker_pictures_is_likely(handful):
    clue = input_range(quantised(0.92 / 255, -128), VARIANTS, handful)
    assert {way.chosen["scaling"] for way in clue.allows} == {Scaling.UNIT}
    assert clue.assurance is Assurance.LIKELY


def test_a_range_that_no_scaling_has_says_nothing(handful):
    clue = input_range(quantised(0.3, 0), VARIANTS, handful)
    assert clue.allows is None
    assert clue.figure == "it holds numbers from -38.4 to 38.1"
    assert weigh(VARIANTS, [clue]).assurance is Assurance.GUESS


def test_an_input_of_real_numbers_says_nothing(handful):
    assert input_range(SimpleNamespace(told=Told()), VARIANTS, handful) is None
