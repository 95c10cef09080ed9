import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks

DENSE = keras.layers.Dense
FLATTEN = keras.layers.Flatten


def model_of(shape, *layers, **inputs):
    return networks.seeded(keras.Sequential([keras.Input(shape, **inputs), *layers]))


@pytest.mark.parametrize("name", networks.ARCHITECTURES)
def test_predict_returns_what_the_model_itself_predicts(name, batch):
    model = networks.ARCHITECTURES[name](keras)
    outputs = KerasNetwork(model).predict(batch)
    np.testing.assert_allclose(outputs, model.predict(batch, verbose=0), atol=1e-6)
    assert outputs.dtype == np.float32


def test_several_outputs_stand_side_by_side(batch):
    model = networks.headed(networks.two_outputs)
    network = KerasNetwork(model)
    sign, steering = model.predict(batch, verbose=0)
    expected = np.concatenate([sign, steering], axis=1)
    np.testing.assert_allclose(network.predict(batch), expected, atol=1e-6)
    assert network.units == 4


def test_an_output_without_a_unit_axis_gets_one(batch):
    model = networks.headed(networks.SIGMOID_HEADS["squeezed"])
    outputs = KerasNetwork(model).predict(batch)
    np.testing.assert_allclose(outputs, model.predict(batch, verbose=0)[:, None], atol=1e-6)


def test_features_are_what_the_last_dense_layer_got(batch):
    for name, back in (("flat", 1), ("sequential", 1), ("nested_twice", 1)):
        model = networks.ARCHITECTURES[name](keras)
        x = batch
        for layer in networks.chain(model)[:-back]:
            x = layer(x, training=False)
        features = KerasNetwork(model).run(batch).features
        np.testing.assert_allclose(features, x, atol=1e-6)


def test_features_are_flat_even_where_dense_works_on_a_grid(batch):
    model = model_of(
        (16, 16, 3), keras.layers.Conv2D(2, 9, strides=4), DENSE(3), keras.layers.Flatten()
    )
    grid = model.layers[0](batch).numpy()
    np.testing.assert_allclose(
        KerasNetwork(model).run(batch).features, grid.reshape(len(batch), -1), atol=1e-6
    )


def test_a_network_without_a_dense_layer_gives_its_outputs_as_features(batch):
    model = model_of((16, 16, 3), keras.layers.Conv2D(3, 1), keras.layers.GlobalAveragePooling2D())
    forward = KerasNetwork(model).run(batch)
    np.testing.assert_array_equal(forward.features, forward.outputs)
    np.testing.assert_allclose(forward.outputs, model.predict(batch, verbose=0), atol=1e-6)


def test_dropout_is_off(batch):
    model = model_of((16, 16, 3), keras.layers.Dropout(0.9), FLATTEN(), DENSE(2))
    network = KerasNetwork(model)
    np.testing.assert_array_equal(network.predict(batch), network.predict(batch))
    np.testing.assert_allclose(network.predict(batch), model.predict(batch, verbose=0), atol=1e-6)


def test_a_network_tells_what_it_takes(flat_network):
    assert (flat_network.height, flat_network.width, flat_network.channels) == (16, 16, 3)
    assert flat_network.batch_shape == (None, 16, 16, 3)
    assert flat_network.units == 3
    assert flat_network.name == "flat.h5"


def test_height_comes_before_width():
    network = KerasNetwork(model_of((8, 12, 1), FLATTEN(), DENSE(2)))
    assert (network.height, network.width, network.channels) == (8, 12, 1)
    assert network.predict(np.zeros((2, 8, 12, 1), np.float32)).shape == (2, 2)
    with pytest.raises(gradcam.NetworkError, match=r"8 × 12 × 1 .*not 12 × 8 × 1"):
        network.predict(np.zeros((2, 12, 8, 1), np.float32))


@pytest.mark.parametrize("shape", [(2, 16, 16, 1), (2, 16, 15, 3), (2, 15, 16, 3), (16, 16, 3)])
def test_a_batch_that_does_not_fit_is_refused(flat_network, shape):
    said = " × ".join(str(side) for side in shape[1:])
    with pytest.raises(gradcam.NetworkError) as refusal:
        flat_network.check(np.zeros(shape, np.float32))
    assert str(refusal.value) == (
        f"flat.h5 takes pictures of 16 × 16 × 3 (height × width × channels), not {said}."
    )


def test_a_batch_of_other_numbers_becomes_float32(flat_network, batch):
    checked = flat_network.check(np.asfortranarray(batch.astype(np.float64)))
    assert checked.dtype == np.float32
    assert checked.flags.c_contiguous
    np.testing.assert_array_equal(checked, batch)


