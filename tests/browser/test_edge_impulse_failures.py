"""Whatever goes wrong with Studio gets one sentence, and what was open stays open."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPerson
from tests.browser.connecting import (
    BY_EXPORT,
    BY_SAMPLE,
    EXPORT,
    MARK,
    MODELS,
    PICTURES,
    Person,
    Site,
)
from tests.browser.server import running_dashboard
from tests.studio import Action, Fault, Mode, Role, StudioProject, drawn_project

pytestmark = pytest.mark.browser
ZIP = "/exports/**"
IMPULSES = "/*/impulses"
START = {"source": "demo:gauge", "pooling": "sum_abs"}
Change = Callable[[StudioProject], object]


@pytest.fixture
def victim(watched: Person) -> Person:
    """Somebody who looks at a demo, for whom one thing after another goes wrong."""
    if watched.query != START or watched.troubled:
        watched.open("project", **START)
    return watched


def refused(person: Person, sentence: str) -> None:
    """One sentence is said, on one line, and the project is open as before."""
    (notice,) = person.notices()
    assert sentence in notice
    assert "\n" not in notice
    assert MARK not in notice
    assert person.exceptions() == []
    expect(person.title).to_have_text("Pressure gauge")
    expect(person.panel).to_have_count(0)
    assert person.query == START


# ---------------------------------------------------------------------------------------- keys


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"ei_{MARK}0", "does not accept this key; it says “Invalid API key”. Copy the key again"),
        (f"key: {MARK}", "That is no Edge Impulse API key: one begins with ei_ and has no spaces"),
        (" ", "Type the project's API key; Studio shows it on Dashboard, Keys."),
    ],
    ids=["unknown", "no key", "empty"],
)
def test_a_key_that_opens_nothing(victim: Person, text: str, sentence: str) -> None:
    victim.connect(text)
    refused(victim, sentence)
    expect(victim.key_field).to_have_value("")


def test_a_key_that_may_only_add_data(victim: Person, site: Site) -> None:
    victim.connect(site.hold(drawn_project(2), Role.INGESTION_ONLY))
    refused(victim, "Key: This key may only add data (its role is ingestiononly); make one that")
    assert site.studio.count(PICTURES) == 0


def test_a_key_that_may_not_export_still_opens_picture_by_picture(
    victim: Person, site: Site
) -> None:
    key = site.hold(project := drawn_project(2), Role.READONLY)
    victim.connect(key, way=BY_EXPORT)
    refused(victim, "this key may not do that; make one with the role admin in Studio")
    victim.connect(key)
    expect(victim.title).to_have_text(project.name)
    expect(victim.panel).to_contain_text("key: readonly")


# ---------------------------------------------------------------------------------------- hosts


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        (
            "acme.com",
            "This dashboard may not connect to https://studio.acme.com; its owner can allow that",
        ),
        ("http://169.254.169.254", "This dashboard may not connect to http://169.254.169.254;"),
        ("not a host", "The host cannot be read; write for example studio.edgeimpulse.com."),
    ],
)
def test_a_host_that_is_not_allowed(victim: Person, site: Site, host: str, sentence: str) -> None:
    victim.connect(site.hold(drawn_project(1)), host=host)
    refused(victim, sentence)
    assert site.studio.count() == 0


# ------------------------------------------------------------------------------------- projects


@cache
def dense_only() -> bytes:
    """A network without a layer that has a map."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((96, 96, 3))
    outputs = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(inputs))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.h5"
        keras.Model(inputs, outputs).save(path)
        return path.read_bytes()


def block(**changes: object) -> Change:
    """Change the project's learning block."""

    def change(project: StudioProject) -> None:
        for name, value in changes.items():
            setattr(project.learn(7), name, value)

    return change


def takes_sounds(project: StudioProject) -> None:
    project.impulses[0].inputs[0].type = "time-series"
    project.impulses[0].dsps[0].type = "mfcc"
    project.learn(7).type = "keras"


