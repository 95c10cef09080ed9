import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from keras.applications.imagenet_utils import preprocess_input

import gradcam
from gradcam import Box, InputSpec

ANCHORS = [
    f"{row}-{col}" for row in ("top", "middle", "bottom") for col in ("left", "center", "right")
]


def spec(width=4, height=4, resize="squash", **fields):
    return InputSpec(width, height, gradcam.Resize(resize), **fields)


def box(x, y, width, height):
    return Box(x, y, width, height)


# ------------------------------------------------------------------------------- placement

FULL = box(0, 0, 4, 4)


@pytest.mark.parametrize(
    ("size", "resize", "anchor", "window", "inner"),
    [
        ((8, 4), "squash", "top-left", box(0, 0, 8, 4), FULL),
        ((8, 4), "fit-short", "top-left", box(2, 0, 4, 4), FULL),  # the anchor is for `crop`
        ((8, 4), "fit-long", "top-left", box(0, 0, 8, 4), box(0, 1, 4, 2)),
        ((8, 4), "crop", "top-left", box(0, 0, 4, 4), FULL),
        ((8, 4), "crop", "bottom-center", box(2, 0, 4, 4), FULL),
        ((8, 4), "crop", "middle-right", box(4, 0, 4, 4), FULL),
        ((4, 8), "squash", "top-left", box(0, 0, 4, 8), FULL),
        ((4, 8), "fit-short", "bottom-right", box(0, 2, 4, 4), FULL),
        ((4, 8), "fit-long", "bottom-right", box(0, 0, 4, 8), box(1, 0, 2, 4)),
        ((4, 8), "crop", "top-right", box(0, 0, 4, 4), FULL),
        ((4, 8), "crop", "middle-left", box(0, 2, 4, 4), FULL),
        ((4, 8), "crop", "bottom-center", box(0, 4, 4, 4), FULL),
        ((4, 4), "fit-short", "middle-center", box(0, 0, 4, 4), FULL),
        ((4, 4), "fit-long", "middle-center", box(0, 0, 4, 4), FULL),
        ((640, 480), "fit-short", "middle-center", box(80, 0, 480, 480), FULL),
        ((640, 480), "crop", "middle-right", box(160, 0, 480, 480), FULL),
        ((640, 480), "crop", "top-center", box(80, 0, 480, 480), FULL),
        ((640, 480), "crop", "bottom-left", box(0, 0, 480, 480), FULL),
        ((480, 640), "crop", "top-right", box(0, 0, 480, 480), FULL),
        ((480, 640), "crop", "middle-right", box(0, 80, 480, 480), FULL),
        ((480, 640), "crop", "bottom-left", box(0, 160, 480, 480), FULL),
        ((640, 480), "fit-long", "middle-center", box(0, 0, 640, 480), box(0, 0, 4, 3)),
    ],
)
def test_placement_in_a_square_input_by_hand(size, resize, anchor, window, inner):
    where = gradcam.placement(spec(resize=resize, crop_anchor=anchor), *size)
    assert where == gradcam.Placement(window, inner)


@pytest.mark.parametrize(
    ("size", "resize", "anchor", "window", "inner"),
    [
        ((6, 6), "squash", "middle-center", box(0, 0, 6, 6), box(0, 0, 6, 3)),
        ((6, 8), "fit-short", "middle-center", box(0, 2, 6, 3), box(0, 0, 6, 3)),
        ((6, 6), "fit-long", "middle-center", box(0, 0, 6, 6), box(1, 0, 3, 3)),
        ((6, 6), "crop", "bottom-left", box(0, 3, 6, 3), box(0, 0, 6, 3)),
        ((20, 5), "crop", "top-right", box(10, 0, 10, 5), box(0, 0, 6, 3)),
        ((24, 4), "fit-long", "middle-center", box(0, 0, 24, 4), box(0, 1, 6, 1)),
    ],
)
def test_placement_in_a_wide_input_by_hand(size, resize, anchor, window, inner):
    where = gradcam.placement(spec(6, 3, resize, crop_anchor=anchor), *size)
    assert where == gradcam.Placement(window, inner)


