import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import keras
import numpy as np
import pytest
import tensorflow as tf

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks
from tests.waiting import PATIENCE

CLASS = gradcam.Target.for_class


@pytest.fixture(scope="module")
def logits_twin():
    """The network whose outputs are the logits of every one of SOFTMAX_HEADS."""
    return networks.headed(networks.LINEAR)


def captured_by_hand(model, batch, layer, weights):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        logits, seen = networks.logits_by_hand(model, batch, layer, tape)
        explained = tf.reduce_sum(logits * tf.constant(weights, tf.float32))
    return seen.numpy(), tape.gradient(explained, seen).numpy()


def peak_difference(ours, theirs):
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


def maps_of(network, batch, layer=None, target=None):
    return gradcam.compute_maps(gradcam.capture(network, batch, layer, target))


# ------------------------------------------------------------------------------- the numbers


@pytest.mark.parametrize("layer", ["stem", "depthwise_bn", "pointwise_relu"])
@pytest.mark.parametrize("index", range(3))
def test_activations_and_gradients_are_those_of_the_logit(mobile_network, batch, layer, index):
    captured = gradcam.capture(mobile_network, batch, layer, CLASS(index))
    activations, gradients = captured_by_hand(
        mobile_network.model.own, batch, layer, np.eye(3)[[index] * 4]
    )
    assert peak_difference(captured.activations, activations) <= 1e-6
    assert peak_difference(captured.gradients, gradients) <= 1e-5
    assert captured.activations.dtype == captured.gradients.dtype == np.float32


def test_outputs_are_the_network_s_own(mobile_network, batch):
    captured = gradcam.capture(mobile_network, batch, target=CLASS(0))
    expected = mobile_network.model.own.predict(batch, verbose=0)
    np.testing.assert_allclose(captured.outputs, expected, atol=1e-6)
    np.testing.assert_allclose(captured.outputs.sum(axis=1), 1.0, atol=1e-6)


@pytest.mark.parametrize("tail", networks.SOFTMAX_HEADS.values(), ids=networks.SOFTMAX_HEADS)
def test_every_way_to_write_a_softmax_is_explained_by_its_logits(tail, logits_twin, batch):
    model = networks.headed(tail)
    network = KerasNetwork(model)
    for index in range(3):
        captured = gradcam.capture(network, batch, target=CLASS(index))
        expected = captured_by_hand(logits_twin, batch, "last", np.eye(3)[[index] * 4])
        assert peak_difference(captured.gradients, expected[1]) <= 1e-5
        np.testing.assert_allclose(captured.outputs, model.predict(batch, verbose=0), atol=1e-6)


@pytest.mark.parametrize(
    "tail", networks.LOG_SOFTMAX_HEADS.values(), ids=networks.LOG_SOFTMAX_HEADS
)
def test_a_log_softmax_is_explained_by_its_logits_and_scored_by_its_shares(
    tail, logits_twin, batch
):
    model = networks.headed(tail)
    network = KerasNetwork(model)
    captured = gradcam.capture(network, batch, target=CLASS(1))
    expected = captured_by_hand(logits_twin, batch, "last", np.eye(3)[[1] * 4])
    assert peak_difference(captured.gradients, expected[1]) <= 1e-5
    np.testing.assert_allclose(captured.outputs, model.predict(batch, verbose=0), atol=1e-6)
    scores = gradcam.class_scores(network, captured.outputs)
    np.testing.assert_allclose(scores, np.exp(captured.outputs), atol=1e-6)


def test_a_hard_sigmoid_s_shares_are_not_squashed_again(batch):
    network = KerasNetwork(networks.headed(networks.SIGMOID_HEADS["hard"]))
    outputs = network.predict(batch)
    scores = gradcam.class_scores(network, outputs)
    np.testing.assert_array_equal(scores, np.concatenate([1 - outputs, outputs], axis=1))


