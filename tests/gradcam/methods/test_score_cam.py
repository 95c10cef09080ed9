import cv2
import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks

# ReLU(x) and ReLU(-x) of this picture are [[2, 0], [1, 0]] and [[0, 4], [0, 0]]; as masks
# [[1, 0], [0.5, 0]] and [[0, 1], [0, 0]]; its mean is -0.25.
PICTURE = np.array([[2, -4], [1, 0]], np.float32)[None, ..., None]
PLUS, MINUS = np.array([[2, 0], [1, 0]]), np.array([[0, 4], [0, 0]])
VALUE = gradcam.Target.for_output(0)


def maps_of(model, target, **settings):
    settings = {"fill": "zero", **settings}
    network = KerasNetwork(model)
    return gradcam.explain(network, PICTURE, None, target, "score-cam", **settings).maps[0]


def value_of_channels(weights=(1, 2), bias=10.0):
    return networks.of_channels([1, -1], [weights], bias)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_a_value_s_weights_are_what_it_gains_over_the_empty_picture():
    # Shown through the masks: [[2, 0], [0.5, 0]] and [[0, -4], [0, 0]]: y = 2.5 + 10 and 8 + 10;
    # the empty picture has 10.
    expected = 2.5 * PLUS + 8 * MINUS
    np.testing.assert_allclose(maps_of(value_of_channels(), VALUE), expected, rtol=1e-5)


def test_the_scale_is_of_no_account_for_a_value():
    by_logit = maps_of(value_of_channels(), VALUE, scale="logit")
    np.testing.assert_allclose(by_logit, maps_of(value_of_channels(), VALUE))


def test_what_a_mask_hides_may_be_the_mean_colour():
    # x * M - 0.25 * (1 - M): [[2, -.25], [.375, -.25]] and [[-.25, -4], [-.25, -.25]].
    # y - 10 = 2.375 + 2 * 0.5 and 2 * 4.75; all -0.25: 2 * 1.
    expected = (3.375 - 2) * PLUS + (9.5 - 2) * MINUS
    found = maps_of(value_of_channels(), VALUE, fill="mean")
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def class_of_channels():
    return networks.of_channels([1, -1], [[1, 0.25], [0, 0]], [-1, 0], "softmax")


def test_a_class_s_weights_are_its_scores_as_they_are():
    # Logits 2.5 - 1 and 0.25 * 4 - 1, against 0; nothing is taken off a share.
    expected = sigmoid(1.5) * PLUS + sigmoid(0.0) * MINUS
    np.testing.assert_allclose(maps_of(class_of_channels(), 0), expected, rtol=1e-5)
    other = sigmoid(-1.5) * PLUS + sigmoid(0.0) * MINUS
    np.testing.assert_allclose(maps_of(class_of_channels(), 1), other, rtol=1e-5)


def test_a_class_s_logits_are_compared_with_the_empty_picture_s():
    # 1.5 and 0, less the -1 of the empty picture
    expected = 2.5 * PLUS + 1 * MINUS
    found = maps_of(class_of_channels(), 0, scale="logit")
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_contrast_s_zero_means_nothing_so_it_is_compared_too():
    # Scores p - (1 - p): 2 sigmoid(1.5) - 1 and 0, less the 2 sigmoid(-1) - 1 of the empty picture.
    empty = 2 * sigmoid(-1.0) - 1
    expected = (2 * sigmoid(1.5) - 1 - empty) * PLUS + (0 - empty) * MINUS
    found = maps_of(class_of_channels(), gradcam.Target.contrast(0, 1))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_channel_that_is_the_same_everywhere_has_no_weight():
    # The third channel is ReLU(0 * x + 5) = 5 everywhere.
    model = networks.of_channels([1, -1, 0], [[1, 2, 0]], 10)
    inputs, last = model.inputs, model.get_layer("last")
    constant = keras.layers.Conv2D(3, 1, activation="relu", name="last")
    x = keras.layers.GlobalAveragePooling2D()(constant(inputs[0]))
    model_again = keras.Model(inputs, model.get_layer("y_pred")(x))
    constant.set_weights([last.get_weights()[0], np.array([0, 0, 5], np.float32)])
    expected = 2.5 * PLUS + 8 * MINUS
    np.testing.assert_allclose(maps_of(model_again, VALUE), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (1, 8 * MINUS),  # which spans 4 and not 2
        (2, 2.5 * PLUS + 8 * MINUS),
        (0, 2.5 * PLUS + 8 * MINUS),
        (9, 2.5 * PLUS + 8 * MINUS),
    ],
)
def test_only_so_many_channels_are_asked_those_that_vary_most(channels, expected):
    found = maps_of(value_of_channels(), VALUE, channels=channels)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_a_channel_is_stretched_to_0_to_1_and_not_only_divided():
    # kernel 1 on [[5, 3], [4, 3]]: the mask is [[1, 0], [0.5, 0]], so y = 5 + 0.5 * 4.
    model = networks.of_channels([1], [[1]], 0)
    picture = np.array([[5, 3], [4, 3]], np.float32)[None, ..., None]
    found = gradcam.explain(KerasNetwork(model), picture, None, VALUE, "score-cam", fill="zero")
    np.testing.assert_allclose(found.maps[0], 7 * picture[0, ..., 0], rtol=1e-5)