def test_a_thin_picture_keeps_at_least_one_pixel():
    assert gradcam.placement(spec(resize="fit-long"), 1000, 1).inner == box(0, 1, 4, 1)
    assert gradcam.placement(spec(resize="fit-long"), 1, 1000).inner == box(1, 0, 1, 4)
    assert gradcam.placement(spec(9, 3, "fit-short"), 1, 1).window == box(0, 0, 1, 1)


@pytest.mark.parametrize("anchor", ["", "middle", "center-middle", "top-left-more", "Top-left"])
def test_an_unknown_anchor_is_refused_in_one_sentence(anchor):
    with pytest.raises(gradcam.GradcamError, match="crop anchor") as refusal:
        spec(crop_anchor=anchor)
    assert repr(anchor) in str(refusal.value)
    assert "\n" not in str(refusal.value)


# ---------------------------------------------------------------------------------- fitted


def columns(width, height):
    """A picture whose red is 10 times the column, green 10 times the row, blue 200."""
    picture = np.full((height, width, 3), 200, np.uint8)
    picture[..., 0] = 10 * np.arange(width)[None]
    picture[..., 1] = 10 * np.arange(height)[:, None]
    return picture


@pytest.mark.parametrize("method", list(gradcam.ResizeMethod))
@pytest.mark.parametrize(
    ("size", "resize", "anchor", "rows", "cols"),
    [
        ((8, 4), "crop", "top-left", slice(0, 4), slice(0, 4)),
        ((8, 4), "crop", "middle-right", slice(0, 4), slice(4, 8)),
        ((8, 4), "fit-short", "top-left", slice(0, 4), slice(2, 6)),
        ((4, 8), "crop", "bottom-left", slice(4, 8), slice(0, 4)),
        ((4, 8), "fit-short", "top-left", slice(2, 6), slice(0, 4)),
        ((4, 4), "squash", "top-left", slice(0, 4), slice(0, 4)),
    ],
)
def test_a_cut_without_a_change_of_size_keeps_every_pixel(size, resize, anchor, rows, cols, method):
    picture = columns(*size)
    seen = gradcam.fitted(picture, spec(resize=resize, resize_method=method, crop_anchor=anchor))
    np.testing.assert_array_equal(seen, picture[rows, cols])


@pytest.mark.parametrize(
    ("size", "white_rows", "white_cols"),
    [((8, 4), slice(1, 3), slice(0, 4)), ((4, 8), slice(0, 4), slice(1, 3))],
)
def test_fit_long_leaves_black_bars(size, white_rows, white_cols):
    seen = gradcam.fitted(np.full((size[1], size[0], 3), 255, np.uint8), spec(resize="fit-long"))
    expected = np.zeros((4, 4, 3), np.uint8)
    expected[white_rows, white_cols] = 255
    np.testing.assert_array_equal(seen, expected)


def test_squash_stretches_to_the_corners():
    seen = gradcam.fitted(columns(8, 2), spec(4, 2, resize_method=gradcam.ResizeMethod.NEAREST))
    np.testing.assert_array_equal(seen[..., 0], [[10, 30, 50, 70]] * 2)
    np.testing.assert_array_equal(seen[..., 1], [[0] * 4, [10] * 4])
    assert (seen[..., 2] == 200).all()


def test_each_resize_method_by_its_mark():
    step = np.repeat(np.array([[100, 100, 200, 200]], np.uint8)[..., None], 3, axis=2)
    seen = {
        method: gradcam.fitted(step, spec(8, 1, resize_method=method))[0, :, 0].astype(int)
        for method in gradcam.ResizeMethod
    }
    assert list(seen[gradcam.ResizeMethod.NEAREST]) == [100] * 4 + [200] * 4
    assert list(seen[gradcam.ResizeMethod.BILINEAR]) == [100, 100, 100, 125, 175, 200, 200, 200]
    assert seen[gradcam.ResizeMethod.LANCZOS3].max() > 200  # it rings beside the step
    assert seen[gradcam.ResizeMethod.LANCZOS3].min() < 100