def test_plain_logits_are_explained_as_they_are(logits_twin, batch):
    captured = gradcam.capture(KerasNetwork(logits_twin), batch, target=CLASS(2))
    expected = captured_by_hand(logits_twin, batch, "last", np.eye(3)[[2] * 4])
    assert peak_difference(captured.gradients, expected[1]) <= 1e-5
    np.testing.assert_allclose(captured.outputs, logits_twin.predict(batch, verbose=0), atol=1e-6)


@pytest.mark.parametrize("tail", networks.SIGMOID_HEADS.values(), ids=networks.SIGMOID_HEADS)
def test_one_sigmoid_unit_is_plus_and_minus_its_logit(tail, batch):
    model, twin = networks.headed(tail), networks.headed(networks.ONE_VALUE)
    network = KerasNetwork(model)
    expected = captured_by_hand(twin, batch, "last", [[1.0]])[1]
    for index, sign in ((1, 1.0), (0, -1.0)):
        captured = gradcam.capture(network, batch, target=CLASS(index))
        assert peak_difference(captured.gradients, sign * expected) <= 1e-5
        np.testing.assert_allclose(
            captured.outputs.ravel(), model.predict(batch, verbose=0).ravel(), atol=1e-6
        )


def test_several_sigmoids_are_explained_by_their_logits(logits_twin, batch):
    tail = networks.headed(lambda k, x: k.layers.Dense(3, activation="sigmoid")(x))
    captured = gradcam.capture(KerasNetwork(tail), batch, target=CLASS(1))
    expected = captured_by_hand(logits_twin, batch, "last", np.eye(3)[[1] * 4])
    assert peak_difference(captured.gradients, expected[1]) <= 1e-5
    np.testing.assert_allclose(captured.outputs, tail.predict(batch, verbose=0), atol=1e-6)


def tanh(k, x):
    return k.layers.Dense(3, activation="tanh", name="y_pred")(x)


@pytest.mark.parametrize("tail", [tanh, networks.softmax_by_arithmetic])
def test_an_activation_that_is_no_softmax_stays_on(tail, batch):
    """The output is explained as it is: the tape goes through all of the network's end."""
    model = networks.headed(tail)
    target = gradcam.Target.for_output(1)
    captured = gradcam.capture(KerasNetwork(model), batch, target=target)
    last = model.get_layer("last")
    end = keras.Model(last.output, model.output)
    seen = last(batch)
    with tf.GradientTape() as tape:
        tape.watch(seen)
        explained = tf.reduce_sum(end(seen)[:, 1])
    assert peak_difference(captured.gradients, tape.gradient(explained, seen).numpy()) <= 1e-5
    np.testing.assert_allclose(captured.outputs, model.predict(batch, verbose=0), atol=1e-6)


@pytest.mark.parametrize("index", [0, 1])
def test_each_of_two_values_has_its_own_map(index, batch):
    model = networks.headed(networks.TWO_VALUES)
    target = gradcam.Target.for_output(index)
    captured = gradcam.capture(KerasNetwork(model), batch, target=target)
    expected = captured_by_hand(model, batch, "last", np.eye(2)[[index] * 4])
    assert peak_difference(captured.gradients, expected[1]) <= 1e-5


@pytest.mark.parametrize("unit", range(4))
def test_units_of_two_output_tensors_are_numbered_through(unit, batch):
    model = networks.headed(networks.two_outputs)
    captured = gradcam.capture(KerasNetwork(model), batch, target=gradcam.Target.for_output(unit))
    head = model.get_layer("sign" if unit < 3 else "steering")
    conv, flatten = model.get_layer("last"), keras.layers.Flatten()
    with tf.GradientTape() as tape:
        seen = conv(batch)
        tape.watch(seen)
        logits = tf.matmul(flatten(seen), head.kernel)
        explained = tf.reduce_sum(logits[:, unit if unit < 3 else 0])
    assert peak_difference(captured.gradients, tape.gradient(explained, seen).numpy()) <= 1e-5
    np.testing.assert_allclose(
        captured.outputs, np.concatenate(model.predict(batch, verbose=0), axis=1), atol=1e-6
    )