def disable_all(project: StudioProject) -> None:
    for number in project.samples:
        project.change_sample(number, is_disabled=True)


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda p: p.impulses.clear(), "Impulse: The project has no impulse with a learning block"),
        (
            block(has_trained_model=False),
            "Transfer learning”: it has no trained model yet; train it in Studio and connect",
        ),
        (lambda p: p.samples.clear(), "Samples: The project has no test data; move some samples"),
        (disable_all, "No sample of the test set can be used: it is disabled in Studio."),
        (
            lambda p: p.retrain(7, dense_only()),
            "has no layer with a map larger than 1 × 1, so nothing can be drawn",
        ),
        (lambda p: p.retrain(7, b"\x89HDF\r\n\x1a\n nothing"), "Network: "),
        (
            block(type="keras-object-detection", last_layer="yolov5"),
            "it gives lists of boxes (yolov5), and only objects that are found on a grid (FOMO)",
        ),
        (block(mode=Mode.FREEFORM), "its kind, freeform, is not explained here"),
        (takes_sounds, "its input block does not say how sounds are cut into windows."),
        (
            block(model=None, lite={}),
            "Studio offers neither a Keras file (.h5) nor TensorFlow Lite of it but no file",
        ),
        (block(scaling="-2..2"), "Studio's scaling “-2..2” is not known here"),
        (block(class_names=("a", "b", "c")), "3 classes"),
    ],
    ids=[
        "no impulse", "untrained", "no test data", "all disabled", "dense only", "damaged model",
        "boxes", "kind by mode", "sounds", "no keras file", "scaling", "classes",
    ],
)  # fmt: skip
def test_a_project_that_cannot_be_explained(
    victim: Person, site: Site, change: Change, sentence: str
) -> None:
    key = site.hold(project := drawn_project(2))
    change(project)
    victim.connect(key)
    refused(victim, sentence)


# --------------------------------------------------------------------------------------- Studio


STAYS_AWAY = {
    "Studio has a fault of its own (500); try again later.": Fault(Action.SERVER_ERROR, times=None),
    "The connection to Studio broke off; try again.": Fault(Action.CUT, times=None, at=40),
    "Studio was asked too often and wants a pause; try again in a few minutes.": Fault(
        Action.TOO_MANY, times=None, retry_after=1
    ),
}


@pytest.mark.whole  # it is tried again for half a minute
def test_a_studio_that_stays_away_is_not_waited_for_for_ever(
    new_person: NewPerson, site: Site
) -> None:
    waiting: list[tuple[Person, str]] = []
    for sentence, fault in STAYS_AWAY.items():  # they wait at the same time
        key = site.hold(project := drawn_project(1))
        site.studio.faults.add(replace(fault, path=f"/{project.id}/impulses"))
        person = new_person().open("project", **START).begin(key)
        waiting.append((person, f"Impulse: {sentence}"))
    person = new_person().open("project", **START).begin(f"ei_{MARK}1", host=site.closed)
    waiting.append((person, f"Key: {site.closed} cannot be reached; check the host and this"))
    for person, sentence in waiting:
        person.settle()
        refused(person, sentence)


@pytest.mark.whole  # a server of its own
def test_a_studio_that_never_answers_is_not_waited_for_for_ever(
    new_person: NewPerson, site: Site, tmp_path: Path
) -> None:
    key = site.hold(drawn_project(1))
    site.studio.faults.add(Fault(Action.HANG, times=None))  # nothing that it is asked
    with running_dashboard(
        tmp_path, GRADCAM_STUDIO_HOSTS=site.studio.url, GRADCAM_STUDIO_TIMEOUT="0.5"
    ) as impatient:
        person = new_person(url=impatient.url).open("project", **START)
        person.connect(key)
        refused(person, "Key: Studio did not answer within 0.5 s; try again later.")
        person.look_around()
        person.page.goto("about:blank")


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            Fault(Action.TOO_MANY, IMPULSES, retry_after=600),
            "Impulse: Studio wants a pause; try again in 10 minutes.",
        ),
        (
            Fault(Action.REFUSE, IMPULSES, text="Something [odd](x) <b>went</b> :red[wrong]"),
            "Impulse: Studio says “Something [odd](x) <b>went</b> :red[wrong]”.",
        ),
        (
            Fault(Action.HTML, IMPULSES),
            "does not answer as Edge Impulse Studio does; check the host",
        ),
        (
            Fault(Action.MISSING_FIELD, "/*/training/**", field="classNames"),
            "Model: Studio's answer on the learning block has no readable “classNames”;",
        ),
        (
            Fault(Action.REDIRECT, IMPULSES, location="http://elsewhere.invalid/"),
            "Studio sends this request on to another host, which is not followed",
        ),
        (Fault(Action.QUOTA, "/*/downloads"), "a quota of the project is used up; see Studio's"),
        (
            Fault(Action.WRONG_MAGIC, MODELS),
            "Model: Studio sends something else where a Keras model should be; try again later.",
        ),
        (Fault(Action.HTML, MODELS), "Model: Studio sends a web page where a Keras model should"),
        (
            Fault(Action.WRONG_MAGIC, PICTURES, None),
            "Samples: Studio sends something else where a picture should be; try again later.",
        ),
    ],
    ids=lambda value: value.action.name if isinstance(value, Fault) else "",
)
def test_a_studio_with_a_fault(victim: Person, site: Site, fault: Fault, sentence: str) -> None:
    key = site.hold(drawn_project(2))
    site.studio.faults.add(fault)
    victim.connect(key)
    assert site.studio.faults.hits(fault) > 0
    refused(victim, sentence)


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            Fault(Action.JOB_FAILS, EXPORT, text="No space left in Studio"),
            "that job failed; it says “No space left in Studio”. Try again in a while.",
        ),
        (Fault(Action.QUOTA, EXPORT), "Samples: Studio says “You have exceeded your compute time"),
        (Fault(Action.HTML, ZIP, None), "Studio sends a web page where a zip should be; try again"),
        (Fault(Action.WRONG_MAGIC, ZIP, None), "Studio sends something else where a zip should be"),
        (
            Fault(Action.EXPIRED_URL, ZIP, None),
            "The address of the export expires before the export can be fetched; try again.",
        ),
    ],
    ids=["job fails", "quota", "web page", "wrong magic", "always expired"],
)
def test_an_export_with_a_fault(victim: Person, site: Site, fault: Fault, sentence: str) -> None:
    key = site.hold(drawn_project(2))
    site.studio.faults.add(fault)
    victim.connect(key, way=BY_EXPORT)
    assert site.studio.faults.hits(fault) > 0
    refused(victim, sentence)


