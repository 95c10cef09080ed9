"""Every JSON answer holds against Studio's own description of its API, where that is at hand."""

import re

import pytest

from tests.studio import (
    BoundingBox,
    Category,
    Impulse,
    InputBlock,
    Labeling,
    LabelSpan,
    Role,
    StudioSample,
)
from tests.studio.caller import refusal
from tests.studio.description import Description, at_hand
from tests.studio.drawn import drawn_jpeg

IDS = {"projectId": 1, "dspId": 3, "learnId": 7, "sampleId": 1001}

pytestmark = at_hand

LOOKING = [
    ("/api/projects", {}),
    ("/api/{projectId}", {}),
    ("/api/{projectId}", {"impulseId": 1}),
    ("/api/{projectId}/impulses", {}),
    ("/api/{projectId}/impulse", {"impulseId": 1}),
    ("/api/{projectId}/dsp/{dspId}", {}),
    ("/api/{projectId}/dsp/{dspId}/metadata", {"category": "testing"}),
    ("/api/{projectId}/dsp/{dspId}/metadata", {"excludeIncludedSamples": "true"}),
    ("/api/{projectId}/training/keras/{learnId}", {}),
    ("/api/{projectId}/training/keras/{learnId}/metadata", {}),
    ("/api/{projectId}/training/keras/{learnId}/metadata", {"excludeLabels": "true"}),
    ("/api/{projectId}/downloads", {"impulseId": 1}),
    ("/api/{projectId}/export/get-url", {}),
    ("/api/{projectId}/raw-data", {"category": "all", "limit": 1000}),
    (
        "/api/{projectId}/raw-data",
        {"category": "testing", "offset": 2, "includeDisabled": "enabled", "dataType": "image",
         "excludeSensors": "true", "labels": '["car"]'},
    ),
    ("/api/{projectId}/raw-data/count", {"category": "training", "includeDisabled": "both"}),
    ("/api/{projectId}/raw-data/{sampleId}", {"limitPayloadValues": 3}),
]  # fmt: skip


@pytest.fixture(scope="module")
def description():
    return Description()


@pytest.fixture
def ask(call, description):
    """The answer to a described call, checked."""

    def asked(path, query=None, method="get", body=None):
        query = query or {}
        assert set(query) <= set(description.parameters(path, method))
        place = "/" + re.sub(
            r"{(\w+)}", lambda found: str(IDS[found[1]]), path.removeprefix("/api")
        )
        response = call.get(place, **query) if method == "get" else call.post(place, body, **query)
        assert response.status_code == 200
        description.holds(response.json(), path, method)
        return response.json()

    return asked


@pytest.mark.parametrize(("path", "query"), LOOKING)
def test_looking(ask, path, query):
    assert ask(path, query)["success"] is True


@pytest.mark.parametrize("path", [path for path, query in LOOKING if not query])
def test_looking_at_a_regression(ask, call, monkeypatch, path):
    call.key = "ei_demo_gauge"
    monkeypatch.setitem(IDS, "projectId", 2)
    assert ask(path)["success"] is True


def test_samples_of_every_kind(ask, cars):
    picture = drawn_jpeg(1)
    cars.labeling = Labeling.OBJECT_DETECTION
    cars.add_sample(StudioSample(1, "unlabelled", picture, is_disabled=True))
    cars.add_sample(StudioSample(2, "sound", b"RIFF", "snore", media_type="audio/wav"))
    cars.add_sample(StudioSample(3, "film", b"\0\0", media_type="video/mp4", is_processing=True))
    cars.add_sample(StudioSample(4, "broken", b"no picture", category=Category.POST_PROCESSING))
    cars.add_sample(StudioSample(5, "map", picture, label_map={"light": "day"}))
    spans = (LabelSpan(0, 3, "car"), LabelSpan(4, 9, "no car"))
    boxes = (BoundingBox("cup", 1, 2, 3, 4), BoundingBox("tray", 5, 6, 7, 8))
    cars.add_sample(StudioSample(6, "both", picture, boxes=boxes, structured_labels=spans))
    told = ask("/api/{projectId}/raw-data", {"category": "all", "maxId": 1000})
    both, keyed, broken, film, sound, unlabelled = told["samples"]
    assert both["label"] == "cup, tray"
    assert both["structuredLabelsList"] == ["car", "no car"]
    assert keyed["labelMap"] == {"type": "key-values", "labels": {"light": "day"}}
    assert (broken["category"], "imageDimensions" in broken) == ("post-processing", False)
    assert (film["chartType"], film["isProcessing"]) == ("video", True)
    assert (sound["chartType"], unlabelled["isDisabled"]) == ("chart", True)


def test_a_project_with_nothing_in_it(ask, cars):
    cars.impulses.clear()
    cars.samples.clear()
    assert "impulse" not in ask("/api/{projectId}/impulse")
    assert ask("/api/{projectId}/impulses")["impulses"] == []
    assert ask("/api/{projectId}/downloads")["downloads"] == []
    told = ask("/api/{projectId}")
    assert told["impulse"] == {"created": False, "configured": False, "complete": False}
    assert "defaultImpulseId" not in told


