import keras
import numpy as np
import pytest
import tensorflow as tf

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.baseline import baseline
from gradcam.masks import Masks, seen_through
from gradcam.targets import target_weights
from tests.gradcam import networks
from tests.gradcam.networks import relative

CLASS, OUTPUT = gradcam.Target.for_class, gradcam.Target.for_output


def probe_of(network, batch, layer=None, targets=None, **settings):
    return gradcam.Probe(network, batch, layer, targets, **settings)


# --------------------------------------------------------------------------- what is asked


def test_without_targets_each_picture_has_the_class_the_network_chose():
    model, batch = networks.headed(networks.SOFTMAX_HEADS["dense"]), 8 * networks.pictures(8)
    probe = probe_of(KerasNetwork(model), batch)
    expected = model.predict(batch, verbose=0)
    np.testing.assert_allclose(probe.outputs, expected, atol=1e-6)
    assert probe.targets == tuple(CLASS(int(index)) for index in expected.argmax(axis=1))
    assert len(set(probe.targets)) > 1
    assert probe.layer.name == "last"
    assert len(probe) == len(batch)


def test_targets_are_one_for_all_or_one_for_each(flat_network, batch):
    own = probe_of(flat_network, batch).targets
    assert probe_of(flat_network, batch, None, CLASS(2)).targets == (CLASS(2),) * 4
    mixed = (CLASS(2), None, CLASS(0), None)
    assert probe_of(flat_network, batch, None, mixed).targets == (
        CLASS(2),
        own[1],
        CLASS(0),
        own[3],
    )


def test_what_does_not_fit_is_refused(flat_network, batch):
    with pytest.raises(gradcam.NetworkError, match=r"^2 targets were given for 4 pictures\.$"):
        probe_of(flat_network, batch, None, [CLASS(0)] * 2)
    with pytest.raises(gradcam.NetworkError, match="no explainable layer named 'nowhere'"):
        probe_of(flat_network, batch, "nowhere")
    with pytest.raises(gradcam.NetworkError, match="takes pictures of 16 × 16 × 3"):
        probe_of(flat_network, networks.pictures(size=8))
    with pytest.raises(gradcam.GradcamError, match="no number 3"):
        probe_of(flat_network, batch, None, CLASS(3))


def test_a_capture_is_of_the_probe_s_own_question_or_of_another(flat_network, batch):
    targets = [CLASS(2), CLASS(0), CLASS(1), CLASS(1)]
    probe = probe_of(flat_network, batch, "first", targets)
    other = networks.pictures(4, seed=8)
    (versions,) = probe.captures_of(1, other)
    for found, question in (
        (probe.capture(), (batch, "first", targets)),
        (probe.capture("last"), (batch, "last", targets)),
        (versions, (other, "first", CLASS(0))),
    ):
        expected = gradcam.capture(flat_network, *question)
        np.testing.assert_array_equal(found.activations, expected.activations)
        np.testing.assert_array_equal(found.gradients, expected.gradients)


# --------------------------------------------------------------------------------- the values


