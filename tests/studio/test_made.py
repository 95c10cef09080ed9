"""Sounds, objects and anomalies in the imitation: as described, and as they were made."""

import io
import wave

import numpy as np
import pytest

from tests.studio import Mode, Variant, anomaly_project, object_project, running_studio
from tests.studio.caller import Caller, refusal
from tests.studio.description import Description, at_hand
from tests.studio.made import RATE, sound_project, trunk_project

PROJECTS = {21: sound_project, 22: object_project, 23: anomaly_project, 24: trunk_project}
IDS = {"dspId": 3, "learnId": 7, "sampleId": 1001}
LOOKING = [
    ("/api/{projectId}", {}),
    ("/api/{projectId}/impulses", {}),
    ("/api/{projectId}/dsp/{dspId}", {}),
    ("/api/{projectId}/dsp/{dspId}/metadata", {"category": "testing"}),
    ("/api/{projectId}/training/keras/{learnId}", {}),
    ("/api/{projectId}/training/keras/{learnId}/metadata", {"excludeLabels": "true"}),
    ("/api/{projectId}/downloads", {"impulseId": 1}),
    ("/api/{projectId}/raw-data", {"category": "all", "limit": 1000}),
    ("/api/{projectId}/raw-data/{sampleId}", {"limitPayloadValues": 3}),
    ("/api/{projectId}/classify/all/result", {"impulseId": 1}),
    ("/api/{projectId}/classify/all/result/page", {"impulseId": 1, "limit": 2}),
]
SLICE = "/api/{projectId}/dsp/{dspId}/raw-data/{sampleId}/slice/run/readonly"


@pytest.fixture(scope="module")
def made():
    with running_studio(*(make(with_results=True) for make in PROJECTS.values())) as studio:
        yield studio


@pytest.fixture
def callers(made):
    return {number: Caller(made, number, *made.projects[number].keys) for number in PROJECTS}


@pytest.fixture(scope="module")
def description():
    return Description()


@pytest.fixture
def ask(callers, description):
    """The answer to a described call of a project, checked."""

    def asked(project, path, query):
        assert set(query) <= set(description.parameters(path))
        place = path.removeprefix("/api/{projectId}")
        for name, number in IDS.items():
            place = place.replace(f"{{{name}}}", str(number))
        answer = callers[project].get(place, **query).json()
        description.holds(answer, path)
        return answer

    return asked


@at_hand
@pytest.mark.parametrize("project", PROJECTS)
@pytest.mark.parametrize(("path", "query"), LOOKING)
def test_every_answer_is_as_described(ask, project, path, query):
    assert ask(project, path, query)["success"] is True


@at_hand
def test_features_and_thresholds_are_as_described(ask):
    told = ask(21, SLICE, {"sliceStart": 2000})
    assert len(told["features"]) == 49 * 20
    limits = ask(23, "/api/{projectId}/training/anomaly/{learnId}/metadata", {})["thresholds"]
    assert [limit["value"] for limit in limits] == [3.0]
    gmm = ask(24, "/api/{projectId}/training/anomaly/{learnId}/gmm/metadata", {})
    assert (gmm["weights"], len(gmm["means"][0])) == ([1.0], 2)


def test_a_sound_comes_as_it_was_uploaded(callers, made):
    content = callers[21].get("/raw-data/1001/wav", axisIx=0).content
    assert content == made.projects[21].samples[1001].content
    with wave.open(io.BytesIO(content)) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (RATE, 6000)
    assert refusal(callers[21].get("/raw-data/1001/wav"))[0] == 400
    assert "no" in refusal(callers[21].get("/raw-data/1001/image"))[1]
    assert "audio" in refusal(callers[22].get("/raw-data/1001/wav", axisIx=0))[1]


def test_windows_have_the_label_at_their_end(callers):
    told = callers[21].json("/classify/all/result", impulseId=1)
    both = [row for row in told["predictions"] if row["sampleId"] == 1006]
    assert [(row["startMs"], row["endMs"], row["label"]) for row in both] == [
        (0, 500, "low"),
        (250, 750, "high"),
        (500, 1000, "high"),
    ]
    labels = [
        callers[21].json("/dsp/3/raw-data/1006/slice/run/readonly", sliceStart=start)[
            "labelForWindow"
        ]
        for start in (0, 2000, 4000)
    ]
    assert labels == ["low", "high", "high"]
    assert all(row["predictionCorrect"] for row in told["predictions"])


def test_features_are_loud_where_the_tone_is(callers):
    rows = {
        number: np.reshape(
            callers[21].json(f"/dsp/3/raw-data/{number}/slice/run/readonly", sliceStart=0)[
                "features"
            ],
            (49, 20),
        ).mean(axis=0)
        for number in (1001, 1002)  # high, low
    }
    assert rows[1001].argmax() > 10 > rows[1002].argmax()


def test_objects_are_told_in_shares_of_the_picture(callers, made):
    told = callers[22].json("/classify/all/result", impulseId=1)
    boxes = {row["sampleId"]: row["boundingBoxes"] for row in told["predictions"]}
    for number, found in boxes.items():
        drawn = {box.label: box for box in made.projects[22].samples[number].boxes}
        assert {box["label"] for box in found} == (
            drawn.keys() - ({"blue"} if number == 1001 else set())
        )
        for box in found:
            own = drawn[box["label"]]
            assert (box["x"] * 96, box["y"] * 72) == pytest.approx((own.x, own.y))
            assert box["score"] > 0.9


def test_anomalies_are_told_by_place(callers, made):
    told = callers[23].json("/classify/all/result", impulseId=1)
    assert all(row["predictionCorrect"] for row in told["predictions"])
    (row,) = [row for row in told["predictions"] if row["sampleId"] == 1002]
    scores = np.array(row["anomalyScores"])
    assert scores.shape == (6, 6)
    assert np.unravel_index(scores.argmax(), scores.shape) == (1, 1)
    assert made.projects[23].learn(7).mode is Mode.VISUAL_ANOMALY
    assert set(told["availableVariants"]) == {Variant.FLOAT32, Variant.INT8}