def test_shrinking_is_antialiased():
    stripes = np.zeros((4, 16, 3), np.uint8)
    stripes[:, ::2] = 255
    seen = gradcam.fitted(stripes, spec(4, 4, resize_method=gradcam.ResizeMethod.BILINEAR))
    assert (np.abs(seen.astype(int) - 127) < 25).all()


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1), (4, 4, 4), (0, 4, 3), (4, 0, 3)])
def test_what_is_no_rgb_picture_is_refused(shape):
    with pytest.raises(gradcam.PictureError, match="not an RGB picture"):
        gradcam.to_tensor(np.zeros(shape, np.uint8), spec())


# ---------------------------------------------------------------------------------- scaled

PIXEL = np.array([[[51, 102, 204]]], np.uint8)
LUMA = 0.299 * 51 + 0.587 * 102 + 0.114 * 204  # 98.379


@pytest.mark.parametrize(
    ("scaling", "color", "expected"),
    [
        ("0..1", "rgb", [0.2, 0.4, 0.8]),
        ("0..1", "bgr", [0.8, 0.4, 0.2]),
        ("0..1", "grayscale", [LUMA / 255]),
        ("-1..1", "rgb", [-0.6, -0.2, 0.6]),
        ("-1..1", "bgr", [0.6, -0.2, -0.6]),
        ("-1..1", "grayscale", [LUMA / 127.5 - 1]),
        ("0..255", "rgb", [51, 102, 204]),
        ("0..255", "bgr", [204, 102, 51]),
        ("0..255", "grayscale", [LUMA]),
        ("-128..127", "rgb", [-77, -26, 76]),
        ("-128..127", "bgr", [76, -26, -77]),
        ("-128..127", "grayscale", [LUMA - 128]),
        (
            "torch",
            "rgb",
            [(0.2 - 0.485) / 0.229, (0.4 - 0.456) / 0.224, (0.8 - 0.406) / 0.225],
        ),
        (
            "torch",
            "bgr",
            [(0.8 - 0.485) / 0.229, (0.4 - 0.456) / 0.224, (0.2 - 0.406) / 0.225],
        ),
        ("torch", "grayscale", [(LUMA / 255 - 0.449) / 0.226]),
        ("bgr-subtract-imagenet-mean", "rgb", [204 - 103.939, 102 - 116.779, 51 - 123.68]),
        ("bgr-subtract-imagenet-mean", "bgr", [51 - 103.939, 102 - 116.779, 204 - 123.68]),
        ("bgr-subtract-imagenet-mean", "grayscale", [LUMA - 344.398 / 3]),
    ],
)
def test_every_scaling_of_one_pixel_by_hand(scaling, color, expected):
    chosen = spec(1, 1, scaling=gradcam.Scaling(scaling), color=gradcam.Color(color))
    tensor = gradcam.to_tensor(PIXEL, chosen)
    np.testing.assert_allclose(tensor, [[expected]], rtol=1e-5, atol=1e-6)
    assert tensor.dtype == np.float32
    assert tensor.shape[-1] == chosen.channels


@pytest.mark.parametrize("color", ["rgb", "bgr"])
@pytest.mark.parametrize(
    ("scaling", "mode"),
    [("-1..1", "tf"), ("torch", "torch"), ("bgr-subtract-imagenet-mean", "caffe")],
)
def test_scalings_equal_keras_own_fed_in_that_order(scaling, mode, color):
    picture = np.random.default_rng(1).integers(0, 256, (6, 6, 3), np.uint8)
    chosen = spec(6, 6, scaling=gradcam.Scaling(scaling), color=gradcam.Color(color))
    fed = picture if color == "rgb" else picture[..., ::-1]
    expected = preprocess_input(fed.astype(np.float32), data_format="channels_last", mode=mode)
    np.testing.assert_allclose(gradcam.to_tensor(picture, chosen), expected, atol=1e-4)


def test_scaling_leaves_the_picture_as_it_was():
    for scaling in gradcam.Scaling:
        own = {"mean": (1.0,), "deviation": (2.0,)} if scaling is gradcam.Scaling.OWN else {}
        gradcam.to_tensor(PIXEL, spec(1, 1, scaling=scaling, **own))
    np.testing.assert_array_equal(PIXEL, [[[51, 102, 204]]])


