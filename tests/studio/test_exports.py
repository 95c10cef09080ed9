"""The zip of an export, and the storage it lies in."""

import io
import json
import re
import zipfile

import pytest
import requests

from tests.studio import (
    BoundingBox,
    Category,
    LabelSpan,
    StudioSample,
    drawn_jpeg,
)
from tests.studio.caller import refusal
from tests.studio.demo import DEMO
from tests.waiting import PATIENCE

EXPORT = {"uploaderFriendlyFilenames": False, "retainCrops": True}


def archive_of(content):
    return zipfile.ZipFile(io.BytesIO(content))


def entries(archive, path="info.labels"):
    return {entry["path"]: entry for entry in json.loads(archive.read(path))["files"]}


def test_an_export_holds_every_category(call, cars):
    cars.add_sample(StudioSample(1, "late", drawn_jpeg(1), "car", Category.POST_PROCESSING))
    archive = archive_of(call.export())
    told = entries(archive)
    files = {name for name in archive.namelist() if name.endswith(".jpg")}
    assert files == set(told)
    assert {path.split("/")[0] for path in files} == {"training", "testing", "post-processing"}
    original = json.loads((DEMO / "cars" / "info.labels").read_text(encoding="utf-8"))["files"]
    for entry in original:
        expected = {key: value for key, value in entry.items() if value != []}
        assert told[entry["path"]] == expected
        assert archive.read(entry["path"]) == (DEMO / "cars" / entry["path"]).read_bytes()
    inside = entries(archive, "testing/info.labels")
    assert {f"testing/{path}" for path in inside} == {e["path"] for e in original}
    boxes = json.loads(archive.read("testing/bounding_boxes.labels"))
    assert boxes["type"] == "bounding-box-labels"
    name = original[0]["path"].removeprefix("testing/")
    assert boxes["boundingBoxes"][name] == original[0]["boundingBoxes"]
    assert archive.read("README.txt")


def test_labels_of_every_kind_in_an_export(call, cars):
    picture = drawn_jpeg(2)
    cars.samples.clear()
    spans = (LabelSpan(0, 4, "car"),)
    cars.add_sample(StudioSample(1, "none", picture))
    cars.add_sample(StudioSample(2, "multi", picture, structured_labels=spans))
    cars.add_sample(StudioSample(3, "keyed", picture, label_map={"light": "day"}))
    cars.add_sample(StudioSample(4, "Ache (17).JPG", picture, "Ache", is_disabled=True))
    cars.add_sample(StudioSample(5, "not yet", picture, is_processing=True))
    told = {e["name"]: e for e in entries(archive_of(call.export())).values()}
    assert {name: entry["label"] for name, entry in told.items()} == {
        "none": {"type": "unlabeled"},
        "multi": {
            "type": "multi-label",
            "labels": [{"startIndex": 0, "endIndex": 4, "label": "car"}],
        },
        "keyed": {"type": "keyvalue-labels", "labels": {"light": "day"}},
        "Ache (17).JPG": {"type": "label", "label": "Ache"},
    }
    stored = told["Ache (17).JPG"]["path"]
    assert re.fullmatch(r"testing/Ache \(17\)\.JPG\.\w{8}\.ingestion-\w{10}-\w{5}\.jpg", stored)
    sample = call.json("/raw-data/4")["sample"]
    assert sample["coldstorageFilename"].rpartition("/")[2] == stored.removeprefix("testing/")


def test_friendly_names(call, cars):
    cars.samples.clear()
    box = (BoundingBox("cup", 1, 2, 3, 4),)
    for number in (1, 2):
        cars.add_sample(StudioSample(number, "one", drawn_jpeg(number), "0.5", boxes=box))
    told = entries(archive_of(call.export(friendly=True)))
    assert set(told) == {"testing/0.5.one.jpg", "testing/0.5.one.2.jpg"}
    assert told["testing/0.5.one.jpg"]["boundingBoxes"][0]["label"] == "cup"


def test_the_form_of_very_large_exports(call, cars):
    cars.ndjson = True
    text = archive_of(call.export()).read("testing/info.labels").decode()
    head, *lines = text.splitlines()
    assert head.startswith('{"__ndjson":true,')
    rows = [json.loads(line) for line in lines]
    assert {row["__key"] for row in rows} == {"files"}
    assert rows[0]["__item"]["label"] == {"type": "label", "label": "car"}
    assert len(rows) == 160


@pytest.mark.parametrize("body", [{}, {"retainCrops": True}, {**EXPORT, "retainCrops": 1}])
def test_an_export_asks_for_both_fields(call, body):
    assert refusal(call.post("/jobs/export/original", body))[0] == 400


@pytest.fixture
def url(call):
    call.follow(call.start_export())
    return call.json("/export/get-url")["url"]


def test_ranges(url):
    whole = requests.get(url, timeout=PATIENCE)
    tag, size = whole.headers["etag"], len(whole.content)
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")

    def part(**headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.get(url, headers=named, timeout=PATIENCE)

    middle = part(Range="bytes=10-19", If_Range=tag)
    assert (middle.status_code, middle.content) == (206, whole.content[10:20])
    assert middle.headers["content-range"] == f"bytes 10-19/{size}"
    assert part(Range=f"bytes={size - 5}-").content == whole.content[-5:]
    assert part(Range="bytes=-5").content == whole.content[-5:]
    other = part(Range="bytes=10-19", If_Range='"another"')
    assert (other.status_code, other.content) == (200, whole.content)
    beyond = part(Range=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")


def test_a_storage_without_ranges(url, studio):
    studio.storage.serves_ranges = False
    answer = requests.get(url, headers={"Range": "bytes=10-19"}, timeout=PATIENCE)
    assert (answer.status_code, "accept-ranges" in answer.headers) == (200, False)


def test_a_wrong_token_is_refused(url):
    assert requests.get(url[:-1] + "x", timeout=PATIENCE).status_code == 403
    assert requests.get(url.replace("/1.zip", "/2.zip"), timeout=PATIENCE).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-api-key": "ei_demo_cars"}, 400),
        ({"Authorization": "Bearer x"}, 400),
        ({"Referer": "http://example.org/?key=ei_demo_cars"}, 200),
    ],
)
def test_leaks_are_seen(url, studio, headers, status):
    assert requests.get(url, headers=headers, timeout=PATIENCE).status_code == status
    (leak,) = studio.leaks
    assert (leak.path, leak.origin) == ("/exports/1/1.zip", "storage")


def test_a_clean_request_is_no_leak(url, studio):
    assert requests.get(url, timeout=PATIENCE).status_code == 200
    assert (studio.leaks, studio.count("/exports/**")) == ([], 1)
