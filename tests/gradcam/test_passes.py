"""How many runs a method says it will take is how many it takes."""

import numpy as np
import pytest

import gradcam
from gradcam import passes_of, truth
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks
from tests.gradcam.methods.quick import QUICK, SLOW, explained


@pytest.fixture(scope="module")
def network():
    return KerasNetwork(networks.staged())


@pytest.fixture(scope="module")
def picture():
    rng = np.random.default_rng(3)
    return rng.random((1, networks.SIZE, networks.SIZE, 3), np.float32)


@pytest.mark.parametrize("method", SLOW)
def test_what_is_announced_is_what_runs(network, picture, method):
    told = []
    explained(network, picture, method, tell=lambda done, total: told.append((done, total)))
    size = picture.shape[1:3]
    announced = passes_of(network, method, *size, **QUICK.get(method, {}))
    assert told[-1] == (announced, announced)


def test_counting_runs_nothing(network, monkeypatch):
    monkeypatch.setattr(network, "run", None)
    assert passes_of(network, "rise", 64, 64, masks=1000) == 1000
    assert passes_of(network, "occlusion", 64, 64) > passes_of(network, "occlusion", 64, 64, step=1)


def test_a_method_of_one_run_takes_one(network):
    assert passes_of(network, "grad-cam", 64, 64) == 1


def test_score_cam_takes_one_for_each_channel_of_its_layer(network):
    first, *_, last = network.layers
    runs = [passes_of(network, "score-cam", 64, 64, layer.name) for layer in (first, last)]
    assert runs == [first.channels + 2, last.channels + 2]


def test_measuring_a_heatmap_takes_what_it_says(network, picture, monkeypatch):
    probe = gradcam.Probe(network, picture, tell=lambda done, _: told.append(done))
    told = []
    truth.controlled_figures(probe, 0, np.random.default_rng(0).random((6, 6), np.float32))
    assert told[-1] == truth.figure_passes()


def test_shuffling_makes_the_maps_that_it_says(network, picture):
    told = []
    truth.randomization(network, picture, tell=lambda *counts: told.append(counts))
    assert told[-1] == (1000 * truth.shuffle_maps(network),) * 2
