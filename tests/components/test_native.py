"""The server-drawn tile is the same blend as the browser's."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from components.board.native import blended
from components.board.tile import Shows, Tile, data_address
from gradcam import Colormap, overlay
from services.choices.choices import Choices
from services.predictions.thumbnails import encoded_heat


def png(picture: np.ndarray) -> str:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return data_address(buffer.getvalue())


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)


@pytest.fixture
def heat() -> np.ndarray:
    steps = np.random.default_rng(1).integers(0, 256, (200, 300)).astype(np.float32)
    steps[:, :40] = np.nan
    return steps / 255.0


def tile(picture: np.ndarray, heat: np.ndarray, shows: Shows) -> Tile:
    return Tile(
        "", "", 1.5, picture=png(picture), heat=data_address(encoded_heat(heat)), shows=shows
    )


def test_overlay_is_the_core_s_with_the_chosen_opacity(picture, heat) -> None:
    choices = Choices(alpha=0.3, colormap=Colormap.TURBO)
    expected = overlay(picture, heat, 0.3, "turbo")
    np.testing.assert_array_equal(blended(tile(picture, heat, Shows.OVERLAY), choices), expected)


def test_heat_alone_and_picture_alone_ignore_the_opacity(picture, heat) -> None:
    for alpha in (0.1, 0.9):
        choices = Choices(alpha=alpha)
        np.testing.assert_array_equal(
            blended(tile(picture, heat, Shows.HEAT), choices), overlay(picture, heat, 1.0)
        )
        np.testing.assert_array_equal(blended(tile(picture, heat, Shows.PICTURE), choices), picture)


def test_small_pictures_are_enlarged_without_smoothing() -> None:
    small = np.array([[[0, 0, 0], [255, 0, 0]]], np.uint8)
    large = blended(Tile("", "", 2.0, picture=png(small)), Choices())
    assert large.shape == (128, 256, 3)
    assert {tuple(pixel) for pixel in large.reshape(-1, 3).tolist()} == {(0, 0, 0), (255, 0, 0)}
