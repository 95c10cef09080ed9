"""manifest.json: what was made of what, with which settings, and what was left out."""

import json
import platform
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import metadata

import pytest

from gradcam import Degenerate
from services.export.record import LIBRARIES, counts_of, read_counts, record_json
from services.fact import Fact
from services.sample import LeftOut
from tests.services.export.exports import plan_of, summary_by_hand
from tests.services.projects import said

BEGUN = datetime(2026, 5, 4, 3, 2, 1, 999_999, tzinfo=UTC)
PLAN = plan_of("conv", alpha=0.3)
LEFT_OUT = (LeftOut("x.txt", "no picture format that is known here"), LeftOut("é.jpg", "empty"))


@pytest.fixture
def answers(blue_or_red):
    found = said(
        blue_or_red,
        [("a", "red"), ("b", "red"), ("c", None), ("d", "blue"), ("e", "blue")],
        classes=("blue", "red"),
        outputs=[[0.25, 0.75], [0.8, 0.2], [0.1, 0.9], [1.0, 0.0], [0.9, 0.1]],
    )
    facts = (Fact("scaling", "0..1", "the best of 12"),)
    return replace(found, project=replace(found.project, name="Tiny – “é”", facts=facts))


def manifest(answers, plan=PLAN, chosen=5, seconds=12.34, **rest):
    summary = summary_by_hand(answers, **rest)
    text = record_json(
        summary, plan, chosen, "demo:cars", BEGUN, BEGUN + timedelta(seconds=seconds)
    )
    assert text.endswith("}\n")
    assert "Tiny – “é”" in text.replace('\\"', '"')
    return json.loads(text)


def test_the_project_the_network_and_its_input_are_told(answers):
    told = manifest(answers)
    network = answers.project.network
    assert told["made_by"] == "gradcam-dashboard"
    assert told["format"] == "2"
    assert told["project"] == {
        "name": "Tiny – “é”",
        "source": "demo:cars",
        "task": "classification",
        "classes": ["blue", "red"],
        "facts": [{"what": "scaling", "value": "0..1", "why": "the best of 12"}],
    }
    assert told["network"] == {
        "name": "model.keras",
        "sha256": network.digest,
        "layer": "conv",
        "batch_normalisation_folded": False,
    }
    assert len(network.digest) == 64
    assert told["input"] == {
        "width": 8,
        "height": 8,
        "resize": "squash",
        "resize_method": "lanczos3",
        "crop_anchor": "middle-center",
        "color": "rgb",
        "scaling": "0..1",
    }


def test_whether_it_was_folded_is_told(answers, monkeypatch):
    monkeypatch.setattr(answers.project.network, "is_folded", True)
    assert manifest(answers)["network"]["batch_normalisation_folded"] is True


def test_every_setting_is_told(answers):
    assert manifest(answers)["settings"] == PLAN.settings()
    assert manifest(answers)["settings"]["alpha"] == 0.3


def test_how_many_samples_are_what_is_told(answers):
    told = manifest(answers, blank={3: Degenerate.ZERO}, left_out=LEFT_OUT)
    assert told["counts"] == {
        "explained": 5,
        "correct": 3,
        "incorrect": 1,
        "unlabelled": 1,
        "blank": 1,
        "left_out": 2,
    }


def test_what_was_chosen_of_the_project_is_told(answers):
    assert manifest(answers)["chosen"] == {"samples": 5, "of": 5}
    assert manifest(answers, chosen=3)["chosen"] == {"samples": 3, "of": 5}


def test_what_is_blank_or_left_out_is_told_with_reasons(answers):
    blank = {4: Degenerate.NEGATIVE, 1: Degenerate.ZERO}
    told = manifest(answers, blank=blank, left_out=LEFT_OUT)
    assert told["blank"] == [
        {"sample": "b", "reason": Degenerate.ZERO},
        {"sample": "e", "reason": Degenerate.NEGATIVE},
    ]
    assert told["left_out"] == [
        {"name": "x.txt", "reason": "no picture format that is known here"},
        {"name": "é.jpg", "reason": "empty"},
    ]


def test_versions_are_those_of_this_process(answers):
    versions = manifest(answers)["versions"]
    assert versions["python"] == platform.python_version()
    for name in ("keras", "numpy", "opencv-python-headless", "pillow"):
        assert versions[name] == metadata.version(name)
    assert {"tensorflow", "tensorflow-cpu"} & versions.keys()
    assert versions.keys() <= {"python", *LIBRARIES}


def test_times_are_told_in_utc_and_nothing_else_changes_with_them(answers):
    told = manifest(answers)
    assert told["times"] == {
        "started": "2026-05-04T03:02:01+00:00",
        "finished": "2026-05-04T03:02:14+00:00",
        "seconds": 12.3,
    }
    later = manifest(answers, seconds=99)
    assert later.pop("times") != told.pop("times")
    assert later == told


def test_counts_can_be_read_from_a_manifest(answers, tmp_path):
    told = manifest(answers, left_out=LEFT_OUT)
    (tmp_path / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    counts = read_counts(tmp_path / "manifest.json")
    assert dict(counts) == told["counts"] == counts_of(summary_by_hand(answers, left_out=LEFT_OUT))
    with pytest.raises(OSError, match="No such file"):
        read_counts(tmp_path / "none.json")
