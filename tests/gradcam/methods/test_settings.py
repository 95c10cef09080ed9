"""Every parameter of every method changes its maps; so do layer and target, where they should."""

import numpy as np
import pytest

from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks
from tests.gradcam.methods.quick import BLIND, METHODS, explained, off

# For each method and parameter, settings that must give other maps; others stay at their quickest.
CHANGED = {
    ("grad-cam", "pooling"): {"pooling": "sum_abs"},
    ("layer-cam-fused", "layers"): {"layers": 2},
    ("smooth-grad", "of"): {"of": "grad-cam"},
    ("smooth-grad", "samples"): {"samples": 5},
    ("smooth-grad", "noise"): {"noise": 0.4},
    ("smooth-grad", "seed"): {"seed": 1},
    ("integrated-gradients", "fill"): {"fill": "zero"},
    ("integrated-gradients", "steps"): {"steps": 64},
    ("score-cam", "scale"): {"scale": "logit"},
    ("score-cam", "fill"): {"fill": "zero"},
    ("score-cam", "channels"): {"channels": 2},
    ("occlusion", "scale"): {"scale": "logit"},
    ("occlusion", "fill"): {"fill": "zero"},
    ("occlusion", "size"): {"size": 0.25},
    ("occlusion", "step"): {"step": 1.0},
    ("rise", "scale"): {"scale": "logit"},
    ("rise", "fill"): {"fill": "blur"},
    ("rise", "masks"): {"masks": 80},
    ("rise", "cells"): {"cells": 8},
    ("rise", "shown"): {"shown": 0.2},
    ("rise", "seed"): {"seed": 1},
    ("lime", "scale"): {"scale": "logit"},
    ("lime", "fill"): {"fill": "zero"},
    ("lime", "segments"): {"segments": 20},
    ("lime", "samples"): {"samples": 90},
    ("lime", "seed"): {"seed": 1},
    ("random-map", "seed"): {"seed": 1},
}


@pytest.fixture(scope="module")
def network():
    """Three stages of different sizes."""
    return KerasNetwork(networks.staged())


@pytest.fixture(scope="module")
def batch():
    """Pictures whose mean colour is not zero."""
    return networks.pictures(2) + np.float32(0.5)


@pytest.fixture(scope="module")
def plain(network, batch):
    """Each method's maps at its quickest, made once."""
    known = {}

    def of(method):
        if method not in known:
            known[method] = explained(network, batch, method).maps
        return known[method]

    return of


def test_every_registered_parameter_is_in_the_table():
    registered = {(m.name, p.name) for m in METHODS.values() for p in m.parameters}
    assert registered == set(CHANGED)


@pytest.mark.parametrize(("method", "parameter"), CHANGED)
def test_every_parameter_changes_the_maps(network, batch, plain, method, parameter):
    changed = CHANGED[method, parameter]
    assert set(changed) == {parameter}
    found = explained(network, batch, method, **changed).maps
    assert off(found, plain(method)) > 5e-3


WORDS = [(m.name, p) for m in METHODS.values() for p in m.parameters if p.options]


@pytest.mark.parametrize(
    ("method", "parameter"), WORDS, ids=lambda value: getattr(value, "name", value)
)
def test_no_two_options_give_the_same_maps(network, batch, method, parameter):
    found = [
        explained(network, batch, method, **{parameter.name: option}).maps
        for option in parameter.options
    ]
    for number, one in enumerate(found):
        assert all(off(one, other) > 1e-3 for other in found[:number])


@pytest.mark.parametrize("method", METHODS)
def test_another_layer_gives_another_map_where_the_method_says_so(network, batch, plain, method):
    settings = {"of": "grad-cam"} if method == "smooth-grad" else {}
    before = explained(network, batch, method, **settings).maps if settings else plain(method)
    found = explained(network, batch, method, layer="middle", **settings).maps
    if method == "uniform-map":
        assert found.shape != before.shape
    elif METHODS[method].uses_layer:
        assert off(found, before) > 0.01
    else:
        assert off(found, before) == 0.0


@pytest.mark.parametrize("method", METHODS)
def test_another_target_gives_another_map_unless_the_method_knows_no_class(
    network, batch, plain, method
):
    found = explained(network, batch, method, target=0).maps
    if method in BLIND:
        assert off(found, plain(method)) == 0.0
    else:
        assert off(found, plain(method)) > 0.01


@pytest.mark.parametrize("method", [name for name in METHODS if name != "uniform-map"])
def test_another_picture_gives_another_map(network, batch, plain, method):
    maps = plain(method)
    assert off(maps[0], maps[1]) > 0.01
