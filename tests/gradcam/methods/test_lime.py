import re

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods.lime import segments_of
from tests.gradcam import networks

VALUE = gradcam.Target.for_output(0)


# Four parts that meet off the middle: 5 x 3 and 5 x 5 pixels above, 3 x 3 and 3 x 5 below.
PARTS = 2 * (np.arange(8) >= 5)[:, None] + (np.arange(8) >= 3)


def speckled(channels=3):
    """A picture of four parts of different colours, each a little speckled."""
    colours = np.array([[-3, 1, 2], [2, -2, 1], [1, 3, -3], [-1, -2, -2]], np.float32)
    speckles = np.random.default_rng(1).normal(size=(8, 8, 3)) * 0.05
    return (colours[PARTS] + speckles).astype(np.float32)[..., :channels]


PICTURE = speckled()
WEIGHTS = np.random.default_rng(6).uniform(-1, 1, size=(1, 8, 8, 3)).astype(np.float32)


def fit_of(note):
    words = re.match(r"(\d+) segments; the linear fit explains (-?\d+)\xa0% ", note)
    return int(words[1]), int(words[2])


def found_by(model, picture=PICTURE, target=VALUE, **settings):
    network = KerasNetwork(model)
    return gradcam.explain(network, picture[None], None, target, "lime", **settings)


# ------------------------------------------------------------------------------ the segments


def same_parts(one, other):
    """Whether two partitions are the same, whatever their numbers."""
    pairs = len(set(zip(one.ravel(), other.ravel(), strict=True)))
    return pairs == len(np.unique(one)) == len(np.unique(other))


@pytest.mark.parametrize("channels", [1, 3])
def test_what_looks_alike_is_a_segment(channels):
    assert same_parts(segments_of(speckled(channels), 4), PARTS)


def test_rows_stay_rows_where_a_picture_is_wider_than_high():
    parts = 2 * (np.arange(8) >= 5)[:, None] + (np.arange(12) >= 7)
    colours = np.array([[-3, 1, 2], [2, -2, 1], [1, 3, -3], [-1, -2, -2]], np.float32)
    assert same_parts(segments_of(colours[parts], 4), parts)


def test_segments_of_a_grainy_picture_are_firmer_but_no_squares():
    coarse = np.random.default_rng(3).normal(size=(24, 24, 3))
    parts = segments_of(np.kron(coarse, np.ones((4, 4, 1))).astype(np.float32), 40)
    assert parts.max() + 1 >= 20
    borders = np.diff(parts, axis=0) != 0
    assert (borders.any(axis=1) & ~borders.all(axis=1)).any()


@pytest.mark.parametrize("scale", [(20.0, 100.0), (0.01, 0.0), (1.0, -50.0)])
def test_the_scaling_of_the_picture_is_of_no_account(scale):
    factor, offset = scale
    changed = segments_of(PICTURE * factor + offset, 4)
    np.testing.assert_array_equal(changed, segments_of(PICTURE, 4))


