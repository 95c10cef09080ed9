"""Maps that are only rounding count as zero and say so, whatever method made them."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam import Capture, Degenerate, Probe
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods import run_method
from gradcam.rounding import capture_floors, settled, uncancelled
from tests.gradcam import networks

k = keras.layers


def attention_pooling():
    """A softmax over places does not change when all scores rise: Grad-CAM of these is zero."""
    inputs = keras.Input((16, 16, 3))
    x = k.Conv2D(6, 3, padding="same", activation="relu", name="features")(inputs)
    scores = k.Softmax(axis=1)(k.Reshape((256, 1))(k.Conv2D(1, 1, name="score")(x)))
    x = k.Flatten()(k.Dot(axes=1)([k.Reshape((256, 6))(x), scores]))
    return KerasNetwork(networks.seeded(keras.Model(inputs, k.Dense(3, name="y_pred")(x))))


@pytest.mark.parametrize("strength", [0.1, 1.0, 30.0])
def test_grad_cam_of_an_attention_score_shows_nothing(strength):
    network = attention_pooling()
    batch = networks.pictures(8) * np.float32(strength)
    result = gradcam.explain(network, batch, "score")
    for raw, note in zip(result.maps, result.notes, strict=True):
        assert gradcam.degenerate_reason(raw) is Degenerate.ZERO
        assert note == "" or note.startswith("It counts as zero because it is rounding")
    assert any(result.notes)
    hires = gradcam.explain(network, batch, "score", method="hires-cam").maps
    assert all(gradcam.degenerate_reason(raw) is not Degenerate.ZERO for raw in hires)
    assert gradcam.explain(network, batch, "features").maps.any(axis=(1, 2)).all()


def of_one_channel(activations, gradients, logits=None):
    shape = (1, 2, 2, 1)
    values = (np.array(each, np.float32).reshape(shape) for each in (activations, gradients))
    return Capture(*values, np.zeros((1, 2), np.float32), logits)


def test_what_cancels_to_a_share_of_a_hundred_thousandth_is_rounding_by_hand():
    seen = [1.0, 2.0, 3.0, 4.0]
    rounding = gradcam.apply_method(of_one_channel(seen, [1.0, -1.0, 1.0, -1.0 + 2e-5]))
    assert not rounding.maps.any()
    (note,) = rounding.notes
    assert note == (
        "It counts as zero because it is rounding of the arithmetic: at most 2e-05, where rounding "
        "alone may reach 4e-05."
    )
    true = gradcam.apply_method(of_one_channel(seen, [1.0, -1.0, 1.0, -1.0 + 2e-4]))
    np.testing.assert_allclose(true.maps[0].ravel(), np.array(seen) * 5e-5, rtol=2e-3)
    assert true.notes == ("",)


def test_what_moves_a_logit_by_less_than_its_rounding_shows_nothing():
    faint = of_one_channel([1.0, 1.0, 2.0, 1.0], [1e-7] * 4, np.float32([[3.0, -8.0]]))
    assert not gradcam.compute_maps(faint).any()
    faint_too = of_one_channel([1.0, 1.0, 2.0, 1.0], [1e-7] * 4, np.float32([[1e-6, 0.0]]))
    assert gradcam.compute_maps(faint_too).all()
    unknown = of_one_channel([1.0, 1.0, 2.0, 1.0], [1e-7] * 4)
    assert gradcam.compute_maps(unknown).all()


def test_only_maps_that_are_rounding_are_touched():
    maps = np.float32([[[1e-6, 0.0]], [[1.0, -2.0]], [[0.0, 0.0]], [[np.nan, 0.0]]])
    kept, notes = settled(maps, np.full(4, 1e-5))
    np.testing.assert_array_equal(kept[1:], maps[1:])
    assert not kept[0].any()
    assert [bool(note) for note in notes] == [True, False, False, False]
    assert maps[0].any()  # whose they are keeps them


def test_floors_by_hand():
    maps, bare = np.float32([[[0.5, -0.25]]]), np.float32([[[2.0, 8.0]]])
    np.testing.assert_allclose(capture_floors(maps, bare, None), [8e-5])
    np.testing.assert_allclose(capture_floors(maps, bare, np.float32([[7e4]])), [8e-5])
    np.testing.assert_allclose(capture_floors(maps, bare, np.float32([[-8e4]])), [0.5])


def test_what_is_above_zero_already_is_not_copied():
    mixed = of_one_channel([1.0, 0.0, 2.0, 3.0], [-1.0, 2.0, 0.0, 0.5])
    bare = uncancelled(mixed, lambda capture: capture)
    assert bare.activations is mixed.activations
    assert bare.gradients.ravel().tolist() == [1.0, 2.0, 0.0, 0.5]
    unknown = uncancelled(of_one_channel([np.nan, -1.0, 0.0, 1.0], [0.0] * 4), lambda each: each)
    np.testing.assert_array_equal(unknown.activations.ravel(), [np.nan, 1.0, 0.0, 1.0])


class Faint:
    """A network whose answers differ by rounding only, whatever is shown to it."""

    def __init__(self, network, jitter):
        self.own, self.jitter, self.calls = network, jitter, 0

    def __getattr__(self, name):
        return getattr(self.own, name)

    perturbed = gradcam.Network.perturbed

    def predict(self, batch):
        numbers = np.arange(self.calls, self.calls + len(batch), dtype=np.float32)
        self.calls += len(batch)
        share = np.float32(0.7) + np.float32(self.jitter) * np.sin(numbers)
        return np.stack([share, 1 - share], axis=1).astype(np.float32)


@pytest.mark.parametrize("method", ["occlusion", "rise", "lime"])
def test_scores_that_differ_by_rounding_make_no_map(method):
    network = KerasNetwork(networks.flat(keras, classes=2))
    settings = {"masks": 60} if method == "rise" else {}
    settings |= {"samples": 60} if method == "lime" else {}

    def found(jitter):
        probe = Probe(
            Faint(network, jitter), networks.pictures(1), targets=gradcam.Target.for_class(0)
        )
        return run_method(probe, method, **settings)

    silent, loud = found(2e-7), found(0.05)
    assert not silent.maps.any()
    assert "rounding of the arithmetic" in silent.notes[0]
    assert loud.maps.any()
    assert "rounding" not in "".join(loud.notes)


@pytest.mark.parametrize("method", [m.name for m in gradcam.METHODS.values() if m.uses_layer])
def test_no_method_takes_a_true_map_for_rounding(method):
    network = KerasNetwork(networks.sequential(keras))
    probe = Probe(network, networks.pictures(2))
    findings = run_method(probe, method)
    assert np.abs(findings.maps).max(axis=(1, 2)).all()
    if findings.floors is not None:
        assert (np.abs(findings.maps).max(axis=(1, 2)) > 10 * findings.floors).all()