# ------------------------------------------------------------------------------ the target


def test_without_a_target_each_picture_is_explained_for_its_own_class():
    network = KerasNetwork(networks.headed(networks.SOFTMAX_HEADS["dense"]))
    batch = networks.pictures(12, seed=3) * np.float32(4)
    chosen = network.predict(batch).argmax(axis=1)
    assert len(set(chosen)) > 1
    np.testing.assert_array_equal(
        maps_of(network, batch),
        maps_of(network, batch, target=[CLASS(int(index)) for index in chosen]),
    )


def test_without_a_target_a_sigmoid_is_explained_for_the_side_it_took():
    network = KerasNetwork(networks.headed(networks.ONE_SIGMOID))
    batch = networks.pictures(12, seed=3) * np.float32(4)
    sides = (network.predict(batch)[:, 0] >= 0.5).astype(int)
    assert set(sides) == {0, 1}
    np.testing.assert_array_equal(
        maps_of(network, batch), maps_of(network, batch, target=[CLASS(int(s)) for s in sides])
    )


def test_without_a_target_a_single_value_is_explained_by_what_raises_it():
    network = KerasNetwork(networks.headed(networks.ONE_VALUE))
    batch = networks.pictures(12, seed=3) * np.float32(4)
    assert network.predict(batch).min() < 0
    np.testing.assert_array_equal(
        maps_of(network, batch), maps_of(network, batch, target=gradcam.Target.for_output())
    )


def test_each_picture_may_have_its_own_target(flat_network, batch):
    mixed = maps_of(flat_network, batch, target=[CLASS(2), CLASS(0), CLASS(1), CLASS(2)])
    for row, index in enumerate((2, 0, 1, 2)):
        alone = maps_of(flat_network, batch[row : row + 1], target=CLASS(index))
        assert peak_difference(mixed[row], alone[0]) <= 1e-5


def mixed_network():
    return KerasNetwork(networks.headed(networks.SOFTMAX_HEADS["dense"]))


def test_where_a_picture_has_no_target_its_own_class_is_explained():
    network, batch = mixed_network(), networks.pictures(12, seed=3) * np.float32(4)
    chosen = network.predict(batch).argmax(axis=1)
    assert len(set(chosen)) > 1
    targets = [None if row % 2 else CLASS(int(chosen[row] + 1) % 3) for row in range(12)]
    whole = [CLASS(int(chosen[row])) if row % 2 else targets[row] for row in range(12)]
    mixed = gradcam.capture(network, batch, target=targets)
    np.testing.assert_array_equal(
        mixed.gradients, gradcam.capture(network, batch, target=whole).gradients
    )
    own = gradcam.capture(network, batch)
    np.testing.assert_array_equal(mixed.gradients[1::2], own.gradients[1::2])
    for row in range(0, 12, 2):
        assert peak_difference(mixed.gradients[row], own.gradients[row]) > 0.01
    np.testing.assert_allclose(mixed.outputs, own.outputs, atol=1e-6)


def test_no_target_for_any_picture_is_no_target_at_all():
    network, batch = mixed_network(), networks.pictures(4, seed=3) * np.float32(4)
    np.testing.assert_array_equal(
        maps_of(network, batch, target=[None] * 4), maps_of(network, batch)
    )


@pytest.mark.parametrize("tail", [networks.ONE_SIGMOID, networks.ONE_VALUE])
def test_a_single_output_may_have_a_target_for_some_pictures(tail):
    network = KerasNetwork(networks.headed(tail))
    batch = networks.pictures(12, seed=3) * np.float32(4)
    own = maps_of(network, batch)
    given = maps_of(network, batch, target=CLASS(0))
    mixed = maps_of(network, batch, target=[None if row % 3 else CLASS(0) for row in range(12)])
    for row in range(12):
        np.testing.assert_array_equal(mixed[row], own[row] if row % 3 else given[row])
    assert any(not np.array_equal(own[row], given[row]) for row in range(12))