def test_a_coarse_channel_is_enlarged_half_pixel_bilinear():
    # A convolution of 2 x 2 means gives 2 x 4 cells for a picture of 4 x 8 pixels.
    inputs = keras.Input((4, 8, 1))
    x = keras.layers.Conv2D(1, 2, strides=2, use_bias=False, name="last")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(x)))
    weights = np.arange(8, dtype=np.float32)[:, None]
    model.set_weights([np.full((2, 2, 1, 1), 0.25, np.float32), weights, np.zeros(1, np.float32)])
    picture = np.random.default_rng(0).normal(size=(1, 4, 8, 1)).astype(np.float32)

    def enlarge(cells):
        return np.array(
            [
                [max(0, 1 - abs((pixel + 0.5) / 2 - 0.5 - cell)) for cell in range(cells)]
                for pixel in range(2 * cells)
            ]
        )

    def means(pixels):
        return pixels.reshape(2, 2, 4, 2).mean(axis=(1, 3))

    down, across = enlarge(2), enlarge(4)
    down /= down.sum(axis=1, keepdims=True)  # the border is repeated
    across /= across.sum(axis=1, keepdims=True)
    own = means(picture[0, ..., 0])
    mask = down @ ((own - own.min()) / np.ptp(own)) @ across.T
    value = (means(picture[0, ..., 0] * mask).ravel() * weights[:, 0]).sum()
    found = gradcam.explain(KerasNetwork(model), picture, None, VALUE, "score-cam", fill="zero")
    np.testing.assert_allclose(found.maps[0], value * own, rtol=1e-4)


def test_the_mean_and_scores_where_nobody_says_otherwise():
    network = KerasNetwork(class_of_channels())
    found = gradcam.explain(network, PICTURE, None, 0, "score-cam").maps[0]
    np.testing.assert_array_equal(
        found, maps_of(class_of_channels(), 0, scale="score", fill="mean")
    )


def test_a_picture_of_one_colour_has_no_channel_to_show_it_through():
    # Nothing here hides a number that is none: the layer is linear.
    network = KerasNetwork(networks.of_pixels(np.ones((1, 2, 2, 1)), 3.0))
    picture = np.full((1, 2, 2, 1), 5.0, np.float32)
    assert not gradcam.explain(network, picture, None, VALUE, "score-cam").maps.any()


def test_each_picture_is_asked_for_its_own_number():
    network = KerasNetwork(class_of_channels())
    settings = {"fill": "zero"}
    both = np.concatenate([PICTURE, PICTURE])
    found = gradcam.explain(network, both, None, [0, 1], "score-cam", **settings).maps
    for number, index in enumerate((0, 1)):
        np.testing.assert_allclose(found[number], maps_of(class_of_channels(), index), rtol=1e-5)


@pytest.mark.parametrize(
    "target", [gradcam.Target.for_cells(1), gradcam.Target.for_cell(1, 3, 5)], ids=["all", "one"]
)
def test_the_score_of_cells_is_a_share_too(target):
    network = KerasNetwork(networks.fomo(networks.GRID_SOFTMAXES["convolution"]))
    picture = networks.wide_pictures(1)
    own = gradcam.capture(network, picture, "features", target).activations[0]
    expected = np.zeros(own.shape[:2])
    for channel in np.moveaxis(own, -1, 0):
        if np.ptp(channel) > 0:
            mask = cv2.resize((channel - channel.min()) / np.ptp(channel), (24, 16))
            seen = network.predict(picture * mask[None, ..., None])
            expected += gradcam.target_values(network, seen, target) * channel
    found = gradcam.explain(network, picture, "features", target, "score-cam", fill="zero").maps
    assert networks.relative(found[0], expected) <= 1e-4
