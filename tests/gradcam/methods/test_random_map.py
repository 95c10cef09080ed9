import numpy as np

from gradcam.methods.random_map import random_map
from tests.gradcam.methods.planes import captured


def of(activations, **settings):
    return random_map(captured(activations, activations), **settings)


ACTIVATIONS = np.random.default_rng(0).normal(size=(3, 60, 50, 2)).astype(np.float32)


def test_numbers_are_even_and_independent():
    maps = of(ACTIVATIONS)
    assert maps.shape == (3, 60, 50)
    assert maps.dtype == np.float32
    for raw in maps:
        shares = np.histogram(raw, bins=10, range=(0, 1))[0] / raw.size
        np.testing.assert_allclose(shares, 0.1, atol=0.025)  # 3000 draws: five deviations
        for turned in (raw[1:] * raw[:-1], raw[:, 1:] * raw[:, :-1]):
            assert abs(turned.mean() - 0.25) < 0.02  # neighbours do not go together


def test_each_picture_has_its_own_whatever_is_beside_it():
    together = of(ACTIVATIONS)
    for number in range(3):
        np.testing.assert_array_equal(together[[number]], of(ACTIVATIONS[[number]]))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert abs(np.corrcoef(together[one].ravel(), together[other].ravel())[0, 1]) < 0.1


def test_the_last_bits_of_the_activations_do_not_enter():
    # They differ with the number of pictures that go through the network at once.
    off = ACTIVATIONS * np.float32(1 + 1e-6)
    np.testing.assert_array_equal(of(off), of(ACTIVATIONS))


def test_another_seed_gives_another_map_and_none_is_seed_0():
    np.testing.assert_array_equal(of(ACTIVATIONS), of(ACTIVATIONS, seed=0))
    assert abs(np.corrcoef(of(ACTIVATIONS, seed=1).ravel(), of(ACTIVATIONS).ravel())[0, 1]) < 0.1
