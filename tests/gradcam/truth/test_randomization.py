"""Shuffled weights: maps that stay alike did not come of what the network learned."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam import NetworkError, Target
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods import Findings, Method, Need
from gradcam.truth import Randomization, Sensitivity, ShuffleStep, randomization
from tests.gradcam import networks

GRAD_CAM = gradcam.METHODS["grad-cam"]
BRIGHTNESS = Method(
    "brightness", "Brightness", "Only the picture.", "none", 2000, Need.GRADIENTS, frozenset(),
    lambda probe: Findings(np.abs(probe.batch).mean(axis=-1)),
)  # fmt: skip


def steps(*similarities):
    return Randomization(
        GRAD_CAM, "last", tuple(ShuffleStep("some", (each,)) for each in similarities)
    )


def test_a_step_has_its_mean_and_spread():
    step = ShuffleStep("some", (1.0, 0.5, 0.0))
    assert step.mean == pytest.approx(0.5)
    assert step.spread == pytest.approx((1 / 6) ** 0.5)


@pytest.mark.parametrize(
    ("similarities", "sensitivity"),
    [
        ((0.49, 0.6, 0.49), Sensitivity.FOLLOWS),
        ((0.5, 0.1, 0.1), Sensitivity.IGNORES_CLASSES),
        ((-0.5, 0.1, 0.1), Sensitivity.IGNORES_CLASSES),
        ((0.1, 0.1, 0.5), Sensitivity.IGNORES_NETWORK),
        ((0.9, 0.1, -0.5), Sensitivity.IGNORES_NETWORK),
    ],
)
def test_the_first_and_the_last_step_decide(similarities, sensitivity):
    assert steps(*similarities).sensitivity is sensitivity


def test_a_map_of_the_picture_alone_is_called_out(flat_network, batch):
    found = randomization(flat_network, batch, BRIGHTNESS)
    assert [step.mean for step in found.steps] == pytest.approx([1.0] * 3)
    assert found.sensitivity is Sensitivity.IGNORES_NETWORK


def test_a_uniform_map_is_called_out(flat_network, batch):
    found = randomization(flat_network, batch, "uniform-map", times=1)
    assert found.sensitivity is Sensitivity.IGNORES_NETWORK


def test_grad_cam_follows_the_network(flat_network, batch):
    found = randomization(flat_network, batch, times=8)
    assert [step.layer for step in found.steps] == ["y_pred", "last", "first"]
    assert [len(step.similarities) for step in found.steps] == [8 * len(batch)] * 3
    assert abs(found.steps[-1].mean) < 0.3
    assert found.sensitivity is Sensitivity.FOLLOWS
    assert (found.method, found.layer) == (GRAD_CAM, "last")


def test_mean_activation_does_not_know_the_output_layer(flat_network, batch):
    found = randomization(flat_network, batch, "mean-activation", times=2)
    assert found.steps[0].mean == pytest.approx(1.0)
    assert found.steps[1].mean < 0.95


def test_layers_below_the_explained_one_are_shuffled_last(flat_network, batch):
    """Mean activation of the first layer feels nothing but that layer's own weights."""
    found = randomization(flat_network, batch, "mean-activation", "first", times=1)
    assert [step.mean for step in found.steps[:2]] == pytest.approx([1.0, 1.0])
    assert found.steps[2].mean < 0.95
    assert found.layer == "first"


def test_each_layer_is_shuffled_within_itself(flat_model, flat_network, batch):
    """By hand: the dense layer's weights permuted as the generator has it, then CAM."""
    found = randomization(flat_network, batch, targets=Target.for_class(1), times=1, seed=5)
    kernel = flat_model.get_layer("y_pred").kernel.numpy()
    shuffled = np.random.default_rng([5, 0]).permutation(kernel.ravel()).reshape(kernel.shape)
    activations = gradcam.capture(flat_network, batch).activations
    expected = [
        gradcam.truth.rank_correlation(own @ kernel[:, 1], own @ shuffled[:, 1])
        for own in activations
    ]
    assert found.steps[0].similarities == pytest.approx(expected, abs=1e-6)


def test_the_network_itself_is_left_alone(flat_network, batch):
    before = [values.copy() for values in flat_network.model.own.get_weights()]
    outputs = flat_network.predict(batch)
    randomization(flat_network, batch, times=1)
    for old, new in zip(before, flat_network.model.own.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_array_equal(outputs, flat_network.predict(batch))


def test_the_same_target_is_asked_of_the_copy(flat_network, batch):
    own = flat_network.predict(batch).argmax(axis=1)
    explicit = [Target.for_class(int(index)) for index in own]
    said = randomization(flat_network, batch, times=1)
    assert said.steps == randomization(flat_network, batch, targets=explicit, times=1).steps
    other = randomization(flat_network, batch, targets=Target.for_class(0), times=1)
    assert other.steps != said.steps


def test_seed_and_settings_make_a_difference(flat_network, batch):
    plain = randomization(flat_network, batch, times=1)
    assert randomization(flat_network, batch, times=1).steps == plain.steps
    assert randomization(flat_network, batch, times=1, seed=1).steps != plain.steps
    pooled = randomization(flat_network, batch, times=1, pooling="sum_abs")
    assert pooled.steps != plain.steps
    twice = randomization(flat_network, batch, times=2)
    for once, both in zip(plain.steps, twice.steps, strict=True):
        assert once.similarities == both.similarities[: len(batch)] != both.similarities[4:]


@pytest.mark.parametrize("build", [networks.mobile, networks.nested_twice])
def test_normalisation_and_nested_layers_are_reached(build, batch):
    network = KerasNetwork(build(keras))
    found = randomization(network, batch[:2], times=1)
    names = [step.layer.rpartition("/")[2] for step in found.steps]
    hidden = ["hidden"] if build is networks.nested_twice else []
    assert names == [
        "y_pred", *hidden, "pointwise_bn", "pointwise", "depthwise_bn", "depthwise", "stem_bn",
        "stem",
    ]  # fmt: skip


def test_it_tells_how_far_it_is(flat_network, batch):
    told = []
    randomization(
        flat_network, batch[:1], "occlusion", times=2, tell=lambda *so_far: told.append(so_far)
    )
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(told) > 3 * 7  # more than once for each map


def test_smaller_parts_are_told_more_often(flat_network, batch):
    def times(chunk):
        told = []
        randomization(
            flat_network, batch[:1], "occlusion", times=1, chunk=chunk,
            tell=lambda *so_far: told.append(so_far),
        )  # fmt: skip
        return len(told)

    assert times(8) > times(64)


def test_who_is_told_may_end_the_work(flat_network, batch):
    class LeftError(Exception):
        pass

    def leave(done, total):
        if done > 0.5 * total:
            raise LeftError

    with pytest.raises(LeftError):
        randomization(flat_network, batch[:1], times=1, tell=leave)


class Forgetful(keras.layers.Layer):
    """What it does is not in its configuration."""

    factor = 1.0

    def call(self, inputs):
        return inputs * self.factor


class Stubborn(Forgetful):
    def get_config(self):
        raise NotImplementedError


@pytest.mark.parametrize("kind", [Forgetful, Stubborn])
def test_a_network_that_cannot_be_copied_is_refused(kind, batch):
    odd = kind()
    odd.factor = 3.0
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.GlobalAveragePooling2D()(odd(keras.layers.Conv2D(4, 3)(inputs)))
    model = networks.seeded(keras.Model(inputs, keras.layers.Dense(3)(x)))
    with pytest.raises(NetworkError, match="cannot be copied"):
        randomization(KerasNetwork(model, "odd.h5"), batch)
