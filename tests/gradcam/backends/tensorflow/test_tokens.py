"""Tokens of transformers are maps: which places they are, and which of them still count."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.targets import Target
from tests.gradcam import networks

k = keras.layers
PICTURE = (12, 16, 3)
H, W, C = 3, 4, 6


def numbers(count=2, seed=3):
    return np.random.default_rng(seed).normal(size=(count, *PICTURE)).astype(np.float32)


def by_convolution(x):
    return k.Reshape((H * W, C))(k.Conv2D(C, 4, strides=4, name="patches")(x))


def by_moving_pixels(x):
    x = k.Reshape((H, 4, W, 4, 3))(x)
    return k.Dense(C, name="patches")(k.Reshape((H * W, 48))(k.Permute((1, 3, 2, 4, 5))(x)))


def by_two_reshapes(x):
    x = k.Reshape((H * W, C, 1))(k.Conv2D(C, 4, strides=4, name="patches")(x))
    return k.Reshape((H * W, C))(x)


def block(x, number):
    y = k.LayerNormalization(name=f"norm{number}")(x)
    x = k.Add(name=f"seen{number}")([x, k.MultiHeadAttention(2, 3, name=f"att{number}")(y, y)])
    y = k.Dense(8, activation="gelu", name=f"wide{number}")(x)
    return k.Add(name=f"block{number}")([x, k.Dense(C, name=f"back{number}")(y)])


def with_class_token(x):
    """A class token that learned where to begin, by a padded row and a bias for each token."""
    x = k.ZeroPadding1D((1, 0))(x)
    return k.EinsumDense("btc,cd->btd", (H * W + 1, C), bias_axes="td", name="placed")(x)


def with_token_of_the_mean(x):
    mean = k.Reshape((1, C))(k.GlobalAveragePooling1D()(x))
    return k.Concatenate(axis=1, name="joined")([mean, x])


def first(x):
    return x[:, 0]


def first_cropped(x):
    return k.Flatten()(k.Cropping1D((0, H * W))(x))


def mean(x):
    return k.GlobalAveragePooling1D()(x)


def transformer(patches=by_convolution, token=None, read=mean):
    inputs = keras.Input(PICTURE)
    x = patches(inputs)
    if token is not None:
        x = token(x)
    for number in (0, 1):
        x = block(x, number)
    x = k.LayerNormalization(name="norm")(x)
    x = k.Dense(3, activation="softmax", name="y_pred")(read(x))
    return networks.seeded(keras.Model(inputs, x))


@pytest.mark.parametrize("patches", [by_convolution, by_moving_pixels, by_two_reshapes])
def test_tokens_are_rows_and_columns(patches):
    network = KerasNetwork(transformer(patches))
    assert network.default_layer.name == "norm"
    for layer in network.layers:
        assert (layer.height, layer.width) == (H, W), layer.name
    assert {"att0", "block0", "att1", "block1"} <= {layer.name for layer in network.layers}
    assert network.layer("block1").receptive_field in {None, (12, 16)}  # any place, by attention


@pytest.mark.parametrize("patches", [by_convolution, by_moving_pixels, by_two_reshapes])
def test_a_token_is_drawn_where_its_patch_lies(patches):
    network = KerasNetwork(transformer(patches))
    batch = numbers(1)
    changed = batch.copy()
    changed[:, 4:8, 12:16] += 1.0  # the patch in row 1, column 3
    before, after = (network.activations(each, "norm0") for each in (batch, changed))
    assert np.argwhere((before != after).any(axis=-1)).tolist() == [[0, 1, 3]]


TOKENS = [(with_class_token, first), (with_class_token, first_cropped),
          (with_token_of_the_mean, first)]  # fmt: skip


@pytest.mark.parametrize(("token", "read"), TOKENS)
def test_a_class_token_is_no_place_and_behind_the_last_attention_the_only_one_read(token, read):
    network = KerasNetwork(transformer(token=token, read=read))
    layer = network.layer("block0")
    assert (layer.height, layer.width, layer.first) == (H, W, 1)
    # att1 takes its keys and values from norm1; what follows is of the class token alone.
    assert network.default_layer.name == "norm1"
    assert {"att1", "seen1", "block1", "norm"} <= network.passed_over
    captured = gradcam.capture(network, numbers(), "block1")
    assert not captured.gradients.any()
    assert gradcam.capture(network, numbers()).gradients.any()


def test_a_class_token_beside_the_mean_of_the_places_leaves_these_read():
    def both(x):
        return k.Concatenate()([x[:, 0], k.GlobalAveragePooling1D()(x[:, 1:])])

    network = KerasNetwork(transformer(token=with_class_token, read=both))
    assert network.default_layer.name == "norm"


@pytest.mark.parametrize("token", [None, with_class_token])
def test_grad_cam_on_tokens_is_that_of_the_tokens_by_keras_itself(token):
    model = transformer(token=token)
    network, batch = KerasNetwork(model), numbers()
    kept = 0 if token is None else 1
    inner = keras.Model(model.input, model.get_layer("block0").output)
    rest_of = keras.Input(inner.output.shape[1:])
    x = k.LayerNormalization()(rest_of)
    x = block(rest_of, 1)
    x = k.Dense(3)(k.GlobalAveragePooling1D()(k.LayerNormalization(name="norm")(x)))
    rest = keras.Model(rest_of, x)
    rest.layers[-1].set_weights(model.get_layer("y_pred").get_weights())
    for layer in rest.layers:
        if layer.name in {each.name for each in model.layers} and layer.weights:
            layer.set_weights(model.get_layer(layer.name).get_weights())
    import tensorflow as tf

    tokens = inner(batch)
    with tf.GradientTape() as tape:
        tape.watch(tokens)
        explained = tf.reduce_sum(rest(tokens)[:, 1])
    gradients = tape.gradient(explained, tokens).numpy()[:, kept:]
    weights = gradients.mean(axis=1, keepdims=True)
    expected = (tokens.numpy()[:, kept:] * weights).sum(axis=-1).reshape(-1, H, W)
    own = gradcam.explain(network, batch, "block0", Target.for_class(1)).maps
    assert networks.relative(own, expected) <= 1e-5


@pytest.mark.parametrize("token", [None, with_class_token])
def test_what_follows_tokens_runs_on_others_and_the_class_token_stays(token):
    network, batch = KerasNetwork(transformer(token=token)), numbers(1)
    own = network.activations(batch, "seen1")
    np.testing.assert_allclose(network.rest(batch, "seen1", own), network.logits(batch), atol=1e-5)
    turned = network.rest(batch, "seen1", own[:, ::-1] * 2.0)
    assert np.abs(turned - network.logits(batch)).max() > 1e-3
    np.testing.assert_allclose(
        network.channel_means(batch, "seen1"), own.mean(axis=(1, 2)), atol=1e-6
    )


def test_tokens_in_bands_of_a_map_are_drawn_as_that_map():
    """As MobileViT cuts a map: attention runs within each band, along an axis of its own."""
    inputs = keras.Input((8, 8, 3))
    x = k.Reshape((4, 16, 6))(k.Conv2D(6, 3, padding="same", name="local")(inputs))
    x = k.Add(name="mixed")([x, k.MultiHeadAttention(2, 3, name="att")(x, x)])
    x = k.Conv2D(5, 1, name="folded")(k.Reshape((8, 8, 6))(x))
    x = k.Dense(2)(k.GlobalAveragePooling2D()(x))
    network = KerasNetwork(networks.seeded(keras.Model(inputs, x)))
    sizes = {layer.name: (layer.height, layer.width) for layer in network.layers}
    assert sizes == dict.fromkeys(("local", "att", "mixed", "folded"), (8, 8))
    batch = np.random.default_rng(0).normal(size=(1, 8, 8, 3)).astype(np.float32)
    np.testing.assert_allclose(
        network.activations(batch, "mixed").reshape(1, 4, 16, 6),
        keras.Model(inputs, network.model.own.get_layer("mixed").output)(batch),
        atol=1e-6,
    )


def test_tokens_whose_order_nobody_knows_are_not_listed():
    inputs = keras.Input(PICTURE)
    x = by_convolution(inputs)
    x = k.Lambda(lambda tokens: tokens[:, ::-1] * 1.0)(x)
    x = k.Dense(4, name="where")(x)
    network = KerasNetwork(keras.Model(inputs, k.Dense(2)(k.GlobalAveragePooling1D()(x))))
    assert [layer.name for layer in network.layers] == ["patches"]


def test_heads_of_hand_made_attention_are_no_map():
    inputs = keras.Input(PICTURE)
    x = by_convolution(inputs)
    q = k.Permute((2, 1, 3))(k.Reshape((H * W, 2, 3))(k.Dense(C, name="asked")(x)))
    shares = k.Softmax(name="shares")(keras.ops.matmul(q, keras.ops.transpose(q, (0, 1, 3, 2))))
    seen = keras.ops.matmul(shares, q)
    y = k.Reshape((H * W, C))(k.Permute((2, 1, 3))(seen))
    x = k.Add(name="both")([x, k.Dense(C, name="back")(y)])
    network = KerasNetwork(keras.Model(inputs, k.Dense(2)(k.GlobalAveragePooling1D()(x))))
    assert [layer.name for layer in network.layers] == ["patches", "asked", "both"]
    assert network.default_layer.name == "both"


def test_of_a_network_for_pictures_of_any_size_no_tokens_are_listed():
    inputs = keras.Input((None, None, 3))
    x = k.Reshape((-1, C))(k.Conv2D(C, 4, strides=4, name="patches")(inputs))
    x = k.Dense(4, name="tokens")(x)
    network = KerasNetwork(keras.Model(inputs, k.Dense(2)(k.GlobalAveragePooling1D()(x))))
    assert [layer.name for layer in network.layers] == ["patches"]


@pytest.mark.parametrize("ending", [".h5", ".keras"])
@pytest.mark.parametrize("token", [False, True])
def test_transformers_as_keras_2_wrote_them(tmp_path, ending, token):
    import tf_keras

    own = tf_keras.layers
    inputs = tf_keras.Input(PICTURE)
    x = own.Reshape((H * W, C))(own.Conv2D(C, 4, strides=4, name="patches")(inputs))
    if token:
        x = own.EinsumDense("btc,cd->btd", (H * W + 1, C), bias_axes="td", name="placed")(
            own.ZeroPadding1D((1, 0))(x)
        )
    for number in (0, 1):
        y = own.LayerNormalization(name=f"norm{number}")(x)
        x = own.Add(name=f"seen{number}")([x, own.MultiHeadAttention(2, 3)(y, y)])
        x = own.Add(name=f"block{number}")([x, own.Dense(C, activation="gelu")(x)])
    x = x[:, 0] if token else own.GlobalAveragePooling1D()(x)
    model = networks.seeded(tf_keras.Model(inputs, own.Dense(3, activation="softmax")(x)))
    path = tmp_path / f"model{ending}"
    model.save(path)
    network = gradcam.load_network(path)
    batch = numbers()
    np.testing.assert_allclose(network.predict(batch), model.predict(batch), atol=1e-5)
    assert network.default_layer.name == ("norm1" if token else "block1")
    block0 = network.layer("block0")
    assert (block0.height, block0.width, block0.first) == (H, W, int(token))
    assert gradcam.explain(network, batch).maps.shape == (2, H, W)