def test_explaining_takes_numbers_of_classes_and_none_in_one_list():
    network, batch = mixed_network(), networks.pictures(4, seed=3) * np.float32(4)
    found = gradcam.explain(network, batch, target=[None, 2, np.int64(1), CLASS(0)]).maps
    own = maps_of(network, batch)
    np.testing.assert_array_equal(found[0], own[0])
    for row, index in ((1, 2), (2, 1), (3, 0)):
        expected = maps_of(network, batch, target=CLASS(index))[row]
        np.testing.assert_array_equal(found[row], expected)


def test_a_target_for_some_pictures_only_costs_no_trace(flat_model, batch):
    network = KerasNetwork(flat_model)
    gradcam.capture(network, batch, "last", CLASS(0))
    function = network.traces["captures", "last"]
    gradcam.capture(network, batch, "last", [None, CLASS(1), None, CLASS(2)])
    gradcam.capture(network, batch[:2], "last", [None, None])
    assert network.traces["captures", "last"] is function


def test_a_target_that_is_not_there_is_refused_among_others(flat_network, batch):
    with pytest.raises(gradcam.GradcamError) as refusal:
        gradcam.capture(flat_network, batch, target=[None, CLASS(0), CLASS(3), None])
    assert str(refusal.value) == ("flat.h5 has 3 classes, numbered from 0; there is no number 3.")


@pytest.mark.parametrize("count", [0, 3, 5])
def test_missing_targets_and_pictures_are_counted(flat_network, batch, count):
    with pytest.raises(gradcam.NetworkError) as refusal:
        gradcam.capture(flat_network, batch, target=[None] * count)
    assert str(refusal.value) == f"{count} targets were given for 4 pictures."


@pytest.mark.parametrize("count", [0, 3, 5])
def test_targets_and_pictures_are_counted(flat_network, batch, count):
    with pytest.raises(gradcam.NetworkError) as refusal:
        gradcam.capture(flat_network, batch, target=[CLASS(0)] * count)
    assert str(refusal.value) == f"{count} targets were given for 4 pictures."


def test_a_target_is_data_so_that_another_class_costs_no_trace(flat_model, batch):
    network = KerasNetwork(flat_model)
    seen = [gradcam.capture(network, batch, "last", CLASS(0))]
    function = network.traces["captures", "last"]
    seen += [gradcam.capture(network, batch, "last", CLASS(index)) for index in (1, 2)]
    gradcam.capture(network, batch, "last", None)
    gradcam.capture(network, batch[:3], "last", [CLASS(2), CLASS(1), CLASS(0)])
    assert list(network.traces) == [("captures", "last")]
    assert network.traces["captures", "last"] is function
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert peak_difference(seen[one].gradients, seen[other].gradients) > 0.01
    gradcam.capture(network, batch, "first", CLASS(0))
    assert list(network.traces) == [("captures", "last"), ("captures", "first")]


def test_a_trace_serves_every_batch_size(flat_model):
    network = KerasNetwork(flat_model)
    batch = networks.pictures(7)
    for layer in ("first", "last"):
        together = gradcam.capture(network, batch, layer, CLASS(1))
        function = network.traces["captures", layer]
        for rows in (slice(0, 1), slice(2, 5), slice(6, 7)):
            alone = gradcam.capture(network, batch[rows], layer, CLASS(1))
            assert peak_difference(together.activations[rows], alone.activations) <= 1e-6
            assert peak_difference(together.gradients[rows], alone.gradients) <= 1e-6
            np.testing.assert_allclose(together.outputs[rows], alone.outputs, atol=1e-6)
        assert network.traces["captures", layer] is function


# ------------------------------------------------------------------------------- the state


def cut_network():
    """`before` does not lead to the output: its gradients are stopped on the way."""
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(3, 3, activation="relu", name="before")(inputs)
    x = keras.ops.stop_gradient(x)
    x = keras.layers.Conv2D(3, 3, activation="relu", name="after")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(3, activation="softmax", name="y_pred")(x)
    return KerasNetwork(networks.seeded(keras.Model(inputs, x)), "cut.h5")


