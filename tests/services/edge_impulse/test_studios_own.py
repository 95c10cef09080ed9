import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gradcam
from services.edge_impulse.errors import StudioError
from services.edge_impulse.place import StudioPlace
from services.edge_impulse.studios_own import fetch_own
from services.sample import Sample
from tests.services.edge_impulse.visits import (
    FEED,
    access_to,
    half_made,
    kept_files,
    refused,
    shelf_at,
)
from tests.studio import Action, Fault, drawn_jpeg
from tests.studio import InputBlock as StudioInput


def fetch(studio, number=1001, impulse=1):
    place = StudioPlace(studio.url, 9, impulse, 7)
    return fetch_own(access_to(studio), place, FEED, Sample("a", Path("a"), None, studio_id=number))


def pixels(content):
    with Image.open(io.BytesIO(content)) as opened:
        return np.asarray(opened.convert("RGB"))


@pytest.mark.parametrize(
    ("mode", "method", "anchor"),
    [
        ("squash", "lanczos3", "middle-center"),
        ("squash", "nearest", "middle-center"),
        ("fit-short", "lanczos3", "middle-center"),
        ("fit-long", "lanczos3", "middle-center"),
        ("crop", "lanczos3", "top-left"),
        ("crop", "nearest", "bottom-right"),
    ],
)
@pytest.mark.parametrize(("width", "height"), [(16, 16), (24, 8), (8, 24)])
def test_what_studio_makes_of_a_picture_is_what_is_made_here(
    studio, project, mode, method, anchor, width, height
):
    block = project.impulses[0].inputs[0]
    block.width, block.height, block.resize_mode = width, height, mode
    block.resize_method, block.crop_anchor = method, anchor
    spec = gradcam.InputSpec(
        width, height, gradcam.Resize(mode), gradcam.ResizeMethod(method), anchor
    )
    there = pixels(fetch(studio).read_bytes())
    here = gradcam.fitted(pixels(project.samples[1001].content), spec)
    np.testing.assert_array_equal(there, here)


def test_a_sized_picture_is_kept_apart_by_impulse_and_sample(studio, project):
    other = StudioInput(12, 8, 8)
    project.impulses[0].inputs[0].width = project.impulses[0].inputs[0].height = 16
    project.impulses.append(project.impulses[0].__class__(2, [other], [], []))
    paths = [fetch(studio), fetch(studio, 1002), fetch(studio, impulse=2)]
    assert len(set(paths)) == 3
    assert {path.parent for path in paths} == {shelf_at(studio).sized}
    assert [pixels(path.read_bytes()).shape[0] for path in paths] == [16, 16, 8]
    assert half_made() == []


def test_a_sized_picture_is_fetched_anew_each_time(studio, project):
    before = fetch(studio).read_bytes()
    project.replace_sample(1001, drawn_jpeg(70))
    assert fetch(studio).read_bytes() != before
    assert len(kept_files(shelf_at(studio).sized)) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(Action.REFUSE, text="No sample found"), "Studio says “No sample found”."),
        (Fault(Action.HTML), "a web page where a picture should be"),
    ],
)
def test_what_does_not_come_is_told(studio, fault, words):
    studio.faults.add(fault)
    assert words in refused(lambda: fetch(studio), StudioError)
    assert kept_files() == {}