@pytest.mark.parametrize(
    "change",
    [
        {"width": 5},
        {"height": 5},
        {"resize": gradcam.Resize.FIT_SHORT},
        {"resize": gradcam.Resize.FIT_LONG},
        {"resize": gradcam.Resize.CROP, "crop_anchor": "top-left"},
        *({"resize_method": method} for method in list(gradcam.ResizeMethod)[1:]),
        {"color": gradcam.Color.BGR},
        {"color": gradcam.Color.GRAYSCALE},
        *({"scaling": scaling} for scaling in list(gradcam.Scaling)[1:-1]),
        {"scaling": gradcam.Scaling.OWN, "mean": (9.0,), "deviation": (2.0,)},
    ],
    ids=str,
)
def test_every_field_of_the_spec_changes_the_tensor(change):
    picture = np.random.default_rng(2).integers(0, 256, (9, 14, 3), np.uint8)
    plain = gradcam.to_tensor(picture, spec())
    changed = gradcam.to_tensor(picture, InputSpec(**{"width": 4, "height": 4, **change}))
    assert plain.shape != changed.shape or np.abs(plain - changed).max() > 1e-3


def test_what_came_later_shows_in_the_text_only_where_it_says_something():
    """Results that are kept are named by it: those of an earlier version have to be found."""
    assert repr(InputSpec(8, 6)) == (
        "InputSpec(width=8, height=6, resize=<Resize.SQUASH: 'squash'>, "
        "resize_method=<ResizeMethod.LANCZOS3: 'lanczos3'>, crop_anchor='middle-center', "
        "color=<Color.RGB: 'rgb'>, scaling=<Scaling.UNIT: '0..1'>)"
    )
    own = spec(scaling=gradcam.Scaling.OWN, mean=(1.0,), deviation=(2.0,))
    assert repr(own).endswith("'mean-and-deviation'>, mean=(1.0,), deviation=(2.0,))")
    assert repr(own) != repr(replace(own, mean=(1.5,)))


def test_a_spec_is_squash_lanczos_rgb_0_to_1_unless_told():
    assert spec() == InputSpec(
        4,
        4,
        gradcam.Resize.SQUASH,
        gradcam.ResizeMethod.LANCZOS3,
        "middle-center",
        gradcam.Color.RGB,
        gradcam.Scaling.UNIT,
    )


# ----------------------------------------------------------------------------------- place


def rising(*values):
    return np.array(values, np.float32)


def test_place_after_squash_covers_the_whole_picture():
    placed = gradcam.place(rising([0, 1], [0, 1]), spec(), 4, 2)
    np.testing.assert_allclose(placed, [[0, 0.25, 0.75, 1]] * 2, atol=1e-6)


@pytest.mark.parametrize(
    ("resize", "anchor", "columns_seen"),
    [
        ("fit-short", "top-left", slice(2, 6)),
        ("crop", "top-left", slice(0, 4)),
        ("crop", "middle-center", slice(2, 6)),
        ("crop", "bottom-right", slice(4, 8)),
    ],
)
def test_place_marks_what_a_cut_removed(resize, anchor, columns_seen):
    chosen = spec(resize=resize, crop_anchor=anchor)
    placed = gradcam.place(rising([0, 1], [0, 1]), chosen, 8, 4)
    expected = np.full((4, 8), np.nan, np.float32)
    expected[:, columns_seen] = [0, 0.25, 0.75, 1]
    np.testing.assert_allclose(placed, expected, atol=1e-6)


def test_place_marks_rows_too():
    chosen = spec(resize="crop", crop_anchor="bottom-center")
    placed = gradcam.place(np.ones((2, 2), np.float32), chosen, 4, 8)
    np.testing.assert_array_equal(np.isnan(placed[:, 0]), [True] * 4 + [False] * 4)


def test_place_after_fit_long_drops_the_bars():
    # An 8 x 4 picture fills rows 1 and 2 of the input: the bars' heat stays outside, but for
    # the half of its cell that bilinear resizing lets run over: 0.25 at the first row.
    bars = rising([1] * 4, [0] * 4, [0] * 4, [1] * 4)
    placed = gradcam.place(bars, spec(resize="fit-long"), 8, 4)
    np.testing.assert_allclose(placed[:, 0], [0.25, 0, 0, 0.25], atol=1e-6)
    inside = gradcam.place(rising(*[[0, 0, 1, 1]] * 4), spec(resize="fit-long"), 8, 4)
    np.testing.assert_allclose(inside, [[0, 0, 0, 0.25, 0.75, 1, 1, 1]] * 4, atol=1e-6)