def one_of(name):
    """A network, pictures, a target, and its logit and the number a person reads, by hand."""
    if name.startswith("cell"):
        model = networks.fomo(networks.GRID_SOFTMAXES["convolution"])
        twin = networks.fomo(networks.GRID_LOGITS)
        batch = networks.wide_pictures()
        cells = twin.predict(batch, verbose=0)
        shares = model.predict(batch, verbose=0)
        if name == "cells":
            target, where = gradcam.Target.for_cells(1), (slice(None), slice(None), slice(None), 1)
            logit, read = (each[where].mean(axis=(1, 2)) for each in (cells, shares))
        else:
            target = gradcam.Target.for_cell(2, 3, 5)
            logit, read = cells[:, 3, 5, 2], shares[:, 3, 5, 2]
        return model, batch, target, logit, read
    batch = networks.pictures(4)
    if name.startswith("sigmoid"):
        model = networks.headed(networks.ONE_SIGMOID)
        z = networks.headed(networks.ONE_VALUE).predict(batch, verbose=0)[:, 0]
        p = 1 / (1 + np.exp(-z))
        return (
            model,
            batch,
            *{
                "sigmoid_yes": (CLASS(1), z, p),
                "sigmoid_no": (CLASS(0), -z, 1 - p),
            }[name],
        )
    if name.startswith("value"):
        model = networks.headed(networks.TWO_VALUES)
        y = model.predict(batch, verbose=0)[:, 1]
        lowers = name == "value_lowered"
        sign = -1 if lowers else 1
        return model, batch, OUTPUT(1, lowers=lowers), sign * y, sign * y
    model = networks.headed(networks.SOFTMAX_HEADS["dense"])
    z = networks.headed(networks.LINEAR).predict(batch, verbose=0)
    p = model.predict(batch, verbose=0)
    return (
        model,
        batch,
        *{
            "class": (CLASS(2), z[:, 2], p[:, 2]),
            "contrast": (gradcam.Target.contrast(2, 0), z[:, 2] - z[:, 0], p[:, 2] - p[:, 0]),
            "unit": (OUTPUT(1), z[:, 1], p[:, 1]),
        }[name],
    )


KINDS = (
    "class", "contrast", "unit", "sigmoid_yes", "sigmoid_no", "value", "value_lowered", "cells",
    "cell",
)  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_the_score_or_the_logit_of_every_kind_of_target(name):
    model, batch, target, logits, scores = one_of(name)
    probe = probe_of(KerasNetwork(model), batch, None, target)
    for scale, expected in (("logit", logits), ("score", scores)):
        found = probe.values(1, batch, scale)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
        assert found.dtype == np.float32
        for picture in range(len(batch)):
            assert probe.value(picture, scale) == pytest.approx(expected[picture], abs=1e-5)
    np.testing.assert_array_equal(probe.values(0, batch), probe.values(0, batch, "score"))
    assert probe.value(0) == probe.value(0, "score")


@pytest.mark.parametrize("scale", list(gradcam.Scale))
def test_each_picture_s_own_target_is_read(flat_network, batch, scale):
    probe = probe_of(flat_network, batch, None, [CLASS(index) for index in (2, 0, 1, 1)])
    for picture, index in enumerate((2, 0, 1, 1)):
        alone = probe_of(flat_network, batch, None, CLASS(index))
        np.testing.assert_array_equal(
            probe.values(picture, batch, scale), alone.values(0, batch, scale)
        )


# ----------------------------------------------------------------------- what follows a layer

CHAINS = {
    "flat": "last",
    "sequential": "first",
    "mobile": "depthwise_bn",
    "nested_once": "base/stem_relu",
    "nested_twice": "front/base/pointwise",
}


def rest(probe, picture, activations):
    """The target's logit where the probe's layer gives something else."""
    own, layer = probe.batch[picture : picture + 1], probe.layer.name
    weights = target_weights(probe.network, probe.targets[picture])
    return probe.network.rest(own, layer, activations) @ weights


def kept_whole(probe, picture, own):
    """The same by the probe, where every channel stays."""
    (logit,) = probe.ablated(picture, own[picture], np.ones((1, own.shape[-1]), np.float32))
    return logit


def logits_from(model, layer, activations):
    """The logits where a layer gives something else: the layers behind it run one by one."""
    *front, last = networks.chain(model)
    names = [each.name for each in front]
    x = tf.constant(activations)
    for each in front[names.index(layer.rpartition("/")[2]) + 1 :]:
        x = each(x, training=False)
    return (tf.matmul(x, last.kernel) + last.bias).numpy()