def untouched(network):
    assert all("call" not in layer.__dict__ for layer in network.model.own.layers)
    assert network.model.own.get_layer("y_pred").activation is keras.activations.softmax


def test_explaining_leaves_the_model_as_it_was(batch):
    network = KerasNetwork(networks.flat(keras))
    before = network.model.own.predict(batch, verbose=0)
    for layer in ("first", "last"):
        gradcam.capture(network, batch, layer, CLASS(1))
        untouched(network)
    np.testing.assert_array_equal(network.model.own.predict(batch, verbose=0), before)
    own = network.model.own(batch).numpy()
    np.testing.assert_array_equal(network.model.own(batch).numpy(), own)
    np.testing.assert_allclose(own.sum(axis=1), 1.0, atol=1e-6)


def test_a_layer_that_does_not_lead_to_the_output_is_refused_and_nothing_stays_changed(batch):
    network = cut_network()
    before = network.model.own.predict(batch, verbose=0)
    for _ in range(2):  # a refusal must not leave the layer watched
        with pytest.raises(gradcam.NetworkError) as refusal:
            gradcam.capture(network, batch, "before")
        assert str(refusal.value) == (
            "The layer before of cut.h5 does not lead to the output; choose another one."
        )
        untouched(network)
    assert list(network.traces) == [("captures", "before")]  # one trace told it both times
    np.testing.assert_array_equal(network.model.own.predict(batch, verbose=0), before)
    expected = captured_by_hand_after_the_cut(network.model.own, batch)
    captured = gradcam.capture(network, batch, "after", CLASS(2))
    assert peak_difference(captured.gradients, expected) <= 1e-5


def captured_by_hand_after_the_cut(model, batch):
    seen = model.get_layer("after")(model.get_layer("before")(batch))
    kernel = model.get_layer("y_pred").kernel
    with tf.GradientTape() as tape:
        tape.watch(seen)
        explained = tf.reduce_sum(tf.matmul(tf.reduce_mean(seen, axis=(1, 2)), kernel)[:, 2])
    return tape.gradient(explained, seen).numpy()


def test_an_exception_inside_the_network_leaves_the_model_as_it_was(batch, monkeypatch):
    network = KerasNetwork(networks.flat(keras))
    before = network.model.own.predict(batch, verbose=0)
    pooling = next(x for x in network.model.own.layers if "pooling" in x.name)

    def failing(*args, **kwargs):
        raise OSError("in the middle")

    with monkeypatch.context() as patch:
        patch.setattr(pooling, "call", failing)
        with pytest.raises(OSError, match="in the middle"):
            gradcam.capture(network, batch, "last")
    pooling.__dict__.pop("call", None)  # monkeypatch puts the bound method itself back
    untouched(network)
    assert network.traces == {}
    np.testing.assert_array_equal(network.model.own.predict(batch, verbose=0), before)
    assert gradcam.capture(network, batch, "last").gradients.any()


class Knocked:
    """A lock that tells when somebody finds it taken."""

    def __init__(self, lock, taken):
        self.lock, self.taken = lock, taken

    def __enter__(self):
        if not self.lock.acquire(blocking=False):
            self.taken.set()
            self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def test_a_first_prediction_waits_until_the_activation_is_back(batch, monkeypatch):
    """Were it traced while another thread has the softmax off, it would give logits for ever."""
    model = networks.flat(keras)
    network, forward, readers, predicted = KerasNetwork(model), model.__call__, [], []
    waits_or_is_done = threading.Event()
    network.lock = Knocked(network.lock, waits_or_is_done)

    def predict():
        predicted.append(network.predict(batch))
        waits_or_is_done.set()

    def interrupted(inputs, training=None):
        if not readers:
            readers.append(threading.Thread(target=predict))
            readers[0].start()
            assert waits_or_is_done.wait(PATIENCE)
            assert predicted == []
        return forward(inputs, training=training)

    monkeypatch.setattr(network.model, "own", interrupted)
    gradcam.capture(network, batch, "last", CLASS(0))
    readers[0].join()
    np.testing.assert_allclose(predicted[0], model.predict(batch, verbose=0), atol=1e-6)