def test_a_network_of_any_size_takes_any_size():
    model = networks.seeded(
        keras.Sequential(
            [
                keras.Input((None, None, 3)),
                keras.layers.Conv2D(4, 3, activation="relu", name="last"),
                keras.layers.GlobalAveragePooling2D(),
                DENSE(3, activation="softmax"),
            ]
        )
    )
    network = KerasNetwork(model)
    assert network.batch_shape == (None, None, None, 3)
    for shape in ((1, 10, 10, 3), (2, 9, 14, 3)):
        batch = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
        result = gradcam.explain(network, batch, target=2)
        expected = networks.grad_cam_by_hand(model, batch, "last", 2)
        assert result.maps.shape == (shape[0], shape[1] - 2, shape[2] - 2)
        assert networks.relative(result.maps, expected) <= 1e-5
    assert len(network.traces) == 1
    with pytest.raises(gradcam.NetworkError, match="any × any × 3"):
        network.check(np.zeros((1, 10, 10, 1), np.float32))


def test_a_batch_size_fixed_in_the_file_binds_nobody(batch):
    inputs = keras.Input(batch_shape=(32, 16, 16, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="last")(inputs)
    model = networks.seeded(keras.Model(inputs, DENSE(3, activation="softmax")(FLATTEN()(x))))
    network = KerasNetwork(model)
    for count in (1, 3):
        result = gradcam.explain(network, batch[:count], target=0)
        expected = networks.grad_cam_by_hand(model, batch[:count], "last", 0)
        assert networks.relative(result.maps, expected) <= 1e-5
        np.testing.assert_allclose(result.outputs, network.predict(batch[:count]), atol=1e-6)


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (
            lambda: keras.Model(
                pair := [keras.Input((8, 8, 3)), keras.Input((8, 8, 3))],
                DENSE(2)(FLATTEN()(keras.layers.Add()(pair))),
            ),
            "x.h5 has 2 inputs; only networks that take one picture are explained.",
        ),
        (
            lambda: model_of((16,), DENSE(2)),
            "x.h5 takes an input of 16 numbers, not a picture (height × width × channels).",
        ),
        (
            lambda: keras.Model(
                picture := keras.Input((8, 8, None)), DENSE(2)(keras.ops.mean(picture, axis=-1))
            ),
            "x.h5 takes any number of channels, so that none can be fed to it.",
        ),
        (
            lambda: model_of((8, 8, 3), keras.layers.Conv2D(6, 3), keras.layers.Reshape((36, 6))),
            (
                "x.h5 gives a grid of 36 × 6 numbers, as object detection does; "
                "only classification and regression networks can be explained here."
            ),
        ),
        (
            lambda: model_of(
                (8, 8, 3), keras.layers.Conv2D(6, 3), keras.layers.Reshape((6, 6, 2, 3))
            ),
            (
                "x.h5 gives a grid of 6 × 6 × 2 × 3 numbers, as object detection does; "
                "only classification and regression networks can be explained here."
            ),
        ),
        (
            lambda: model_of((None, None, 3), keras.layers.Conv2D(5, 3)),
            (
                "x.h5 takes pictures of any size and gives a grid as large as they are; "
                "save it with a fixed input size."
            ),
        ),
    ],
    ids=["two_inputs", "no_picture", "four_channels", "anchors", "deep_grid", "free_grid"],
)
def test_a_network_that_cannot_be_explained_is_refused(build, sentence):
    with pytest.raises(gradcam.NetworkError) as refusal:
        KerasNetwork(build(), "x.h5")
    assert str(refusal.value) == sentence


def test_a_network_without_a_map_predicts_but_is_not_explained():
    network = KerasNetwork(model_of((8, 8, 3), FLATTEN(), DENSE(2)), "plain.h5")
    batch = networks.pictures(2, size=8)
    assert network.layers == ()
    assert np.abs(network.predict(batch)).max() > 0
    with pytest.raises(gradcam.NetworkError, match=r"^plain.h5 has no layer with a map") as refusal:
        gradcam.explain(network, batch)
    assert "\n" not in str(refusal.value)


def test_an_unknown_layer_is_refused_by_name(flat_network):
    for name in ("pool", "y_pred", "lost"):
        with pytest.raises(gradcam.NetworkError, match=f"flat.h5 has no .* named '{name}'"):
            flat_network.layer(name)
    assert flat_network.layer("first").name == "first"
    assert flat_network.layer(None) == flat_network.default_layer


def test_models_from_memory_have_digests_of_their_own(flat_model, flat_network, mobile_network):
    assert flat_network.digest != mobile_network.digest
    assert KerasNetwork(flat_model, digest="abc").digest == "abc"


def test_looking_a_network_over_leaves_no_trace_on_the_model(flat_model, flat_network, batch):
    before = flat_model.predict(batch, verbose=0)
    KerasNetwork(flat_model).run(batch)
    assert not [layer for layer in flat_model.layers if "call" in layer.__dict__]
    np.testing.assert_array_equal(flat_model.predict(batch, verbose=0), before)
