"""A map's figures beside those of chance and of nothing."""

import numpy as np
import pytest

from gradcam.layers import Layer
from gradcam.truth import (
    confidence,
    controlled_figures,
    deletion,
    insertion,
    map_figures,
    random_maps,
    uniform_control,
)
from tests.gradcam.truth.conftest import PATCH

LAYER = Layer("some", "Conv2D", 3, 5, 7)


def test_random_maps_are_as_coarse_as_the_layer():
    some = list(random_maps(LAYER, 4))
    assert [one.shape for one in some] == [(3, 5)] * 4
    assert len({one.tobytes() for one in some}) == 4
    assert all(0 <= one.min() < one.max() < 1 for one in some)


def test_the_seed_draws_anew_and_the_same_again():
    first, again, other = (next(random_maps(LAYER, 1, seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_uniform_map_is_one_everywhere():
    np.testing.assert_array_equal(uniform_control(LAYER), np.ones((3, 5)))


def test_of_a_class_the_figures_are_curves_and_confidence(class_probe):
    found = map_figures(class_probe, 1, PATCH, steps=4, fill="zero")
    for ours, curve in ((found.deletion, deletion), (found.insertion, insertion)):
        alone = curve(class_probe, 1, PATCH, steps=4, fill="zero")
        np.testing.assert_array_equal(ours.values, alone.values)
    seen = confidence(class_probe, 1, PATCH, "zero")
    assert (found.drop, found.increase, found.change) == (seen.drop, seen.increase, seen.change)


def test_of_a_value_the_distance_is_read(value_probe):
    found = map_figures(value_probe, 0, PATCH, steps=4, fill="zero")
    np.testing.assert_allclose(found.deletion.values, [0, 1, 1, 1, 1], atol=1e-6)
    np.testing.assert_allclose(found.insertion.values, [1, 0, 0, 0, 0], atol=1e-6)


def test_of_a_value_what_lowers_it_counts_as_much(value_probe):
    for raw in (PATCH, -PATCH):
        found = map_figures(value_probe, 0, raw, steps=4, fill="zero")
        assert found.deletion.area == pytest.approx(0.875)
        assert found.insertion.area == pytest.approx(0.125)


def test_of_a_class_what_speaks_against_it_goes_last(class_probe):
    with_sign = map_figures(class_probe, 0, -PATCH, steps=4, fill="zero").deletion
    assert with_sign.values[3] > 0.9


def test_the_comparison_has_the_mean_of_chance(class_probe):
    found = controlled_figures(class_probe, 1, PATCH, steps=5, fill="mean", seeds=3, seed=4)
    chance = [
        map_figures(class_probe, 1, raw, steps=5, fill="mean")
        for raw in random_maps(class_probe.layer, 3, 4)
    ]
    for name in ("drop", "increase", "change"):
        mean = np.mean([getattr(one, name) for one in chance])
        assert getattr(found.random, name) == pytest.approx(mean)
    for name in ("deletion", "insertion"):
        mean = np.mean([getattr(one, name).values for one in chance], axis=0)
        np.testing.assert_allclose(getattr(found.random, name).values, mean, rtol=1e-6)
    np.testing.assert_allclose(  # other batches: the last bit is the processor's
        found.uniform.deletion.values,
        deletion(class_probe, 1, np.ones((8, 8), np.float32), steps=5, fill="mean").values,
        rtol=1e-6,
    )
    own = map_figures(class_probe, 1, PATCH, steps=5, fill="mean")
    numbers = (found.own.deletion.area, found.own.drop)
    assert numbers == pytest.approx((own.deletion.area, own.drop), rel=1e-6)


@pytest.mark.parametrize("probe", ["class_probe", "value_probe"])
def test_the_oracle_beats_chance_and_its_inverse_does_not(probe, request):
    probe = request.getfixturevalue(probe)
    best, worst = (controlled_figures(probe, 0, raw, seeds=2) for raw in (PATCH, 1.0 - PATCH))
    assert best.deletion_beats_random
    assert best.insertion_beats_random
    assert not worst.deletion_beats_random
    assert not worst.insertion_beats_random