@pytest.mark.parametrize(("name", "layer"), CHAINS.items())
def test_the_rest_of_the_network_runs_on_what_the_layer_is_said_to_give(name, layer, batch):
    network = KerasNetwork(networks.ARCHITECTURES[name](keras))
    probe = probe_of(network, batch, layer, [CLASS(index) for index in (2, 0, 1, 1)])
    own = probe.capture().activations
    changed = own + np.random.default_rng(0).normal(size=own.shape).astype(np.float32)
    expected = logits_from(network.model.own, layer, changed)
    for picture, index in enumerate((2, 0, 1, 1)):
        found = rest(probe, picture, changed)
        np.testing.assert_allclose(found, expected[:, index], rtol=1e-4, atol=1e-4)
        assert found.dtype == np.float32
    # What the layer gives anyway leads to what the network says anyway.
    for picture in range(len(batch)):
        logit = probe.value(picture, "logit")
        assert kept_whole(probe, picture, own) == pytest.approx(logit, abs=1e-5)
        assert rest(probe, picture, own[[picture]])[0] == pytest.approx(logit, abs=1e-5)


@pytest.mark.parametrize(("name", "layer"), CHAINS.items())
def test_channels_that_are_switched_off_are_zero_in_what_the_layer_gives(name, layer, batch):
    network = KerasNetwork(networks.ARCHITECTURES[name](keras))
    probe = probe_of(network, batch, layer, [CLASS(index) for index in (2, 0, 1, 1)], chunk=3)
    own = probe.capture().activations
    kept = np.random.default_rng(1).integers(0, 2, (7, own.shape[-1])).astype(np.float32)
    for picture, index in enumerate((2, 0, 1, 1)):
        changed = own[picture] * kept[:, None, None]
        expected = logits_from(network.model.own, layer, changed)
        found = probe.ablated(picture, own[picture], kept)
        np.testing.assert_allclose(found, expected[:, index], rtol=1e-4, atol=1e-4)


def skipping(twice=False):
    """y = pooled last convolution + pooled first one; `twice`: the same layer in both places."""
    inputs = keras.Input((8, 8, 3))
    first = keras.layers.Conv2D(3, 3, padding="same", activation="relu", name="first")
    last = first if twice else keras.layers.Conv2D(3, 3, padding="same", name="last")
    early = first(inputs)
    late = last(early)
    pool = keras.layers.GlobalAveragePooling2D()
    outputs = keras.layers.Dense(2, name="y_pred")(keras.layers.Add()([pool(late), pool(early)]))
    return networks.seeded(keras.Model(inputs, outputs))


@pytest.mark.parametrize("twice", [False, True], ids=["a_skip", "a_layer_called_twice"])
def test_what_leads_past_the_layer_is_that_of_the_picture(twice):
    model, batch = skipping(twice), networks.pictures(2, size=8)
    name = "first" if twice else "last"
    probe = probe_of(KerasNetwork(model), batch, name, OUTPUT(1))
    changed = np.random.default_rng(0).normal(size=(5, 8, 8, 3)).astype(np.float32)
    early = model.get_layer("first")(batch).numpy().mean(axis=(1, 2))
    head = model.get_layer("y_pred")
    for picture in range(2):
        pooled = changed.mean(axis=(1, 2)) + early[picture]
        expected = pooled @ head.kernel.numpy() + head.bias.numpy()
        np.testing.assert_allclose(rest(probe, picture, changed), expected[:, 1], atol=1e-5)
        logit = model.predict(batch, verbose=0)[picture, 1]
        own = probe.capture().activations
        assert kept_whole(probe, picture, own) == pytest.approx(logit, abs=1e-5)


