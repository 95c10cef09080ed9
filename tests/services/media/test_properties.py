"""Properties of pictures whose figures are known."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np
import pytest
from skimage.color import rgb2hsv

from services.media.properties import properties_of


def flat(red: int, green: int, blue: int) -> np.ndarray:
    return np.full((20, 40, 3), (red, green, blue), np.uint8)


def test_a_flat_picture_is_as_bright_as_its_colour_and_has_nothing_else() -> None:
    found = properties_of(flat(51, 51, 51))
    assert found.brightness == pytest.approx(0.2)
    assert (found.contrast, found.sharpness, found.saturation) == (0.0, 0.0, 0.0)
    assert np.isnan(found.dominant_hue)
    assert (found.width, found.height, found.aspect) == (40, 20, 2.0)


def test_brightness_weighs_colours_as_the_eye_does() -> None:
    for colour, luma in (((255, 0, 0), 0.299), ((0, 255, 0), 0.587), ((0, 0, 255), 0.114)):
        assert properties_of(flat(*colour)).brightness == pytest.approx(luma, abs=0.003)


def test_half_black_and_half_white_has_the_greatest_contrast() -> None:
    picture = flat(0, 0, 0)
    picture[:, 20:] = 255
    assert properties_of(picture).contrast == pytest.approx(0.5)
    assert properties_of(picture).brightness == pytest.approx(0.5)


def test_a_blurred_picture_is_less_sharp_and_one_edge_is_as_worked_out() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    blurred = cv2.GaussianBlur(noise, (0, 0), 2)
    assert properties_of(blurred).sharpness < 0.05 * properties_of(noise).sharpness
    edge = np.zeros((4, 4, 3), np.uint8)
    edge[:, 2:] = 100  # the Laplacian of each row is 0, 100, -100, 0
    assert properties_of(edge).sharpness == pytest.approx(5000.0)


@pytest.mark.parametrize("hue", [0.0, 0.02, 0.2, 0.5, 0.77, 0.99])
def test_the_dominant_hue_is_that_of_the_colour(hue: float) -> None:
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.8, 0.9))
    picture = np.full((10, 10, 3), 128, np.uint8)
    picture[:6] = red, green, blue
    found = properties_of(picture).dominant_hue
    assert min(abs(found - hue), 1 - abs(found - hue)) < 0.005


def test_red_on_both_sides_of_the_circle_is_one_colour() -> None:
    picture = flat(255, 20, 0)
    picture[:, 20:] = (255, 0, 20)
    found = properties_of(picture).dominant_hue
    assert min(found, 1 - found) < 0.005


def test_what_is_nearly_black_has_no_colour_to_tell() -> None:
    picture = flat(6, 0, 0)  # fully saturated all the same
    assert np.isnan(properties_of(picture).dominant_hue)
    picture[:5] = (0, 0, 255)
    assert properties_of(picture).dominant_hue == pytest.approx(2 / 3)


def test_saturation_is_scikit_images() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    assert properties_of(noise).saturation == pytest.approx(rgb2hsv(noise)[..., 1].mean(), abs=1e-4)


def test_large_pictures_keep_their_size_and_compare_with_their_smaller_selves() -> None:
    small = np.random.default_rng(2).integers(0, 256, (128, 256, 3), dtype=np.uint8)
    large = np.repeat(np.repeat(small, 3, axis=0), 3, axis=1)
    found = properties_of(large)
    assert (found.width, found.height) == (768, 384)
    assert found.sharpness == pytest.approx(properties_of(small).sharpness, rel=1e-3)