def test_eight_threads_explain_different_layers_as_if_alone(batch):
    layers = networks.EXPLAINABLE["mobile"][:8]
    quiet = KerasNetwork(networks.mobile(keras))
    alone = {layer: maps_of(quiet, batch, layer, CLASS(1)) for layer in layers}
    network = KerasNetwork(networks.mobile(keras))
    gate = threading.Barrier(8)

    def work(layer):
        gate.wait(PATIENCE)
        return maps_of(network, batch, layer, CLASS(1)), network.predict(batch)

    with ThreadPoolExecutor(8) as pool:
        found = dict(zip(layers, pool.map(work, layers), strict=True))
    captures = [names for what, *names in network.traces if what == "captures"]
    assert sorted(captures) == sorted([layer] for layer in layers)
    for layer in layers:
        maps, outputs = found[layer]
        np.testing.assert_array_equal(maps, alone[layer])
        np.testing.assert_array_equal(outputs, quiet.predict(batch))
    untouched(network)


# ------------------------------------------------------------------------- odd networks


@pytest.fixture
def half_precision():
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    yield
    keras.mixed_precision.set_dtype_policy(before)


def softmax_in_float32(k, x):
    return k.layers.Activation("softmax", dtype="float32")(k.layers.Dense(3)(x))


def linear_in_float32(k, x):
    x = k.layers.Dense(3, activation="softmax")(x)
    return k.layers.Activation("linear", dtype="float32")(x)


@pytest.mark.parametrize("tail", [softmax_in_float32, linear_in_float32])
def test_half_precision_gives_float32_captures_of_the_logits(
    half_precision, tail, logits_twin, batch
):
    model = networks.headed(tail)
    network = KerasNetwork(model)
    captured = gradcam.capture(network, batch, target=CLASS(1))
    expected = captured_by_hand(logits_twin, batch, "last", np.eye(3)[[1] * 4])
    assert captured.activations.dtype == captured.gradients.dtype == np.float32
    assert captured.outputs.dtype == network.predict(batch).dtype == np.float32
    assert peak_difference(captured.activations, expected[0]) <= 5e-3
    assert peak_difference(captured.gradients, expected[1]) <= 5e-3
    np.testing.assert_allclose(captured.outputs, model.predict(batch, verbose=0), atol=1e-3)


def test_a_dead_network_has_zero_gradients_and_a_reason():
    model = networks.flat(keras)
    model.get_layer("last").bias.assign(np.full(5, -1e3, np.float32))
    captured = gradcam.capture(KerasNetwork(model), networks.pictures(2), target=CLASS(0))
    assert not captured.activations.any()
    for raw in gradcam.compute_maps(captured):
        assert gradcam.degenerate_reason(raw) is gradcam.Degenerate.ZERO
        assert not gradcam.normalize(raw).any()


def called_twice(k, size=8):
    """conv(conv(x)) with one and the same convolution, all of its weights chosen by hand."""
    shared = k.layers.Conv2D(1, 1, activation="relu", name="shared")
    inputs = k.Input((size, size, 1))
    x = k.layers.Flatten()(shared(shared(inputs)))
    model = k.Model(inputs, k.layers.Dense(2, name="y_pred")(x))
    head = np.stack([np.arange(size * size), -np.ones(size * size)], axis=1)
    model.set_weights([np.full((1, 1, 1, 1), 3.0), np.ones(1), head, np.zeros(2)])
    return model