def test_what_comes_before_the_layer_is_not_run_again():
    runs = {"before": 0, "behind": 0}

    class Counted(keras.layers.Layer):
        """Passes on and counts how often it really runs."""

        def call(self, x):
            def count(value):
                runs[self.name] += 1
                return value

            # Not stateful: TensorFlow may leave it out where nothing depends on it.
            passed = tf.numpy_function(count, [x], x.dtype, stateful=False)
            passed.set_shape(x.shape)
            return passed

        def compute_output_shape(self, shape):
            return shape

    inputs = keras.Input((8, 8, 3))
    x = Counted(name="before")(keras.layers.Conv2D(3, 3, name="first")(inputs))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="last")(x)
    x = Counted(name="behind")(x)
    outputs = keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(x))
    model = networks.seeded(keras.Model(inputs, outputs))
    probe = probe_of(KerasNetwork(model), networks.pictures(1, size=8), "last", OUTPUT(0))
    own = np.zeros((3, 4, 4, 4), np.float32)
    kept = np.ones((3, 4), np.float32)
    asks = (lambda: rest(probe, 0, own)), (lambda: probe.ablated(0, own[0], kept))
    for ask in asks:
        ask()  # traced
        runs.update(before=0, behind=0)
        ask()
        assert runs == {"before": 0, "behind": 1}
    probe.values(0, networks.pictures(3, size=8))
    assert runs == {"before": 1, "behind": 2}


def test_the_rest_of_one_layer_is_not_that_of_another(mobile_network, batch):
    one, other = (probe_of(mobile_network, batch, name, CLASS(0)) for name in ("stem", "pointwise"))
    for probe in (one, other, one):
        own = probe.capture().activations
        assert kept_whole(probe, 0, own) == pytest.approx(probe.value(0, "logit"), abs=1e-5)


def test_half_precision_runs_its_rest_in_half_precision(batch):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = networks.flat(keras)
    finally:
        keras.config.set_dtype_policy("float32")
    probe = probe_of(KerasNetwork(model), batch, "first", CLASS(1))
    own = probe.capture().activations
    for picture in range(4):
        logit = probe.value(picture, "logit")
        assert rest(probe, picture, own[[picture]])[0] == pytest.approx(logit, abs=5e-3)
        assert kept_whole(probe, picture, own) == pytest.approx(logit, abs=5e-3)


def test_layers_may_have_any_name(batch):
    # Traces of layers and those of the probe are kept in one place.
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(3, 3, strides=2, name="pixels")(inputs)
    x = keras.layers.Conv2D(4, 3, activation="relu", name="logits")(x)
    x = keras.layers.Dense(3, activation="softmax")(keras.layers.GlobalAveragePooling2D()(x))
    network = KerasNetwork(networks.seeded(keras.Model(inputs, x)))
    for layer in ("logits", "pixels"):
        probe = probe_of(network, batch, layer, CLASS(1))
        probe.capture()
        assert probe.values(0, batch, "logit").shape == (4,)
        assert probe.pixel_gradients(0, batch).shape == batch.shape
        assert probe.capture().activations.shape[-1] == probe.layer.channels


# -------------------------------------------------------------------------------- the pixels


@pytest.mark.parametrize("name", networks.ARCHITECTURES)
def test_pixel_gradients_are_those_of_a_tape(name, batch):
    model = networks.ARCHITECTURES[name](keras)
    classes = [2, 0, 1, 1]
    probe = probe_of(KerasNetwork(model), batch, None, [CLASS(index) for index in classes])
    pixels = tf.constant(batch)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        logits, _ = networks.logits_by_hand(model, pixels)
        explained = tf.reduce_sum(logits * tf.one_hot(classes, 3))
    expected = tape.gradient(explained, pixels).numpy()
    for picture in range(4):
        found = probe.pixel_gradients(picture, batch[[picture]])
        assert relative(found, expected[[picture]]) <= 1e-5
        assert found.dtype == np.float32


def test_versions_of_one_picture_have_its_target(flat_network, batch):
    targets = [CLASS(2), CLASS(0), CLASS(1), CLASS(1)]
    probe = probe_of(flat_network, batch, None, targets)
    seven = networks.pictures(7, seed=3)
    expected = probe_of(flat_network, seven, None, CLASS(0)).pixel_gradients(0, seven)
    np.testing.assert_array_equal(probe.pixel_gradients(1, seven), expected)
    few = probe_of(flat_network, batch, None, targets, chunk=2)
    assert relative(few.pixel_gradients(1, seven), expected) <= 1e-6


