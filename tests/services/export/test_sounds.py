"""An export of sounds: overlays with their axes, what is hot as a file beside them, and players."""

import wave

import cv2
import numpy as np
import pytest

from gradcam import METHODS
from services.choices.choices import Choices, OverlaySize
from services.export.job import export
from services.export.naming import overlay_names
from services.export.plan import ExportPlan
from services.media.axes import Axes, Panel
from services.media.framed import MARK, PAPER, with_axes
from services.opening.opening import open_source
from services.sources.reference import SourceKind, SourceReference
from tests.services.media.sound.sounds import RATE, beeps_project, tone, written


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = beeps_project(tmp_path_factory.mktemp("beeps"))
    written(folder / "data" / "low" / "wrong.wav", tone(3000))
    return open_source(SourceReference(SourceKind.FOLDER, str(folder))).project


def exported(project, folder, **chosen):
    choices = Choices().having(method=METHODS["hires-cam"], **chosen)
    return export(project, ExportPlan.of(project, choices), project.samples, folder, "").output


def test_each_sound_has_a_picture_with_axes_and_its_hottest_part(project, tmp_path):
    output = exported(project, tmp_path / "out")
    overlays = list(output.rglob("gradcam/*/*.png"))
    assert {path.stem for path in overlays} == {"0", "1", "2", "3", "wrong"}
    assert {path.parent.name for path in overlays} == {"correct", "incorrect"}
    sounds = {path.with_name(f"{path.stem}.hot.wav") for path in overlays}
    assert sounds == set(output.rglob("gradcam/*/*.wav"))
    picture = cv2.imread(str(output / "gradcam/correct/1.png"))
    width, height = project.medium.drawing.width, project.medium.drawing.height
    assert picture.shape[0] > 2 * height
    assert picture.shape[1] > 2 * width
    with wave.open(str(output / "gradcam/correct/1.hot.wav")) as file:
        assert (file.getframerate(), file.getnframes()) == (RATE, RATE)
        hot = np.frombuffer(file.readframes(RATE), "<i2").astype(float)
    assert np.square(hot[4000:]).sum() > 3 * np.square(hot[:4000]).sum()  # the high beep
    report = (output / "report.html").read_text()
    wrong = sum(path.parent.name == "incorrect" for path in overlays)
    assert report.count('<audio controls preload="none" src="data:audio/wav;base64,') == 2 * wrong
    assert "test sounds" in report


def test_another_share_is_another_export(project, tmp_path):
    plans = [
        ExportPlan.of(project, Choices().having(heard_share=share)).digest(project, project.samples)
        for share in (25, 40)
    ]
    assert len(set(plans)) == 2


def test_overlays_of_the_networks_own_size_have_no_axes(project, tmp_path):
    output = exported(project, tmp_path / "out", overlay_size=OverlaySize.MODEL)
    picture = cv2.imread(str(output / "gradcam/correct/1.jpg"))
    assert picture.shape[:2] == (project.medium.height, project.medium.width)


def test_names_lose_their_ending_and_keep_their_window():
    names = overlay_names(["a/on.wav", "b/on.flac", "long.wav@0.500s"], ".png")
    assert list(names.values()) == ["on.png", "on (2).png", "long@0.500s.png"]


def test_ticks_stand_where_their_numbers_are():
    picture = np.zeros((40, 400, 3), np.uint8)
    axes = Axes(2.0, (), (Panel("", 0.0, 1.0, hertz=(3000.0, 1000.0)),))
    drawn = with_axes(picture, axes, start=1.0)
    black = np.flatnonzero((drawn[30] == 0).all(axis=1))
    left, right = black[0], black[-1] + 1
    assert right - left >= 800
    below = drawn[np.flatnonzero((drawn[:, left + 5] == 0).all(axis=1))[-1] + 1 + MARK // 2]
    marks = np.flatnonzero((below != PAPER).any(axis=1))
    at = [1.0 + 2.0 * (mark - left) / (right - left) for mark in marks]
    assert np.allclose(np.array(at) * 4, np.rint(np.array(at) * 4), atol=0.1)
