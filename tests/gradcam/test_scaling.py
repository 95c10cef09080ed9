"""Scalings beyond Studio's: of one's own numbers, and of each picture by itself."""

from dataclasses import replace

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf

import gradcam
from gradcam import InputSpec


def spec(width=4, height=4, **fields):
    return InputSpec(width, height, **fields)


PIXEL = np.array([[[51, 102, 204]]], np.uint8)
LUMA = 0.299 * 51 + 0.587 * 102 + 0.114 * 204
OWN = gradcam.Scaling.OWN


@pytest.mark.parametrize("color", list(gradcam.Color))
def test_what_is_given_is_subtracted_and_divided_by_channel_in_the_networks_order(color):
    numbers = {"mean": (10.0, 20.0, 30.0), "deviation": (2.0, 4.0, 5.0)}
    expected = {
        "rgb": [(51 - 10) / 2, (102 - 20) / 4, (204 - 30) / 5],
        "bgr": [(204 - 10) / 2, (102 - 20) / 4, (51 - 30) / 5],
    }.get(color, [(LUMA - 10) / 2])
    if color is gradcam.Color.GRAYSCALE:
        numbers = {name: values[:1] for name, values in numbers.items()}
    chosen = spec(1, 1, scaling=OWN, color=color, **numbers)
    tensor = gradcam.to_tensor(PIXEL, chosen)
    np.testing.assert_allclose(tensor, [[expected]], rtol=1e-5)
    assert tensor.dtype == np.float32


def test_one_number_serves_all_channels_and_is_that_of_keras_normalization():
    picture = np.random.default_rng(3).integers(0, 256, (6, 6, 3), np.uint8)
    for mean, deviation in (((127.5,), (64.0,)), ((120.0, 110.0, 100.0), (60.0, 50.0, 40.0))):
        layer = keras.layers.Normalization(
            mean=np.broadcast_to(mean, 3), variance=np.broadcast_to(deviation, 3) ** 2
        )
        made = gradcam.to_tensor(picture, spec(6, 6, scaling=OWN, mean=mean, deviation=deviation))
        np.testing.assert_allclose(made, layer(picture.astype(np.float32)), atol=1e-5)


@pytest.mark.parametrize("color", list(gradcam.Color))
def test_each_picture_is_standardized_as_tensorflow_does_it(color):
    rng = np.random.default_rng(4)
    dark, light = rng.integers(0, 90, (7, 5, 3), np.uint8), rng.integers(90, 255, (7, 5, 3))
    even = np.full((7, 5, 3), 77)
    pictures = np.stack([dark, light, even]).astype(np.uint8)
    raw = spec(5, 7, scaling=gradcam.Scaling.RAW, color=color)
    expected = tf.image.per_image_standardization(gradcam.scaled(pictures, raw)).numpy()
    made = gradcam.scaled(pictures, replace(raw, scaling=gradcam.Scaling.STANDARDIZED))
    np.testing.assert_allclose(made, expected, atol=2e-4)
    assert abs(made[2]).max() < 1e-3  # an even picture is nothing, not a division by nothing
    assert made.dtype == np.float32


@pytest.mark.parametrize("color", list(gradcam.Color))
def test_each_picture_is_stretched_from_its_darkest_to_its_brightest_as_opencv_does_it(color):
    pictures = np.random.default_rng(5).integers(40, 180, (2, 7, 5, 3), np.uint8)
    pictures[1] //= 3
    raw = spec(5, 7, scaling=gradcam.Scaling.RAW, color=color)
    expected = [
        cv2.normalize(one, None, 0.0, 1.0, cv2.NORM_MINMAX).reshape(one.shape)
        for one in gradcam.scaled(pictures, raw)
    ]
    made = gradcam.scaled(pictures, replace(raw, scaling=gradcam.Scaling.STRETCHED))
    np.testing.assert_allclose(made, expected, atol=1e-6)
    assert made.dtype == np.float32
    even = gradcam.scaled(
        np.full((7, 5, 3), 9, np.uint8), replace(raw, scaling="per-image-min-max")
    )
    assert (even == 0).all()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"scaling": OWN}, "The mean has 0 numbers; .*takes 3 numbers, one a channel, or one"),
        ({"mean": (1.0,)}, "The deviation has 0 numbers"),
        ({"mean": (1.0, 2.0), "deviation": (1.0,)}, "The mean has 2 numbers"),
        ({"mean": (1.0,), "deviation": (1.0,) * 4}, "The deviation has 4 numbers"),
        ({"mean": (1.0,), "deviation": (1.0, 0.0, 1.0)}, "The deviation must be above 0"),
        ({"mean": (1.0,) * 3, "deviation": (1.0,), "color": gradcam.Color.GRAYSCALE},
         "The mean has 3 numbers; .*takes one number"),
    ],
)  # fmt: skip
def test_numbers_that_fit_no_picture_are_refused_in_one_sentence(fields, words):
    with pytest.raises(gradcam.GradcamError, match=words) as refusal:
        spec(**fields)
    assert "\n" not in str(refusal.value)