# ------------------------------------------------------------------------ seen through masks


def coarse(count, seed=0):
    return np.random.default_rng(seed).random((count, 3, 2), np.float32)


@pytest.mark.parametrize("scale", list(gradcam.Scale))
def test_what_is_seen_through_masks_is_read_part_by_part(flat_network, batch, scale):
    targets = [CLASS(2), CLASS(0), CLASS(1), CLASS(1)]
    probe = probe_of(flat_network, batch, None, targets, chunk=3)
    fill, masks = probe.fill(1, "blur"), coarse(7)
    seen = seen_through(masks, batch[1], fill)
    expected = probe_of(flat_network, batch, None, targets).values(1, seen, scale)
    parts = list(probe.through_masks(1, Masks.of(masks), fill, scale))
    assert [len(made) for made, _ in parts] == [3, 3, 1]
    np.testing.assert_array_equal(np.concatenate([made for made, _ in parts]), masks)
    for found in (
        np.concatenate([numbers for _, numbers in parts]),
        probe.values_through(1, Masks.of(masks), fill, scale),
    ):
        np.testing.assert_allclose(found, expected, atol=1e-6)
    assert np.ptp(expected) > 1e-4


def test_the_gradients_of_what_is_seen_through_masks(flat_network, batch):
    probe = probe_of(flat_network, batch, None, [CLASS(index) for index in (2, 0, 1, 1)], chunk=3)
    fill, masks = probe.fill(2, "zero"), coarse(7)
    expected = probe.pixel_gradients(2, seen_through(masks, batch[2], fill))
    parts = list(probe.gradients_through(2, Masks.of(masks), fill))
    assert [len(part) for part in parts] == [3, 3, 1]
    found = np.concatenate(parts)
    assert relative(found, expected) <= 1e-6


def test_a_picture_s_fill_is_made_once(flat_network, batch):
    probe = probe_of(flat_network, batch)
    for kind in gradcam.Baseline:
        np.testing.assert_array_equal(probe.fill(1, kind), baseline(kind, batch[1]))
    assert probe.fill(1, "blur") is probe.fill(1, gradcam.Baseline.BLUR)
    assert probe.fill(1, "blur") is not probe.fill(2, "blur")


def test_pixels_without_influence_have_no_gradient(batch):
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(2, 3, name="last")(inputs)
    x = keras.ops.stop_gradient(keras.layers.GlobalAveragePooling2D()(x))
    network = KerasNetwork(networks.seeded(keras.Model(inputs, keras.layers.Dense(2)(x))))
    assert not probe_of(network, batch, None, OUTPUT(0)).pixel_gradients(0, batch).any()


# ------------------------------------------------------------------------------- the counting


def test_every_pass_is_counted_and_the_total_is_for_all_pictures(flat_network, batch):
    told = []
    tell = lambda done, total: told.append((done, total))  # noqa: E731
    probe = probe_of(flat_network, batch, "last", CLASS(0), chunk=3, tell=tell)
    assert told == []
    probe.expect(7)  # for each of four pictures
    probe.capture()
    probe.values(0, batch[:3])
    probe.values(0, batch[:2], "logit")
    probe.value(1)
    probe.ablated(0, np.zeros((6, 6, 5), np.float32), np.ones((3, 5), np.float32))
    probe.pixel_gradients(0, batch)  # a chunk of three, and one more
    probe.skip(0)
    probe.skip(5)
    probe.values_through(0, Masks.of(coarse(4)), probe.fill(0, "mean"))
    done = [4, 7, 9, 10, 13, 16, 17, 22, 25, 26]
    assert told == [(each, 28) for each in done]
    probe.capture()  # more than was announced
    assert told[-1] == (30, 30)