def test_after_an_export_that_cannot_be_read_the_pictures_come_one_by_one(
    victim: Person, site: Site
) -> None:
    key = site.hold(drawn_project(2))
    site.studio.faults.add(Fault(Action.WRONG_MAGIC, ZIP, None))
    victim.connect(key, way=BY_EXPORT)
    refused(victim, "Studio sends something else where a zip should be")
    victim.connect(key)
    expect(victim.title).to_have_text("2 drawn pictures")


# ------------------------------------------------------------------------------ no harm is done


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("fault", "way"),
    [
        (Fault(Action.TOO_MANY, IMPULSES, retry_after=1), BY_SAMPLE),
        (Fault(Action.SERVER_ERROR, IMPULSES), BY_SAMPLE),
        (Fault(Action.DROP, PICTURES), BY_SAMPLE),
        (Fault(Action.CUT, MODELS, at=5000), BY_SAMPLE),
        (Fault(Action.JOB_TAKES, EXPORT, polls=50), BY_EXPORT),
        (Fault(Action.STALE_EXPORT, "/*/export/get-url", 3), BY_EXPORT),
        (Fault(Action.EXPIRED_URL, ZIP), BY_EXPORT),
        (Fault(Action.CUT, ZIP, at=2000), BY_EXPORT),
    ],
    ids=lambda value: value.action.name if isinstance(value, Fault) else "",
)
def test_a_fault_that_passes_is_not_noticed(
    regular: Person, site: Site, fault: Fault, way: str
) -> None:
    key = site.hold(project := drawn_project(3))
    site.studio.faults.add(fault)
    regular.connect(key, way=way)
    expect(regular.panel).to_contain_text(f"project {project.id}")
    metric = regular.page.get_by_test_id("stMetric").filter(has_text="Samples")
    expect(metric).to_have_text(re.compile(r"^\s*Samples\s*3\s*$"))
    assert site.studio.faults.hits(fault) == (fault.times or 1)
    assert site.studio.leaks == []
    assert [path for path in site.kept(project) if path.name.startswith(".")] == []
    assert regular.notices() == []
    assert regular.exceptions() == []


def test_broken_pictures_are_left_out_with_their_reasons(regular: Person, site: Site) -> None:
    key = site.hold(project := drawn_project(7))
    first, second, third, *_ = project.samples
    project.replace_sample(first, b"this is no picture")
    project.replace_sample(second, project.samples[second].content[:300])
    project.change_sample(third, is_disabled=True)
    regular.connect(key)
    expect(regular.page.get_by_text("3 files left out")).to_be_visible()
    rows = dict(regular.table("Files that were left out"))
    assert rows["drawn.00000"].startswith("Studio sends something else where a picture should be")
    assert "drawn.00001" in rows
    assert rows["drawn.00002"] == "it is disabled in Studio"
    regular.go("Samples")
    assert sorted(regular.samples()) == [f"drawn.0000{number}" for number in (3, 4, 5, 6)]
    assert regular.exceptions() == []
