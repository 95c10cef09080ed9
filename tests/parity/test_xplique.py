"""Maps equal those of xplique where it defines the method as we do, or differs by what is known.

Its gradients are of what the network returns, whatever its `output_layer` says, so it gets the
network with a linear head.
"""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.drawn import DrawnArrays
from tests.gradcam import networks
from tests.gradcam.networks import relative

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from xplique.attributions import IntegratedGradients, Occlusion, Rise

SAME = 1e-5
HEIGHT, WIDTH = 12, 18
GREY = 0.25  # of every picture and colour the mean
FILLS = {"zero": 0.0, "mean": GREY}
QUESTIONS = [("score", "zero"), ("logit", "mean")]
TARGETS = [2, 0]


def oblong(activation):
    inputs = keras.Input((HEIGHT, WIDTH, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu", padding="same", name="first")(inputs)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Conv2D(6, 3, activation="relu", name="last")(x)
    x = keras.layers.Dense(3, activation=activation)(keras.layers.Flatten()(x))
    return networks.seeded(keras.Model(inputs, x), seed=3)


@pytest.fixture(scope="module")
def models():
    """What xplique asks for the score and for the logit: the same network with two heads."""
    return {"score": oblong("softmax"), "logit": oblong("linear")}


@pytest.fixture(scope="module")
def network():
    return KerasNetwork(oblong("softmax"))


@pytest.fixture(scope="module")
def batch():
    """Two pictures; their mean colour is one that xplique, which fills with a number, can have."""
    drawn = np.random.default_rng(9).uniform(-1.0, 1.0, (len(TARGETS), HEIGHT, WIDTH, 3))
    centred = drawn - drawn.mean(axis=(1, 2), keepdims=True) + GREY
    return centred.astype(np.float32)


def explained_by(peer, batch):
    return np.asarray(peer(batch, np.eye(3, dtype=np.float32)[TARGETS]))[..., 0]


def assert_same(ours, theirs):
    for own, other in zip(ours, theirs, strict=True):
        assert relative(own, other) < SAME


@pytest.mark.parametrize("fill", FILLS)
def test_integrated_gradients_equal_those_of_xplique(models, network, batch, fill):
    """Its steps are points, ours intervals; its default takes the mean over colours, ours adds."""
    peer = IntegratedGradients(models["logit"], reducer="sum", steps=17, baseline_value=FILLS[fill])
    ours = gradcam.explain(
        network, batch, target=TARGETS, method="integrated-gradients", fill=fill, steps=16
    )
    assert_same(ours.maps, explained_by(peer, batch))


@pytest.mark.parametrize(("scale", "fill"), QUESTIONS)
def test_occlusion_with_patches_side_by_side_equals_that_of_xplique(
    models, network, batch, scale, fill
):
    peer = Occlusion(models[scale], patch_size=3, patch_stride=3, occlusion_value=FILLS[fill])
    settings = {"scale": scale, "fill": fill, "size": 3 / HEIGHT, "step": 1.0}
    ours = gradcam.explain(network, batch, target=TARGETS, method="occlusion", **settings)
    assert_same(ours.maps, explained_by(peer, batch))


def test_occlusion_with_overlapping_patches_is_the_mean_of_what_xplique_adds_up(
    models, network, batch
):
    """A sum shows where many patches meet; the mean does not."""
    peer = Occlusion(models["score"], patch_size=4, patch_stride=2)
    meeting = np.zeros((HEIGHT, WIDTH))
    for row in range(0, HEIGHT - 3, 2):
        for column in range(0, WIDTH - 3, 2):
            meeting[row : row + 4, column : column + 4] += 1
    settings = {"fill": "zero", "size": 4 / HEIGHT, "step": 0.5}
    ours = gradcam.explain(network, batch, target=TARGETS, method="occlusion", **settings)
    assert_same(ours.maps * meeting, explained_by(peer, batch))


@pytest.mark.parametrize(("scale", "fill"), QUESTIONS)
def test_rise_on_the_masks_of_xplique_equals_it_but_for_the_mean_that_we_take_off(
    models, network, batch, scale, fill, monkeypatch
):
    """Its masks are no measure: all of one pass are shifted alike, the paper shifts each."""
    drawn, values = [], []
    show = Rise._apply_masks

    def shown(*given):
        seen, masks = show(*given)
        drawn.append(masks[..., 0].numpy())
        return seen, masks

    def asked(*given):
        values.append(ask(*given))
        return values[-1]

    monkeypatch.setattr(Rise, "_apply_masks", staticmethod(shown))
    monkeypatch.setattr(Rise, "EPSILON", 0.0)  # of the denominator
    tf.random.set_seed(4)
    peer = Rise(models[scale], batch_size=16, nb_samples=64, grid_size=5, mask_value=FILLS[fill])
    ask, peer.inference_function = peer.inference_function, asked
    theirs = explained_by(peer, batch)
    mean = np.reshape(values, (len(batch), 1, -1)).mean(axis=2, keepdims=True)

    monkeypatch.setattr(network, "drawn", DrawnArrays(0))  # ours are kept for the next picture
    again = iter(drawn)  # for each picture they are shifted anew
    monkeypatch.setattr("gradcam.methods.rise.RandomMasks.enlarged", lambda *_: next(again))
    settings = {"scale": scale, "fill": fill, "masks": 64}
    ours = gradcam.explain(network, batch, target=TARGETS, method="rise", chunk=16, **settings)
    assert_same(ours.maps + mean, theirs)
