import numpy as np
import pytest

import gradcam
from gradcam.overlay import hatched

PIXEL = np.array([[[200, 100, 50]]], np.uint8)


def heat(*rows):
    return np.array(rows, np.float32)


@pytest.mark.parametrize(
    ("colormap", "cold", "hot"),
    [
        ("jet", (0, 0, 128), (128, 0, 0)),
        ("viridis", (68, 1, 84), (253, 231, 37)),
        ("turbo", (48, 18, 59), (122, 4, 3)),
    ],
)
def test_the_ends_of_a_colour_table(colormap, cold, hot):
    table = gradcam.color_table(colormap)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert tuple(table[0]) == cold
    assert tuple(table[255]) == hot


def test_an_unknown_colour_map_is_refused():
    with pytest.raises(ValueError, match="rainbow"):
        gradcam.color_table("rainbow")


def test_heat_is_rounded_to_the_nearest_colour():
    table = gradcam.color_table("viridis")
    colored = gradcam.colorize(heat([0, 0.25, 0.5, 1]), "viridis")
    np.testing.assert_array_equal(colored, table[None, [0, 64, 128, 255]])


def test_the_default_colour_map_is_jet():
    ramp = heat([0, 0.3, 0.7, 1])
    np.testing.assert_array_equal(gradcam.colorize(ramp), gradcam.colorize(ramp, "jet"))
    assert (gradcam.colorize(ramp) != gradcam.colorize(ramp, "turbo")).any()


def test_what_the_network_did_not_see_is_grey():
    colored = gradcam.colorize(heat([np.nan, 1]), "jet")
    np.testing.assert_array_equal(colored, [[[128, 128, 128], [128, 0, 0]]])


@pytest.mark.parametrize(
    ("value", "alpha", "colormap", "expected"),
    [
        (1.0, 0.25, "jet", (182, 75, 38)),  # 0.25*(128, 0, 0) + 0.75*(200, 100, 50)
        (0.0, 0.25, "jet", (150, 75, 70)),  # 0.25*(0, 0, 128) + 0.75*(200, 100, 50)
        (1.0, 0.0, "jet", (200, 100, 50)),
        (1.0, 1.0, "jet", (128, 0, 0)),
        (1.0, 0.5, "viridis", (226, 166, 44)),  # 226.5, 165.5 and 43.5, halves to even
        (1.0, 0.4, "turbo", (169, 62, 31)),
    ],
)
def test_one_pixel_blended_by_hand(value, alpha, colormap, expected):
    blended = gradcam.overlay(PIXEL, heat([value]), alpha=alpha, colormap=colormap)
    assert tuple(blended[0, 0]) == expected
    assert blended.dtype == np.uint8


def test_the_defaults_of_an_overlay():
    np.testing.assert_array_equal(
        gradcam.overlay(PIXEL, heat([0.6])),
        gradcam.overlay(PIXEL, heat([0.6]), alpha=0.4, colormap="jet"),
    )


def test_a_small_map_covers_the_whole_picture():
    image = np.full((3, 4, 3), 90, np.uint8)
    small = gradcam.overlay(image, heat([0, 1]), alpha=0.5)
    wide = np.repeat(heat([0, 0.25, 0.75, 1]), 3, axis=0)
    np.testing.assert_array_equal(small, gradcam.overlay(image, wide, alpha=0.5))
    assert (small[:, 0] != small[:, 3]).any()


def test_the_unseen_is_dim_grey_with_strokes_whatever_the_opacity():
    image = np.full((9, 12, 3), 100, np.uint8)
    hot = np.full((9, 12), 1, np.float32)
    hot[:, 6:] = np.nan
    for alpha in (0.0, 1.0):
        blended = gradcam.overlay(image, hot, alpha=alpha)
        for row in range(9):
            for column in range(6, 12):
                stroke = (row + column) % 8 == 0
                assert tuple(blended[row, column]) == ((120,) * 3 if stroke else (50,) * 3)
        assert tuple(blended[4, 4]) == ((100, 100, 100) if alpha == 0 else (128, 0, 0))


def test_grey_goes_by_luminance():
    image = np.zeros((1, 4, 3), np.uint8)
    image[0, 1:] = np.eye(3, dtype=np.uint8) * 200
    # Half of 200 * 0.299, 0.587 and 0.114, which OpenCV rounds to 60, 117 and 23 first.
    np.testing.assert_array_equal(hatched(image)[0, 1:, 0], [30, 58, 12])


def test_the_picture_and_the_heat_stay_as_they_were():
    image, hot = np.full((4, 4, 3), 77, np.uint8), np.full((4, 4), np.nan, np.float32)
    hot[0] = 1.0
    gradcam.overlay(image, hot)
    assert (image == 77).all()
    assert (hot[0] == 1.0).all()
    assert np.isnan(hot[1:]).all()