@pytest.mark.parametrize("resize", list(gradcam.Resize))
@pytest.mark.parametrize("anchor", ["top-left", "middle-center", "bottom-right", "top-right"])
@pytest.mark.parametrize(("width", "height"), [(96, 60), (60, 96), (64, 64)])
def test_a_blob_goes_to_the_tensor_and_back(resize, anchor, width, height):
    chosen = InputSpec(
        24, 20, resize, gradcam.ResizeMethod.BILINEAR, anchor, gradcam.Color.GRAYSCALE
    )
    window = gradcam.placement(chosen, width, height).window
    x, y = window.x + window.width // 3, window.y + 2 * window.height // 3
    picture = np.zeros((height, width, 3), np.uint8)
    picture[y - 4 : y + 5, x - 4 : x + 5] = 255
    heat = gradcam.to_tensor(picture, chosen)[..., 0]
    placed = np.nan_to_num(gradcam.place(heat, chosen, width, height))
    rows, cols = np.indices(placed.shape)
    assert (cols * placed).sum() / placed.sum() == pytest.approx(x, abs=1.0)
    assert (rows * placed).sum() / placed.sum() == pytest.approx(y, abs=1.0)


SIDES = st.integers(1, 110)


@given(SIDES, SIDES, st.integers(1, 40), st.integers(1, 40), st.sampled_from(ANCHORS))
def test_place_is_nan_exactly_where_a_cut_removed_the_picture(width, height, w, h, anchor):
    for resize in gradcam.Resize:
        chosen = InputSpec(w, h, resize, crop_anchor=anchor)
        where = gradcam.placement(chosen, width, height)
        placed = gradcam.place(np.full((3, 2), 0.5, np.float32), chosen, width, height)
        seen = np.zeros((height, width), bool)
        seen[where.window.slices] = True
        np.testing.assert_array_equal(np.isnan(placed), ~seen)
        np.testing.assert_allclose(placed[seen], 0.5, atol=1e-6)
        assert where.window.width >= 1
        assert where.window.height >= 1
        if resize in {gradcam.Resize.SQUASH, gradcam.Resize.FIT_LONG}:
            assert seen.all()
        else:
            assert seen.all(axis=1).any() or seen.all(axis=0).any()  # one side is kept whole


@given(
    st.integers(24, 110),
    st.integers(24, 110),
    st.integers(12, 40),
    st.integers(12, 40),
    st.sampled_from(list(gradcam.Resize)),
    st.sampled_from(ANCHORS),
)
def test_every_place_comes_back_within_a_pixel(width, height, w, h, resize, anchor):
    """A picture that holds its own coordinates, seen by the network, put back, still does."""
    chosen = InputSpec(w, h, resize, gradcam.ResizeMethod.BILINEAR, anchor)
    where = gradcam.placement(chosen, width, height)
    assume(min(where.inner.width, where.inner.height) >= 8)
    across = where.window.width / where.inner.width
    down = where.window.height / where.inner.height
    for side, scale, axis, channel in ((width, across, 1, 0), (height, down, 0, 1)):
        ramp = np.broadcast_to(
            np.arange(side) if axis == 1 else np.arange(side)[:, None], (height, width)
        )
        picture = np.zeros((height, width, 3), np.uint8)
        picture[..., channel] = np.rint(ramp * (255 / side))
        heat = np.ascontiguousarray(gradcam.fitted(picture, chosen)[..., channel] / np.float32(255))
        back = gradcam.place(heat, chosen, width, height) * side
        margins = (math.ceil(1.5 * down) + 1, math.ceil(1.5 * across) + 1)
        inner = tuple(
            slice(cut.start + margin, cut.stop - margin)
            for cut, margin in zip(where.window.slices, margins, strict=True)
        )
        assert scale > 0
        if back[inner].size:
            assert np.abs(back[inner] - ramp[inner]).max() <= 1.0 + 0.3
