"""The test set as a device sees it, and what a device printed."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from gradcam import PictureError
from gradcam.device.diagnosis import Diagnosis
from gradcam.device.faults import Fault
from gradcam.device.firmware import Pixels
from gradcam.device.resizing import DeviceResize
from services.choices.choices import Choices
from services.device.devices import OnDevice, device_of
from services.device.pasted import (
    compared_with,
    diagnosis_said,
    in_each_arithmetic,
    most_like,
    read_pasted,
)
from services.device.sheet import HIGH, diagnosis_png
from services.export.slide import EDGE, GAP
from services.media.tensors import Tensors
from services.opening.opening import open_source
from services.own.explaining import with_own
from services.predictions.comparison import network_comparison
from services.predictions.predictions import predict
from services.sources.reference import SourceKind, SourceReference
from services.work.progress import Progress
from tests.gradcam.device.frames import frame
from tests.services.projects import drawn, folder_project

SIDE = 8


@pytest.fixture
def opened(tmp_path, blue_or_red_file):
    """Scenes whose left half is red and whose right is blue, and the other way round."""
    folder = folder_project(
        tmp_path / "project", blue_or_red_file, {},
        'classes = ["blue", "red"]\n[input]\nscaling = "0..1"\ncolor = "rgb"\nresize = "squash"\n',
    )  # fmt: skip
    for number in range(6):
        pixels = frame(number).copy()
        red = number % 2
        # The edges, which a crop to the shortest side loses, say the opposite of the middle.
        pixels[...] = pixels // 8
        pixels[:, 40:120, 2 - 2 * red] = 110
        pixels[:, :20, 2 * red] = pixels[:, 140:, 2 * red] = 250
        drawn(folder / "testing" / ("blue", "red")[red] / f"{number}.png", pixels)
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def test_verdicts_change_where_the_edges_are_lost(opened):
    medium = opened.project.medium
    for firmware, mode in (("impulse", DeviceResize.SQUASH), ("esp32", DeviceResize.FIT_SHORTEST)):
        eye = device_of(medium, firmware, "160x120", "rgb888")
        assert eye.resize is mode
        asked = OnDevice(opened.predictions, eye)
        assert asked.missing == 1
        there = asked.make(Progress())
        assert asked.found is there
        batch = np.stack([
            medium.seen_by(eye).read(sample.path).tensor for sample in opened.predictions.samples
        ])  # fmt: skip
        assert there.outputs == pytest.approx(opened.project.network.predict(batch), abs=1e-6)
        both = network_comparison(opened.predictions, there)
        assert len(both) == 6
        # By hand: what the device sees of a frame of its own size.
        seen = [eye.seen(medium.read(s.path).picture, SIDE, SIDE) for s in there.samples]
        said = ["blue" if each[..., 2].mean() > each[..., 0].mean() else "red" for each in seen]
        labels = [sample.label for sample in there.samples]
        right = [float(one == other) for one, other in zip(said, labels, strict=True)]
        assert there.correct().tolist() == right
    assert both.paired.mended == 6


def test_a_medium_without_an_eye_is_as_ever(opened):
    medium = opened.project.medium
    eye = device_of(medium, "esp32", "160x120", "")
    assert eye.pixels is Pixels.JPEG
    assert str(medium.seen_by(eye)) != str(medium)
    assert "esp32" not in str(medium)
    assert medium.seen_by(eye).settings["firmware"] == "esp32"
    assert "firmware" not in medium.settings


def test_a_link_that_names_no_device_means_the_usual(opened):
    eye = device_of(opened.project.medium, "no such", "1x1", "infrared")
    assert (eye.firmware.name, eye.frame, eye.pixels) == ("impulse", (160, 120), Pixels.RGB888)


def test_no_camera_sees_tensors(opened):
    project = replace(opened.project, medium=Tensors(SIDE, SIDE, 3))
    asked = OnDevice(replace(opened.predictions, project=project), device_of(
        project.medium, "impulse", "160x120", ""))  # fmt: skip
    assert not asked.fit
    assert "No camera" in asked.fit.reason


def test_a_refused_crop_is_told_before_any_picture(opened):
    wide = replace(opened.project.medium, spec=replace(opened.project.medium.spec, width=96,
                                                       height=64))  # fmt: skip
    there = replace(opened.predictions, project=replace(opened.project, medium=wide))
    for firmware, end in (("esp32", "rows of another length."), ("himax", "another frame or")):
        told = OnDevice(there, device_of(wide, firmware, "160x120", "")).refused
        assert "160 × 120 holds no crop of the shape 96 × 64" in told
        assert end in told
    assert OnDevice(there, device_of(wide, "esp32-cam", "160x120", "")).refused == ""


def hexadecimal(picture):
    packed = (picture.astype(int) * (0x10000, 0x100, 1)).sum(axis=-1).ravel()
    return ", ".join(f"0x{value:06x}" for value in packed)


def test_a_print_is_explained_like_a_picture_of_one_s_own(opened):
    eye = device_of(opened.project.medium, "impulse", "160x120", "rgb888")
    picture = opened.project.medium.read(opened.predictions.samples[3].path).picture
    pasted = read_pasted(opened.predictions, hexadecimal(eye.seen(picture, SIDE, SIDE)))
    assert pasted.said == "Studio's raw features, a number a pixel, 8 × 8 pixels."
    own = with_own(opened, pasted.own).predictions
    tensor = opened.project.medium.seen_by(eye).read(opened.predictions.samples[3].path).tensor
    assert own.outputs == pytest.approx(opened.project.network.predict(tensor[None]), abs=1e-6)
    ((end, there),) = in_each_arithmetic(opened, pasted.own)
    assert end == ""
    assert (there.outputs == own.outputs).all()


def test_the_test_picture_is_found_and_the_fault_named(opened):
    medium = opened.project.medium
    eye = device_of(medium, "impulse", "160x120", "rgb888")
    larger = replace(opened.predictions, project=replace(
        opened.project, medium=replace(medium, spec=replace(medium.spec, width=48, height=48))
    ))  # fmt: skip
    for position in (1, 4):
        seen = eye.seen(medium.read(larger.samples[position].path).picture, 48, 48)
        for printed, fault in ((seen, Fault.NONE), (seen[..., ::-1], Fault.BLUE_FIRST)):
            pasted = read_pasted(larger, hexadecimal(np.ascontiguousarray(printed)))
            assert most_like(larger, pasted.printed.picture, eye) == position
            told, expected = compared_with(larger, pasted.printed, position, eye)
            assert told.fault is fault, told.why
            assert told.correlation > 0.99
            assert (expected == seen).all()


def test_what_was_diagnosed_is_one_picture(opened):
    eye = device_of(opened.project.medium, "impulse", "160x120", "rgb888")
    picture = opened.project.medium.read(opened.predictions.samples[3].path).picture
    printed = eye.seen(picture, SIDE, SIDE)
    pasted = read_pasted(opened.predictions, hexadecimal(printed))
    png = diagnosis_png(opened, pasted, 3, eye, Choices(alpha=0.0))
    sheet = np.asarray(Image.open(io.BytesIO(png)))
    row = sheet[EDGE : EDGE + HIGH]
    assert (row[:, EDGE : EDGE + HIGH] == printed.repeat(40, 0).repeat(40, 1)).all()
    # Without opacity the heat leaves the print as it was, and the test picture in its own shape.
    second = EDGE + HIGH + GAP
    assert (row[:, second : second + HIGH] == row[:, EDGE : EDGE + HIGH]).all()
    across = round(160 * HIGH / 120)
    assert sheet.shape[1] == 2 * EDGE + 2 * HIGH + 2 * GAP + across
    assert (sheet[-EDGE:] == 255).all()
    assert (sheet[EDGE + HIGH + GAP : -EDGE, EDGE:-EDGE] < 128).any()  # words


def test_a_diagnosis_is_said_in_sentences():
    sure = Diagnosis(Fault.BLUE_FIRST, True, 0.99, 0.5, "Exchanged, they agree.")
    assert diagnosis_said(sure) == ("Blue and red are exchanged.", "Exchanged, they agree.")
    said = [
        diagnosis_said(replace(sure, **other))[0]
        for other in ({"sure": False}, {"fault": Fault.NONE}, {"fault": None})
    ]
    assert said == [
        "Probably blue and red are exchanged.", "The picture is as it should be.", "",
    ]  # fmt: skip


def test_a_print_of_another_size_is_refused(opened):
    with pytest.raises(PictureError, match="a picture of 8 × 8 has"):
        read_pasted(opened.predictions, "1 2 3 4")


def test_predictions_here_are_no_other_than_before(opened):
    again = predict(opened.project, Progress())
    assert again.computed == 0
