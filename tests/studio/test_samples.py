"""Samples, pictures and models, and how they change."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

import gradcam
from tests.studio import (
    Category,
    Impulse,
    InputBlock,
    LearnBlock,
    StudioSample,
    drawn_jpeg,
    drawn_project,
)
from tests.studio.caller import Caller, refusal
from tests.studio.classify import input_spec
from tests.studio.pictures import after_input_block


def ids(call, **query):
    return [item["id"] for item in call.json("/raw-data", **query)["samples"]]


def test_the_default_page_is_small_and_the_largest_has_a_limit(studio, call):
    assert ids(call, category="testing") == list(range(1160, 1140, -1))
    studio.projects[9] = drawn_project(1200, training=3)
    drawn = Caller(studio, 9, "ei_drawn")
    assert len(ids(drawn, category="testing", limit=5000)) == 1000
    assert ids(drawn, category="testing", limit=5000, offset=1000) == list(range(1200, 1000, -1))
    assert drawn.json("/raw-data/count", category="training")["count"] == 3


def test_filters(call, cars):
    cars.change_sample(1001, is_disabled=True)
    cars.add_sample(StudioSample(1, "sound", b"RIFF", "car", media_type="audio/wav"))
    cars.add_sample(StudioSample(2, "mine", b"x", "car", Category.VALIDATION))
    assert ids(call, category="testing", includeDisabled="disabled") == [1001]
    assert 1001 not in ids(call, category="testing", includeDisabled="enabled", limit=1000)
    assert ids(call, category="testing", dataType="audio") == [1]
    assert ids(call, category="validation") == [2]
    assert ids(call, category="testing", search="street.0007") == [1007]
    assert ids(call, category="testing", minId=1003, maxId=1005) == [1004, 1003]
    labels = {cars.samples[number].label for number in ids(call, category="all", labels='["car"]')}
    assert labels == {"car"}
    assert len(call.json("/raw-data", category="all", limit=1)["samples"][0]["sensors"]) == 1


@pytest.mark.parametrize(
    "query",
    [{}, {"category": "tests"}, {"category": "all", "limit": "many"},
     {"category": "all", "labels": "car"}, {"category": "all", "excludeSensors": "maybe"}],
)  # fmt: skip
def test_wrong_parameters(call, query):
    assert refusal(call.get("/raw-data", **query))[0] == 400


def test_changes_are_seen_at_once(call, cars):
    other = drawn_jpeg(5)
    before = call.json("/raw-data/1001")["sample"]
    cars.replace_sample(1001, other)
    cars.relabel(1001, "bus")
    cars.remove_sample(1002)
    after = call.json("/raw-data/1001")["sample"]
    assert call.get("/raw-data/1001/image").content == other
    assert after["sha256Hash"] != before["sha256Hash"]
    assert after["coldstorageFilename"] != before["coldstorageFilename"]
    assert (after["label"], after["filename"]) == ("bus", before["filename"])
    assert refusal(call.get("/raw-data/1002")) == (200, "No sample found with ID 1002")
    assert call.json("/raw-data/count", category="testing")["count"] == 159


def test_pictures_that_are_none(call, cars):
    cars.change_sample(1001, is_processing=True)
    cars.change_sample(1002, media_type="audio/wav")
    assert "still processing" in refusal(call.get("/raw-data/1001/image"))[1]
    assert "does not contain image data" in refusal(call.get("/raw-data/1002/image"))[1]


@pytest.mark.parametrize("mode", ["squash", "fit-short", "fit-long", "crop"])
@pytest.mark.parametrize("size", [(160, 120), (53, 97), (96, 96)])
def test_the_input_block_and_the_core_agree(mode, size):
    picture = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    sink = io.BytesIO()
    Image.fromarray(picture).save(sink, "PNG")
    block = InputBlock(1, 48, 32, mode, crop_anchor="bottom-right")
    spec = input_spec(Impulse(1, [block], [], []), LearnBlock(2, None, ()))
    with Image.open(io.BytesIO(after_input_block(sink.getvalue(), block))) as seen:
        assert np.array_equal(np.asarray(seen), gradcam.fitted(picture, spec))


def test_the_input_block_of_the_impulse_asked_for(call, cars):
    cars.impulses.append(Impulse(2, [InputBlock(20, 32, 16)], [], []))
    sizes = []
    for impulse in (1, 2):
        answer = call.get("/raw-data/1001/image", afterInputBlock="true", impulseId=impulse)
        with Image.open(io.BytesIO(answer.content)) as seen:
            sizes.append(seen.size)
    assert sizes == [(96, 96), (32, 16)]
    assert refusal(call.get("/impulse", impulseId=3)) == (200, "No impulse found with ID 3")


def test_training_again(call, cars):
    before = call.json("/training/keras/7/metadata")["created"]
    call.follow(call.start_classify("int8"))
    cars.retrain(7, b"another model")
    packed = call.get("/learn-data/7/model/tflite-h5").content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.read("model.h5") == b"another model"
    assert call.json("/training/keras/7/metadata")["created"] > before
    assert "No model testing results" in refusal(call.get("/classify/all/result"))[1]


def test_a_block_without_a_keras_file(call, cars):
    cars.impulses[0].learns[0].model = None
    assert "tflite-h5" not in {row.get("id") for row in call.json("/downloads")["downloads"]}
    assert "No model download" in refusal(call.get("/learn-data/7/model/tflite-h5"))[1]
    assert "No learn block" in refusal(call.get("/training/keras/8"))[1]
    assert "No DSP block" in refusal(call.get("/dsp/8"))[1]
