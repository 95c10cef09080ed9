"""Each method asks for what it needs: with less it cannot work, with that alone it does."""

from dataclasses import replace

import numpy as np
import pytest

import gradcam
from gradcam import NetworkError
from gradcam.abilities import Ability
from tests.gradcam.backends.back_ends import drawn_pictures, drawn_weights
from tests.gradcam.backends.numpy_network import NumpyNetwork, limited_to
from tests.gradcam.methods.quick import METHODS

WEIGHTS = drawn_weights()
FEW = {"rise": {"masks": 50}, "lime": {"samples": 60}, "smooth-grad": {"samples": 3},
       "integrated-gradients": {"steps": 8}}  # fmt: skip
# Where a method needs something only with a setting.
WITH = {("smooth-grad", Ability.LAYER_GRADIENTS): {"of": "grad-cam"}}


@pytest.fixture(scope="module")
def batch():
    return drawn_pictures(2)


@pytest.mark.parametrize("method", METHODS)
def test_what_it_asks_for_is_enough(batch, method):
    asked = dict(layer="relu", target=1, method=method, **FEW.get(method, {}))
    bare = limited_to(*METHODS[method].asks)(WEIGHTS)
    found = gradcam.explain(bare, batch, **asked)
    whole = gradcam.explain(NumpyNetwork(WEIGHTS), batch, **asked)
    np.testing.assert_array_equal(found.maps, whole.maps)
    assert found.notes == whole.notes


@pytest.mark.parametrize(
    ("method", "ability"),
    [
        (name, ability)
        for name, method in METHODS.items()
        for ability in sorted(method.asks - {Ability.PREDICTIONS})
    ],
)
def test_all_that_it_asks_for_is_needed(batch, method, ability):
    """Were it not asked for, the method would fail in the middle, or draw what is no number."""
    missing = {ability} | ({Ability.LAYER_GRADIENTS} if ability is Ability.ACTIVATIONS else set())
    lacking = limited_to(*(set(Ability) - missing))(WEIGHTS)
    heedless = replace(METHODS[method], asks=frozenset())
    settings = FEW.get(method, {}) | WITH.get((method, ability), {})
    try:
        maps = gradcam.explain(lacking, batch, "relu", 1, heedless, **settings).maps
    except NetworkError as refusal:
        assert str(refusal) == f"numpy does not give {ability.value}."  # noqa: PT017
    else:
        assert np.isnan(maps).all()