def test_versions_are_cut_into_chunks(flat_network, batch):
    probe = probe_of(flat_network, batch, chunk=3)
    assert list(probe.chunks(7)) == [slice(0, 3), slice(3, 6), slice(6, 7)]
    assert list(probe.chunks(3)) == [slice(0, 3)]
    assert list(probe.chunks(0)) == []
    assert list(probe_of(flat_network, batch).chunks(33)) == [slice(0, 32), slice(32, 33)]


# ------------------------------------------------------------------------------- the baselines


def test_zero_and_the_mean_colour_by_hand():
    picture = np.array([[[1, 10], [3, 20]], [[5, 30], [7, -20]]], np.float32)
    np.testing.assert_array_equal(baseline("zero", picture), np.zeros((2, 2, 2)))
    # = (1 + 3 + 5 + 7) / 4 and (10 + 20 + 30 - 20) / 4
    np.testing.assert_array_equal(baseline("mean", picture), np.full((2, 2, 2), 1) * [4, 10])
    for kind in gradcam.Baseline:
        assert baseline(kind, picture).dtype == np.float32


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("height", "width"), [(24, 40), (40, 24)])
def test_the_blurred_picture_is_a_gaussian_of_an_eighth_of_the_longer_side(height, width, channels):
    from scipy.ndimage import gaussian_filter1d

    picture = np.random.default_rng(0).normal(size=(height, width, channels)).astype(np.float32)
    found = baseline("blur", picture)
    expected = picture.astype(np.float64)
    for axis in (0, 1):
        expected = gaussian_filter1d(expected, 5.0, axis=axis, mode="reflect", truncate=4.0)
    np.testing.assert_allclose(found, expected, atol=1e-3 * np.ptp(picture))
    assert np.ptp(found) < 0.3 * np.ptp(picture)


def as_sequences(frames):
    """Frames and their coefficients as pictures of one row, of one column, and of one channel."""
    return frames[None], frames[:, None], frames[..., None]


def test_silence_and_low_noise_by_hand():
    frames = np.arange(40, dtype=np.float32).reshape(20, 2)[::-1].copy()
    frames[7] = [-5, 90]  # the lowest of the one coefficient stands in a loud frame
    for picture in as_sequences(frames):
        silence = baseline("silence", picture)
        assert silence.shape == picture.shape
        np.testing.assert_array_equal(silence.reshape(20, 2), np.tile([-5, 1], (20, 1)))
        noise = baseline("low noise", picture)
        assert noise.shape == picture.shape
        drawn = {tuple(frame) for frame in noise.reshape(20, 2).tolist()}
        assert drawn == {(0, 1), (2, 3)}  # whole frames, of the two quietest
        np.testing.assert_array_equal(noise, baseline("low noise", picture))  # the same each time


def test_of_a_waveform_silence_is_what_it_swings_about():
    wave = np.sin(np.arange(200, dtype=np.float32))[:, None] + 5
    for picture in as_sequences(wave):
        np.testing.assert_allclose(baseline("silence", picture), wave.mean(), rtol=1e-5)
        assert np.abs(baseline("low noise", picture) - wave.mean()).max() < 0.2


def test_a_spectrogram_with_many_rows_is_blurred_over_time_alone():
    frames = np.random.default_rng(0).normal(size=(30, 600)).astype(np.float32)
    whole = baseline("blur", frames[None])
    for part in (slice(0, 3), slice(510, 515)):
        alone = baseline("blur", np.ascontiguousarray(frames[None, :, part]))
        np.testing.assert_allclose(whole[..., part], alone, atol=1e-5)


def test_a_baseline_leaves_the_picture_alone():
    picture = networks.pictures(1)[0]
    for kind in gradcam.Baseline:
        baseline(kind, picture)
    np.testing.assert_array_equal(picture, networks.pictures(1)[0])


def test_an_unknown_baseline_or_scale_is_refused(flat_network, batch):
    with pytest.raises(ValueError, match="grey"):
        baseline("grey", batch[0])
    with pytest.raises(ValueError, match="share"):
        probe_of(flat_network, batch).values(0, batch, "share")