def test_of_a_layer_that_is_called_twice_the_last_call_is_explained():
    network = KerasNetwork(called_twice(keras))
    batch = np.arange(2 * 64, dtype=np.float32).reshape(2, 8, 8, 1) / 64
    captured = gradcam.capture(network, batch, "shared", CLASS(0))
    # First 3x + 1, then 3(3x + 1) + 1; the first call's gradient would be three times as large.
    np.testing.assert_allclose(captured.activations, 9 * batch + 4, rtol=1e-6)
    np.testing.assert_allclose(captured.gradients[1, :, :, 0], np.arange(64).reshape(8, 8))
    other = gradcam.capture(network, batch, "shared", CLASS(1))
    np.testing.assert_allclose(other.gradients, np.full((2, 8, 8, 1), -1.0))


def test_of_a_network_that_looks_twice_the_last_look_is_explained(batch):
    """A nested network is called for the picture and for its negative."""
    inner = keras.Input((16, 16, 3))
    conv = keras.layers.Conv2D(4, 3, activation="relu", name="conv")
    base = keras.Model(inner, conv(inner), name="base")
    inputs = keras.Input((16, 16, 3))
    looks = [base(inputs), base(keras.layers.Rescaling(-1.0)(inputs))]
    x = keras.layers.Flatten()(keras.layers.Subtract(name="both")(looks))
    network = KerasNetwork(
        networks.seeded(keras.Model(inputs, keras.layers.Dense(3, name="y_pred")(x)))
    )
    captured = gradcam.capture(network, batch, "base/conv", CLASS(1))
    np.testing.assert_allclose(captured.activations, conv(-batch), atol=1e-6)
    kernel = network.operation("y_pred").details.kernel[:, 1].numpy().reshape(14, 14, 4)
    np.testing.assert_allclose(captured.gradients[0], -kernel, atol=1e-6)


def test_what_lowers_a_value_and_a_contrast_are_sums_of_other_captures(flat_network, batch):
    def gradients(target):
        return gradcam.capture(flat_network, batch, target=target).gradients

    contrast = gradients(gradcam.Target.contrast(2, 0))
    expected = gradients(CLASS(2)) - gradients(CLASS(0))
    assert peak_difference(contrast, expected) <= 1e-5
    raises = gradients(gradcam.Target.for_output(1))
    lowers = gradients(gradcam.Target.for_output(1, lowers=True))
    np.testing.assert_array_equal(lowers, -raises)


# ------------------------------------------------------------------------- several layers at once


def test_several_layers_in_one_run_are_what_each_is_alone(mobile_network):
    pictures = networks.pictures(2)
    names = [layer.name for layer in mobile_network.layers]
    target = [gradcam.Target.for_class(1), None]
    found = gradcam.capture_layers(mobile_network, pictures, names, target)
    assert list(found) == names
    for name in names[:: len(names) // 3]:
        alone = gradcam.capture(mobile_network, pictures, name, target)
        for field in ("activations", "gradients", "outputs"):
            own, expected = getattr(found[name], field), getattr(alone, field)
            scale = np.abs(expected).max()
            np.testing.assert_allclose(own, expected, atol=1e-5 * scale, rtol=1e-4)


def test_of_several_layers_those_that_do_not_lead_to_the_output_are_left_out(batch):
    network = cut_network()
    for _ in range(2):
        found = gradcam.capture_layers(network, batch, ["before", network.default_layer.name])
        assert list(found) == [network.default_layer.name]
    with pytest.raises(gradcam.NetworkError, match="no explainable layer named 'other'"):
        gradcam.capture_layers(network, batch, ["other"])


def test_a_target_of_many_pictures_is_worked_out_once(flat_network, batch, monkeypatch):
    asked, own = [], gradcam.targets.target_weights
    module = import_module("gradcam.capture")  # behind the function of the same name
    monkeypatch.setattr(
        module, "target_weights", lambda *given: asked.append(given[1]) or own(*given)
    )
    targets = [CLASS(0), CLASS(1), None, CLASS(0)]
    mixed = gradcam.capture(flat_network, batch, target=targets)
    assert asked == [CLASS(0), CLASS(1)]
    for number, target in enumerate(targets):
        alone = gradcam.capture(flat_network, batch[number : number + 1], target=target)
        np.testing.assert_allclose(mixed.gradients[number], alone.gradients[0], atol=1e-6)
