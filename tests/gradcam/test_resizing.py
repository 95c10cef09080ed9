"""Interpolations, against the libraries that they are named after."""

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf

import gradcam
from gradcam import InputSpec


def spec(width=4, height=4, **fields):
    return InputSpec(width, height, **fields)


# None with a place just between two pixels, where TensorFlow's nearest falls to either side.
SIZES = [((63, 47), (23, 17)), ((20, 20), (33, 40)), ((53, 37), (9, 12)), ((40, 30), (20, 15))]


@pytest.mark.parametrize(("size", "wanted"), SIZES)
@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("plain-bilinear", lambda p, w, h: tf.image.resize(p, (h, w)).numpy()),
        (
            "plain-bilinear",
            lambda p, w, h: keras.layers.Resizing(h, w)(p.astype(np.float32)).numpy(),
        ),
        ("plain-bilinear", lambda p, w, h: cv2.resize(p.astype(np.float32), (w, h))),
        ("nearest", lambda p, w, h: tf.image.resize(p, (h, w), method="nearest").numpy()),
        (
            "area",
            lambda p, w, h: cv2.resize(p.astype(np.float32), (w, h), interpolation=cv2.INTER_AREA),
        ),
        ("corner-nearest", lambda p, w, h: cv2.resize(p, (w, h), interpolation=cv2.INTER_NEAREST)),
    ],
)
def test_other_libraries_get_the_same_pixels(method, theirs, size, wanted):
    picture = np.random.default_rng(6).integers(0, 256, (size[1], size[0], 3), np.uint8)
    seen = gradcam.fitted(picture, spec(*wanted, resize_method=gradcam.ResizeMethod(method)))
    assert seen.shape == (wanted[1], wanted[0], 3)
    expected = theirs(picture, *wanted).astype(np.float32)
    assert np.abs(seen - expected).max() <= 0.51  # rounded to a level, and nothing beside


@pytest.mark.parametrize(("size", "wanted"), SIZES)
@pytest.mark.parametrize(
    ("method", "flag"), [("plain-bilinear", cv2.INTER_LINEAR), ("area", cv2.INTER_AREA)]
)
def test_opencvs_arithmetic_of_bytes_is_a_level_off_at_most(method, flag, size, wanted):
    picture = np.random.default_rng(7).integers(0, 256, (size[1], size[0], 3), np.uint8)
    seen = gradcam.fitted(picture, spec(*wanted, resize_method=gradcam.ResizeMethod(method)))
    assert np.abs(seen - cv2.resize(picture, wanted, interpolation=flag).astype(int)).max() <= 1


def test_plain_bilinear_leaves_out_what_lies_between_and_area_does_not():
    stripes = np.zeros((4, 16, 3), np.uint8)
    stripes[:, 0::4] = 255
    plain, area = (
        gradcam.fitted(stripes, spec(4, 4, resize_method=gradcam.ResizeMethod(method)))
        for method in ("plain-bilinear", "area")
    )
    assert (plain == 0).all()
    assert (area == 64).all()