@pytest.mark.parametrize(
    ("height", "width", "channels", "wanted"),
    [(32, 32, 3, 40), (96, 96, 3, 40), (16, 40, 1, 20), (160, 120, 3, 60), (8, 8, 3, 400)],
)
def test_there_are_about_as_many_as_wanted_numbered_from_0(height, width, channels, wanted):
    rng = np.random.default_rng(3)
    coarse = rng.normal(size=(height // 4, width // 4, channels))
    picture = np.kron(coarse, np.ones((4, 4, 1))).astype(np.float32)
    parts = segments_of(picture, wanted)
    assert parts.shape == (height, width)
    np.testing.assert_array_equal(np.unique(parts), np.arange(parts.max() + 1))
    aim = min(wanted, height * width // 4)  # of at least four pixels each
    assert aim / 2 <= parts.max() + 1 <= aim * 1.5


@pytest.mark.parametrize("size", [(2, 2), (3, 5), (8, 8), (48, 32)])
@pytest.mark.parametrize("wanted", [4, 40])
def test_a_picture_of_one_colour_is_never_a_single_segment(size, wanted):
    parts = segments_of(np.full((*size, 3), 7.0, np.float32), wanted)
    count = parts.max() + 1
    assert count >= min(4, size[0] * size[1])
    np.testing.assert_array_equal(np.unique(parts), np.arange(count))
    assert np.bincount(parts.ravel()).max() <= np.ceil(size[0] / 2) * np.ceil(size[1] / 2)


# ------------------------------------------------------------------------------- the weights


def summed(inside):
    return np.bincount(PARTS.ravel(), inside.ravel())[PARTS]


@pytest.mark.parametrize(
    ("fill", "hidden"),
    [("zero", 0.0), ("mean", PICTURE.mean(axis=(0, 1)))],
)
def test_of_a_sum_of_pixels_a_segment_weighs_what_it_adds(fill, hidden):
    expected = summed((WEIGHTS[0] * (PICTURE - hidden)).sum(axis=-1))
    model = networks.of_pixels(WEIGHTS, 2.0)
    found = found_by(model, fill=fill, segments=4, samples=4000)
    # The package's ridge pulls the weights a little towards zero.
    assert networks.relative(found.maps[0], expected) < 0.02
    assert found.maps.dtype == np.float32
    assert fit_of(found.notes[0]) == (4, 100)
    assert found.notes[0].endswith("of what it saw.")


def test_a_segment_may_be_hidden_by_its_own_mean_colour():
    # What is left to weigh is how the pixels differ from it.
    means = np.stack([summed(PICTURE[..., c]) / summed(np.ones((8, 8))) for c in range(3)], axis=-1)
    expected = summed((WEIGHTS[0] * 40 * (PICTURE - means)).sum(axis=-1))
    model = networks.of_pixels(WEIGHTS * 40)
    found = found_by(model, fill="segment", segments=4, samples=4000)
    assert networks.relative(found.maps[0], expected) < 0.02


def ridge_by_hand(data, values, alpha=1.0, width=0.25):
    """The weighted ridge of algorithm 1 with a cosine kernel, in the closed form; and its R²."""
    shown = data.mean(axis=1)
    weights = np.sqrt(np.exp(-((1 - np.sqrt(shown)) ** 2) / width**2))
    centred = data - np.average(data, axis=0, weights=weights)
    target = values - np.average(values, weights=weights)
    inner = centred.T @ (weights[:, None] * centred) + alpha * np.eye(data.shape[1])
    found = np.linalg.solve(inner, centred.T @ (weights * target))
    left = (weights * (target - centred @ found) ** 2).sum()
    return found, 1 - left / (weights * target**2).sum()


def drawn_by_the_package(seed, samples, count):
    rng = np.random.RandomState(seed)
    rng.randint(0, 1000)  # it draws a seed for a segmentation that is not used
    data = rng.randint(0, 2, (samples, count))
    data[0] = 1
    return data


@pytest.mark.parametrize("seed", [0, 5])
def test_the_fit_is_the_weighted_ridge_written_out(seed):
    # A product of two parts, which no line fits: y = a * b.
    model = product_of_two_parts()
    found = found_by(model, fill="zero", segments=4, samples=60, seed=seed)
    shown = drawn_by_the_package(seed, 60, 4)
    numbers = segments_of(PICTURE, 4)
    first, last = numbers[0, 0], numbers[-1, -1]
    values = shown[:, first] * shown[:, last].astype(float)
    weights, fit = ridge_by_hand(shown.astype(float), values)
    np.testing.assert_allclose(found.maps[0], weights[numbers], atol=1e-4)
    assert fit_of(found.notes[0]) == (4, round(100 * fit))


def product_of_two_parts(offset=0.0, factor=1.0):
    """y = (factor * a + offset) * (factor * b + offset), where a and b are 1 or hidden."""
    inputs = keras.Input(PICTURE.shape)
    x = keras.layers.Conv2D(3, 1, use_bias=False, name="copy")(inputs)
    pair = keras.layers.Dense(2, name="pair")(keras.layers.Flatten()(x))
    x = keras.layers.Multiply()([pair[:, :1], pair[:, 1:]])
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False, name="y_pred")(x))
    model.get_layer("copy").set_weights([np.eye(3, dtype=np.float32)[None, None]])
    model.get_layer("y_pred").set_weights([np.ones((1, 1), np.float32)])
    kernel = np.zeros((*PICTURE.shape, 2), np.float32)
    for unit, number in enumerate((PARTS[0, 0], PARTS[-1, -1])):
        inside = PICTURE * (number == PARTS)[..., None]
        kernel[..., unit] = factor * inside / (inside**2).sum()
    kernel = kernel.reshape(-1, 2)
    model.get_layer("pair").set_weights([kernel, np.full(2, offset, np.float32)])
    return model


def test_a_network_that_no_line_fits_is_said_to_be_one():
    # Either or: +1 if both parts are shown or neither, else -1.
    found = found_by(product_of_two_parts(-1.0, 2.0), fill="zero", segments=4, samples=500)
    count, percent = fit_of(found.notes[0])
    assert count == 4
    assert percent < 50
    assert found.notes[0].endswith("of what it saw, so read it with care.")


def test_a_target_that_never_changes_is_said_to_stay_the_same():
    found = found_by(networks.of_pixels(0 * WEIGHTS, 0.1), segments=4, samples=60)
    assert not found.maps.any()
    assert found.notes == ("4 segments; whichever were switched off, the target stayed the same.",)


def test_scores_or_logits_are_fitted():
    # Logits far from 0: the score hardly moves, the logit loses what a part is worth.
    weights = np.concatenate([WEIGHTS, 0 * WEIGHTS])
    model = networks.of_pixels(weights, [30, 0], activation="softmax")
    settings = {"fill": "zero", "segments": 4, "samples": 4000}
    expected = summed((WEIGHTS[0] * PICTURE).sum(axis=-1))
    by_logit = found_by(model, target=0, scale="logit", **settings).maps[0]
    assert networks.relative(by_logit, expected) < 0.02
    assert np.abs(found_by(model, target=0, scale="score", **settings).maps).max() < 1e-3


def test_what_is_said_where_nobody_says_otherwise():
    model = networks.of_pixels(WEIGHTS)
    said = {"scale": "score", "fill": "segment", "segments": 40, "samples": 500, "seed": 0}
    plain, again = found_by(model), found_by(model, **said)
    np.testing.assert_array_equal(plain.maps, again.maps)
    assert plain.notes == again.notes


def test_each_picture_has_its_own_note(flat_network, batch):
    found = gradcam.explain(flat_network, batch, None, 0, "lime", segments=9, samples=50)
    assert len(found.notes) == len(batch)
    alone = gradcam.explain(flat_network, batch[2:3], None, 0, "lime", segments=9, samples=50)
    assert alone.notes == found.notes[2:3]
    assert len({fit_of(note) for note in found.notes}) > 1
