"""An overlay for a slide: the plain overlay enlarged, the colour map's own colours, a caption."""

import io

import numpy as np
import pytest
from PIL import Image

from gradcam import Colormap, color_table
from services.choices.choices import Choices
from services.choices.recipe import Recipe
from services.export.slide import (
    BAR,
    EDGE,
    GAP,
    SIDE,
    Slide,
    caption,
    drawn_slide,
    magnified,
    plain_overlay,
    slide_png,
)
from services.heatmaps.heatmaps import heatmaps
from services.media.lettering import lettering, wrapped
from tests.services.heatmaps.test_heatmaps import flat, predictions

__all__ = ["flat", "predictions"]  # fixtures
RNG = np.random.default_rng(4)


def picture(height, width):
    return RNG.integers(0, 255, (height, width, 3)).astype(np.uint8)


def slide_of(overlay, colormap=Colormap.JET, **words):
    usual = {"low": "0", "high": "0.298", "title": "no car → car 100 %", "lines": ("a", "b")}
    return Slide(overlay, colormap, **{**usual, **words})


@pytest.mark.parametrize("size", [(48, 96), (160, 120), (16, 16)])
def test_of_a_small_picture_every_pixel_is_a_square(size):
    small = picture(*size)
    large = magnified(small)
    times = large.shape[0] // size[0]
    assert max(large.shape[:2]) >= SIDE
    np.testing.assert_array_equal(large[::times, ::times], small)
    np.testing.assert_array_equal(large[times - 1 :: times, times - 1 :: times], small)


def test_a_larger_one_keeps_its_shape_and_a_large_one_is_left_alone():
    assert magnified(picture(300, 240)).shape == (1000, 800, 3)
    large = picture(1200, 900)
    assert magnified(large) is large


@pytest.mark.parametrize("colormap", list(Colormap))
def test_the_colour_bar_has_the_colours_of_the_map(colormap):
    overlay = picture(100, 100)
    page = drawn_slide(slide_of(overlay, colormap))
    left = EDGE + 1000 + GAP
    bar = page[EDGE : EDGE + 1000, left : left + BAR]
    table = color_table(colormap)
    np.testing.assert_array_equal(bar[0], np.repeat(table[-1:], BAR, axis=0))
    np.testing.assert_array_equal(bar[-1], np.repeat(table[:1], BAR, axis=0))
    np.testing.assert_array_equal(bar[:, 0], bar[:, -1])
    seen = [bar[0, 0], *(now for before, now in zip(bar[:, 0], bar[1:, 0], strict=False)
                         if (before != now).any())]  # fmt: skip
    own = [table[255], *(now for before, now in zip(table[::-1], table[-2::-1], strict=False)
                         if (before != now).any())]  # fmt: skip
    np.testing.assert_array_equal(seen, own)


def test_the_overlay_on_it_is_the_plain_one(predictions):
    recipe = Recipe(target="=b", percentile=97.0)
    choices = Choices(recipe=recipe, alpha=0.6, colormap=Colormap.VIRIDIS)
    (heatmap,) = heatmaps(predictions, [1], recipe)
    plain = plain_overlay(predictions, 1, heatmap, choices)
    page = np.asarray(Image.open(io.BytesIO(slide_png(predictions, 1, heatmap, choices))))
    large = magnified(plain)
    height, width = large.shape[:2]
    np.testing.assert_array_equal(page[EDGE : EDGE + height, EDGE : EDGE + width], large)


def test_the_caption_says_what_it_is_of_and_how_it_was_made(predictions):
    recipe = Recipe(target="=b", percentile=97.0)
    (heatmap,) = heatmaps(predictions, [1], recipe)
    lines = caption(predictions, 1, heatmap, Choices(recipe=recipe, alpha=0.6))
    layer = predictions.project.network.default_layer
    assert [line.replace("\u00a0", " ") for line in lines] == [
        "Tiny · 1.png",
        f"Grad-CAM · {layer.name} · {layer.height} × {layer.width} · target: b",
        "scale: 0 to 97th percentile · opacity 60 %",
    ]


def test_the_caption_is_written_below_and_a_longer_one_needs_more_room():
    overlay = picture(100, 100)
    one, more = (drawn_slide(slide_of(overlay, lines=("word " * count,))) for count in (3, 300))
    below = one[EDGE + 1000 + GAP :]
    assert (below < 128).any()
    assert len(more) > len(one)
    assert (more[:, -EDGE:] == 255).all()  # nothing runs over the edge


def test_letters_that_captions_need_are_there():
    missing = bytes(lettering(20).getmask("\uffff"))
    assert [sign for sign in "→·×±äЖ✓" if bytes(lettering(20).getmask(sign)) == missing] == []


def test_lines_break_between_words_and_keep_them_all():
    font = lettering(20)
    lines = wrapped("one two three four unbreakablylongwordthatstandsalone five", font, 120)
    assert " ".join(lines) == "one two three four unbreakablylongwordthatstandsalone five"
    assert all(font.getlength(line) <= 120 for line in lines if " " in line)
    assert len(lines) > 2
