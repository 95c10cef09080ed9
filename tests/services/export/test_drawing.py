"""From a picture and its map to the overlay's file."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from gradcam import Colormap, InputSpec, Resize, Scaling, color_table, overlay, place
from services.choices.choices import OverlaySize
from services.export.drawing import MINIATURE_SIDE, draw_overlay, encoded_jpeg, miniature
from services.media.picture import PictureReading, Pictures
from services.sample import LabelledBox, Sample
from tests.services.export.exports import plan_of
from tests.services.projects import BLUE, RED

PLAN = plan_of("coarse")
SPEC = InputSpec(8, 8, scaling=Scaling.UNIT)
HOT = np.zeros((4, 4), np.float32)
HOT[0, 3] = 2.0  # the upper right quarter of a quarter
GRAY = np.full((48, 64, 3), 100, np.uint8)


def opened(jpeg):
    image = Image.open(io.BytesIO(jpeg))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    return np.asarray(image)


def drawn(picture=GRAY, raw=HOT, scale=2.0, plan=PLAN, spec=SPEC, boxes=()):
    sample, seen = Sample("a.png", None, None, boxes), PictureReading(picture, spec).seen
    return draw_overlay(sample, picture, seen, raw, scale, plan, Pictures(spec))


def differing(one, other):
    return np.abs(one.astype(int) - other.astype(int)).mean()


# ------------------------------------------------------------------------------ the overlay


def test_an_overlay_is_the_heat_over_the_picture():
    expected = overlay(GRAY, place(HOT / 2, SPEC, 64, 48), 0.4, "jet")
    found = opened(drawn().content)
    assert found.shape == (48, 64, 3)
    assert differing(found, expected) < 2
    hot, cold = color_table("jet")[255], color_table("jet")[0]
    assert np.abs(found[2, 60] - (0.4 * hot + 0.6 * 100)).max() < 20
    assert np.abs(found[40, 4] - (0.4 * cold + 0.6 * 100)).max() < 20


@pytest.mark.parametrize(
    ("size", "shape"), [(OverlaySize.ORIGINAL, (48, 64, 3)), (OverlaySize.MODEL, (8, 8, 3))]
)
def test_an_overlay_is_as_large_as_asked(size, shape):
    plan = plan_of("coarse", overlay_size=size)
    assert opened(drawn(plan=plan).content).shape == shape


def test_an_overlay_of_the_networks_size_shows_what_the_network_sees():
    picture = np.zeros((8, 16, 3), np.uint8)
    picture[:, 12:] = RED  # cut off by the crop
    picture[:, 4:12] = 90
    spec = InputSpec(8, 8, resize=Resize.CROP, scaling=Scaling.UNIT)
    cold = np.zeros((4, 4), np.float32)
    small = plan_of("coarse", overlay_size=OverlaySize.MODEL, alpha=0.0)
    found = opened(drawn(picture, cold, 0.0, small, spec).content)
    assert differing(found, np.full((8, 8, 3), 90)) < 2
    large = plan_of("coarse", alpha=0.0)
    found = opened(drawn(picture, cold, 0.0, large, spec).content)
    assert found.shape == (8, 16, 3)
    assert np.ptp(found[:, 12:].astype(int), axis=2).max() < 20  # grey: not seen
    assert differing(found[:, 4:12], np.full((8, 8, 3), 90)) < 8


def test_opacity_and_colours_are_the_plans():
    pictures = {
        (alpha, colors): opened(drawn(plan=plan_of("x", alpha=alpha, colormap=colors)).content)
        for alpha in (0.0, 0.4, 1.0)
        for colors in Colormap
    }
    assert differing(pictures[0.0, "jet"], GRAY) < 1
    for colors in Colormap:
        cold, hot = color_table(colors)[[0, 255]].astype(int)
        assert np.abs(pictures[1.0, colors][40, 4] - cold).max() < 25
        assert np.abs(pictures[1.0, colors][2, 62] - hot).max() < 25
    assert differing(pictures[0.4, "jet"], pictures[1.0, "jet"]) > 20
    assert differing(pictures[0.4, "jet"], pictures[0.4, "viridis"]) > 5


def test_a_map_that_shows_nothing_has_no_heat():
    cold = np.broadcast_to(color_table("viridis")[0], GRAY.shape)
    for raw, scale in ((HOT, 0.0), (HOT * 0, 1.0), (-HOT, 1.0), (HOT * np.nan, 1.0)):
        found = drawn(raw=raw, scale=scale, plan=plan_of("x", alpha=1.0, colormap="viridis"))
        assert differing(opened(found.content), cold) < 3
        assert found.focus.x == -1


def test_the_scale_is_the_one_given():
    weak = drawn(scale=8.0, plan=plan_of("x", alpha=1.0, colormap="viridis"))
    expected = color_table("viridis")[64].astype(int)  # a quarter of the greatest heat
    assert np.abs(opened(weak.content)[2, 61] - expected).max() < 25


# -------------------------------------------------------------------------------- the focus


def test_the_focus_is_on_the_original_picture_whatever_the_overlays_size():
    boxes = (LabelledBox("x", 48, 0, 16, 12), LabelledBox("y", 0, 40, 4, 4))
    large = drawn(boxes=boxes).focus
    small = drawn(boxes=boxes, plan=plan_of("x", overlay_size=OverlaySize.MODEL)).focus
    assert large == small
    assert (large.x, large.y) == (56, 0)  # the first of the hottest
    heat = place(HOT / 2, SPEC, 64, 48)
    assert large.boxes == pytest.approx(heat[:12, 48:].sum() / heat.sum(), abs=1e-6)
    assert large.area == pytest.approx((heat >= 0.5).mean())


def test_without_boxes_no_share_is_told():
    assert math.isnan(drawn().focus.boxes)


# -------------------------------------------------------------------------------- small things


def test_a_jpeg_has_the_pictures_colours():
    picture = np.zeros((16, 32, 3), np.uint8)
    picture[:, :16], picture[:, 16:] = RED, BLUE
    found = opened(encoded_jpeg(picture))
    assert np.abs(found[8, 4].astype(int) - RED).max() < 12
    assert np.abs(found[8, 28].astype(int) - BLUE).max() < 12
    assert encoded_jpeg(picture[:, ::-1]) != encoded_jpeg(picture)


def test_a_lower_quality_is_smaller():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    assert len(encoded_jpeg(noise, 50)) < len(encoded_jpeg(noise)) < len(encoded_jpeg(noise, 100))


@pytest.mark.parametrize("shape", [(8, 8), (96, 96), (20, 300), (48, 48)])
def test_a_miniature_has_one_shape(shape):
    picture = np.zeros((*shape, 3), np.uint8)
    picture[: shape[0] // 2] = RED
    found = miniature(picture)
    assert (found.shape, found.dtype) == ((MINIATURE_SIDE, MINIATURE_SIDE, 3), np.uint8)
    assert (found[2] == RED).all()
    assert (found[-3] == 0).all()