def test_an_untrained_block_and_one_for_sound(ask, cars):
    block = cars.impulses[0].learns[0]
    block.has_trained_model, block.last_layer = False, "fomo"
    sound = InputBlock(20, None, None, None, None, None, type="time-series", name="Audio")
    cars.impulses.append(Impulse(2, [sound], [], []))
    told = ask("/api/{projectId}/training/keras/{learnId}/metadata")
    assert (told["hasTrainedModel"], told["objectDetectionLastLayer"]) == (False, "fomo")
    assert "imageWidth" not in ask("/api/{projectId}/impulses")["impulses"][1]["inputBlocks"][0]
    assert ask("/api/{projectId}")["impulse"]["complete"] is False


def test_an_export(ask, monkeypatch):
    body = {"uploaderFriendlyFilenames": True, "retainCrops": False}
    job = ask("/api/{projectId}/jobs/export/original", method="post", body=body)["id"]
    monkeypatch.setitem(IDS, "jobId", job)
    ask("/api/{projectId}/jobs/{jobId}/stdout", {"limit": 1, "logLevel": "info"})
    running = ask("/api/{projectId}/jobs/{jobId}/status")["job"]
    done = ask("/api/{projectId}/jobs/{jobId}/status")["job"]
    assert ("finished" in running, done["finishedSuccessful"]) == (False, True)
    assert ask("/api/{projectId}/export/get-url")["hasExport"] is True


EDITS = [
    ("/api/{projectId}/raw-data/{sampleId}/edit-label", {}, {"label": "no car"}),
    ("/api/{projectId}/raw-data/{sampleId}/metadata", {}, {"metadata": {"tag": "x"}}),
    ("/api/{projectId}/raw-data/{sampleId}/disable", {}, {}),
    ("/api/{projectId}/raw-data/{sampleId}/enable", {}, {}),
    (
        "/api/{projectId}/raw-data/batch/clear-metadata-by-key",
        {"category": "testing", "ids": "[1001]", "minId": 1001, "maxId": 1002},
        {"metadataKey": "tag"},
    ),
]


@pytest.mark.parametrize(("path", "query", "body"), EDITS)
def test_changing_samples(ask, call, description, path, query, body):
    described = description.document["paths"][path]["post"].get("requestBody")
    if described:
        place = f"/paths/{path.replace('/', '~1')}/post/requestBody/content/application~1json"
        description.check(body, f"{place}/schema")
    assert ask(path, query, "post", body) == {"success": True}


@pytest.mark.parametrize(("path", "query", "body"), EDITS)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_admin_key_changes_samples(call, cars, path, query, body, role):
    cars.keys["ei_other"] = role
    call.key, before = "ei_other", dict(cars.samples)
    place = path.removeprefix("/api/{projectId}").replace("{sampleId}", "1001")
    assert "valid roles: [admin]" in refusal(call.post(place, body, **query))[1]
    assert cars.samples == before


def test_a_cancelled_job(ask, monkeypatch):
    body = {"uploaderFriendlyFilenames": True, "retainCrops": False}
    job = ask("/api/{projectId}/jobs/export/original", method="post", body=body)["id"]
    monkeypatch.setitem(IDS, "jobId", job)
    assert ask("/api/{projectId}/jobs/{jobId}/cancel", method="post") == {"success": True}
    assert ask("/api/{projectId}/jobs/{jobId}/status")["job"]["finishedSuccessful"] is False


@pytest.mark.parametrize("project", [1, 2])
def test_model_testing(ask, call, monkeypatch, project):
    call.key = {1: "ei_demo_cars", 2: "ei_demo_gauge"}[project]
    monkeypatch.setitem(IDS, "projectId", project)
    start = "/api/{projectId}/jobs/classify"
    job = ask(start, {"impulseId": 1}, "post", {"modelVariants": ["int8"]})["id"]
    monkeypatch.setitem(IDS, "jobId", job)
    for _ in range(2):
        ask("/api/{projectId}/jobs/{jobId}/status")
    told = ask("/api/{projectId}/classify/all/result", {"variant": "int8", "impulseId": 1})
    assert told["availableVariants"] == ["int8"]
    page = ask("/api/{projectId}/classify/all/result/page", {"limit": 3, "offset": 1})
    assert page["result"] == told["result"][1:4]


def test_results_gone_with_the_thresholds(ask, cars):
    cars.thresholds_changed = "can_regenerate_model_summary"
    told = ask("/api/{projectId}/classify/all/result")
    assert told["noResultsBecauseThresholdsChanged"] == "can_regenerate_model_summary"
    assert told["result"] == []


@pytest.mark.parametrize("path", ["/raw-data/99", "/jobs/99/status", "/classify/all/result"])
def test_refusals(call, description, path):
    answer = call.get(path).json()
    description.check(answer, "/components/schemas/GenericApiResponse")
    assert answer["success"] is False
    assert answer["error"]


def test_key_info_by_hand(call):
    # Newer than the description; the official client knows it.
    told = call.json("//projects/api-key-info")
    assert told == {"apiKeyId": 1, "projectId": 1, "role": "admin"}
