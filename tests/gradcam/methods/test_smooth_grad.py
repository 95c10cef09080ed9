import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods.smooth_grad import OF, noisy
from tests.gradcam import networks

VALUE = gradcam.Target.for_output(0)
PICTURE = np.random.default_rng(5).normal(size=(1, 4, 6, 3)).astype(np.float32)
WEIGHTS = np.random.default_rng(6).normal(size=(1, 4, 6, 3)).astype(np.float32)


def maps_of(network, target=VALUE, batch=PICTURE, **settings):
    return gradcam.explain(network, batch, None, target, "smooth-grad", **settings).maps


def test_of_a_sum_of_pixels_it_is_the_plain_gradient_whatever_the_noise():
    network = KerasNetwork(networks.of_pixels(WEIGHTS, 2.0))
    for noise in (0.01, 0.5):
        found = maps_of(network, noise=noise, samples=3)
        np.testing.assert_allclose(found, np.abs(WEIGHTS).sum(axis=-1), rtol=1e-5)


def noise_of(seed, samples, deviation):
    rng = np.random.default_rng(seed)
    return deviation * np.array(
        [rng.standard_normal(PICTURE.shape[1:], np.float32) for _ in range(samples)]
    )


@pytest.mark.parametrize(
    ("samples", "noise", "seed"), [(2, 0.15, 0), (5, 0.15, 0), (5, 0.5, 0), (5, 0.15, 3)]
)
def test_of_a_sum_of_squares_the_noise_can_be_seen(samples, noise, seed):
    # The gradient is 2 w x; the mean one 2 w (x + the mean noise), its sign taken off afterwards.
    network = KerasNetwork(networks.of_pixels(WEIGHTS, power=2))
    found = maps_of(network, samples=samples, noise=noise, seed=seed)
    drawn = noise_of(seed, samples, noise * (PICTURE.max() - PICTURE.min()))
    expected = np.abs(2 * WEIGHTS * (PICTURE + drawn.mean(axis=0))).sum(axis=-1)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_the_paper_s_figures_where_nobody_says_otherwise():
    network = KerasNetwork(networks.of_pixels(WEIGHTS, power=2))
    said = maps_of(network, of="pixels", samples=25, noise=0.15, seed=0)
    np.testing.assert_array_equal(maps_of(network), said)


@pytest.fixture(scope="module")
def leaky():
    """A network for which no two methods are the same."""
    return KerasNetwork(networks.staged())


@pytest.mark.parametrize("of", OF)
def test_of_a_method_it_is_the_mean_of_its_maps(leaky, batch, of):
    target = gradcam.Target.for_class(2)
    found = maps_of(leaky, target, batch, of=of, samples=3, noise=0.3, seed=4)
    rng, maps = np.random.default_rng(4), []
    for _ in range(3):
        drawn = rng.standard_normal((1, *batch.shape[1:]), np.float32)
        changed = np.concatenate([noisy(picture, 0.3, drawn) for picture in batch])
        maps.append(gradcam.compute_maps(gradcam.capture(leaky, changed, None, target), of))
    assert networks.relative(found, np.mean(maps, axis=0)) <= 1e-5
    plain = gradcam.explain(leaky, batch, None, target, of).maps
    assert networks.relative(found, plain) > 0.02


def test_every_method_that_has_gradients_and_one_capture_can_be_smoothed():
    quick = {name for name, method in gradcam.METHODS.items() if not method.slow}
    scores = {"anomaly-score", "finer-anomaly-score"}
    controls = {name for name, method in gradcam.METHODS.items() if method.control}
    assert set(OF) == quick - controls - {"eigen-cam", *scores}  # which have no gradients


def test_noise_is_a_share_of_the_picture_s_own_range():
    picture = np.zeros((1, 2, 3), np.float32)
    picture[0, 0, 0], picture[0, 1, 2] = -1.0, 3.0  # a range of 4
    drawn = np.stack([np.ones_like(picture), -2 * np.ones_like(picture)])
    changed = noisy(picture, 0.25, drawn)
    np.testing.assert_allclose(changed - picture, [np.full((1, 2, 3), v) for v in (1.0, -2.0)])
    assert changed.dtype == np.float32


class Plain(KerasNetwork):
    """Writes down the pictures whose gradients it is asked for."""

    def pixel_gradients(self, batch, weights):
        self.seen = [*getattr(self, "seen", []), batch]
        return super().pixel_gradients(batch, weights)


def test_noise_is_normal_and_the_same_for_all_pictures():
    pictures = np.zeros((2, 60, 60, 3), np.float32)
    pictures[:, 0, 0, 0] = 1.0, 2.0
    network = Plain(networks.of_pixels(np.ones((1, 60, 60, 3), np.float32)))
    maps_of(network, batch=pictures, noise=0.2, samples=40)
    first, second = (np.concatenate(network.seen[turn::2]) for turn in (0, 1))  # in chunks of 32
    assert len(first) == len(second) == 40
    changed = first - pictures[0]
    np.testing.assert_allclose(second - pictures[1], 2 * changed, atol=1e-6)
    assert abs(changed.std() - 0.2) < 0.005
    assert abs(changed.mean()) < 0.005
    assert abs((np.abs(changed) < 0.2).mean() - 0.6827) < 0.01  # within one deviation
    assert np.abs(np.diff(changed, axis=0)).max(axis=(1, 2, 3)).min() > 0.2  # and of each version
