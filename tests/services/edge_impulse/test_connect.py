"""The whole way from a key to what a project holds, and every reason why it ends early."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from services.edge_impulse.changes import Changes
from services.edge_impulse.client import StudioClient
from services.edge_impulse.connect import Deployed
from services.edge_impulse.errors import StudioError
from services.edge_impulse.export import follow
from services.edge_impulse.model import InputBlock
from services.edge_impulse.place import StudioPlace, Way
from services.edge_impulse.results import UNTESTED
from services.errors import Cancelled, ProjectError
from services.settings import settings
from services.tasks.other_answer import OtherAnswer
from services.work.progress import Stage
from tests.services.edge_impulse.conftest import small_project
from tests.services.edge_impulse.visits import (
    KEY,
    LEARN,
    MODELS,
    NETWORK,
    PICTURES,
    ZIPS,
    LeavesAt,
    Noted,
    access_to,
    connected,
    half_made,
    kept_files,
    left_out_of,
    samples_of,
    sentence_of,
    shelf_at,
)
from tests.studio import (
    Action,
    DspBlock,
    Fault,
    Impulse,
    LearnBlock,
    Mode,
    ModelDownload,
    Role,
    Threshold,
    demo_project,
    drawn_jpeg,
    running_studio,
)
from tests.studio import InputBlock as StudioInput
from tests.studio.impulse import LITE

SOUND = {"type": "time-series", "width": None, "height": None}


def reasons(*said):
    return f"No learning block can be explained. {'; '.join(said)}."


def extra(number, kind, *, mode=Mode.CLASSIFICATION, name="Other", model=NETWORK, **rest):
    return LearnBlock(
        number, model, ("car", "no car"), type=kind, mode=mode, name=name, dsp=(3,), **rest
    )


# ------------------------------------------------------------------------------------- all is well


def test_a_project_is_connected_in_planned_stages(studio):
    progress = Noted()
    content, told = connected(studio, progress=progress)
    ended = progress.stages
    assert [stage.name for stage in ended] == [
        "Key",
        "Project",
        "Impulse",
        "Model",
        "Samples",
        "Test results",
        "Network",
    ]
    megabytes = told.fetched[1] / 1e6
    assert [stage.outcome for stage in ended] == [
        "admin",
        "6 drawn pictures",
        "1 of 1 learning blocks can be explained",
        "Impulse #1: Transfer learning, trained 2026-01-01",
        f"6, {megabytes:.1f} MB came",
        "none",
        None,
    ]
    assert progress.stage == "Network"
    assert content.name == "6 drawn pictures"
    assert told.info.name == "6 drawn pictures"
    assert told.role == "admin"
    assert told.url == f"{studio.url}/studio/9"
    assert told.place == StudioPlace(studio.url, 9, 1, 7, Way.SAMPLES)
    assert told.fetched[0] == 6
    assert [block.learn.id for block in told.blocks.usable] == [7]
    assert (told.results, told.no_results) == ((), UNTESTED)


def test_what_a_project_holds_is_what_studio_says(studio, project):
    block, entry = project.learn(LEARN), project.impulses[0].inputs[0]
    block.class_names, block.scaling = ("no car", "car"), "-1..1"
    block.thresholds = (Threshold("min_score", 0.7, ""),)
    entry.width, entry.height, entry.resize_mode = 48, 32, "crop"
    entry.resize_method, entry.crop_anchor = "nearest", "top-left"
    project.impulses[0].dsps[0].channels = "Grayscale"
    manifest = connected(studio)[0].manifest
    assert (manifest.task, manifest.classes) == ("classification", ("no car", "car"))
    assert (manifest.width, manifest.height, manifest.resize) == (48, 32, "crop")
    assert (manifest.resize_method, manifest.crop_anchor) == ("nearest", "top-left")
    assert (manifest.color, manifest.scaling) == ("grayscale", "-1..1")
    facts = {fact.what: fact.value for fact in connected(studio)[0].facts}
    assert facts["Studio's confidence threshold"] == "0.7"
    assert facts["test set"] == "6 samples picture by picture"


def test_a_regression_is_connected():
    gauge = demo_project("gauge", 2)
    with running_studio(gauge) as studio:
        content, _ = connected(studio, "ei_demo_gauge")
    assert content.manifest.task == "regression"
    assert content.manifest.classes is None
    assert content.manifest.settings == {"regression": {"threshold": 0.1}}
    labels = {number: sample.label for number, sample in samples_of(content).items()}
    assert labels == {
        number: sample.label
        for number, sample in gauge.samples.items()
        if sample.category == "testing"
    }


def test_the_model_is_the_one_behind_the_link(studio):
    content, _ = connected(studio)
    with zipfile.ZipFile(content.model) as archive:
        assert archive.read("model.h5") == NETWORK
    assert studio.count(MODELS) == 1


def test_a_model_may_come_without_a_zip(studio, project):
    project.learn(LEARN).model = None
    project.learn(LEARN).more_downloads = (ModelDownload("tflite-h5", "Keras", "h5", NETWORK),)
    assert connected(studio)[0].model.read_bytes() == NETWORK


@pytest.mark.parametrize("role", [Role.ADMIN, Role.READONLY, Role.INGESTION_DEPLOYMENT])
def test_picture_by_picture_needs_no_right_to_start_jobs(studio, project, role):
    project.keys[KEY] = role
    assert connected(studio)[1].role == role.value
    assert studio.count(method="POST") == 0


def test_an_older_studio_does_not_tell_the_role(studio):
    studio.key_info = False
    progress = Noted()
    assert connected(studio, progress=progress)[1].role == ""
    assert progress.stages[0] == Stage("Key", "accepted")


def test_a_page_elsewhere_is_not_linked_to(studio):
    original = StudioClient.project
    for url, shown in (
        ("https://evil.example/studio/9", f"{studio.url}/studio/9"),
        (f"{studio.url}.evil.example/9", f"{studio.url}/studio/9"),
        ("", f"{studio.url}/studio/9"),
        ("javascript:alert(1)", f"{studio.url}/studio/9"),
        (f"{studio.url}/studio/9/x", f"{studio.url}/studio/9/x"),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                StudioClient, "project", lambda *a, url=url: replace(original(*a), url=url)
            )
            assert connected(studio)[1].url == shown


# ------------------------------------------------------------------------------------------ the key


@pytest.mark.parametrize("status", [200, 401, 403])
def test_a_wrong_key_is_told(studio, status):
    studio.bad_key_status = status
    assert sentence_of(studio, "ei_wrong") == (
        f"{studio.url} does not accept this key; it says “Invalid API key”. "
        "Copy the key again in Studio on Dashboard, Keys."
    )
    assert studio.count() == 1
    assert kept_files() == {}


def test_a_wrong_key_of_an_older_studio_is_told(studio):
    studio.key_info = False
    assert "does not accept this key" in sentence_of(studio, "ei_wrong")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(Action.SERVER_ERROR, times=None), "Studio has a fault of its own (500)"),
        (Fault(Action.TOO_MANY, times=None, retry_after=600), "try again in 10 minutes"),
        (Fault(Action.HTML), "does not answer as Edge Impulse Studio does; check the host."),
        (Fault(Action.DROP, times=None), "cannot be reached; check the host"),
    ],
)
def test_a_studio_in_trouble_is_not_a_wrong_key(studio, fault, words):
    studio.faults.add(fault)
    sentence = sentence_of(studio)
    assert words in sentence
    assert "does not accept" not in sentence


def test_a_key_that_may_only_add_data_is_refused(studio, project):
    project.keys[KEY] = Role.INGESTION_ONLY
    assert sentence_of(studio) == (
        "This key may only add data (its role is ingestiononly); make one that may read, "
        "such as readonly or admin, in Studio on Dashboard, Keys."
    )
    assert studio.count() == 1


def test_a_key_of_another_project_than_the_links_is_refused():
    other = small_project(2, id=5, key="ei_other")
    with running_studio(small_project(2), other) as studio:
        place = StudioPlace(studio.url, 9, 1, 7)
        assert sentence_of(studio, "ei_other", place=place) == (
            f"This key is for project 5 of {studio.url}, and the link is for project 9 of "
            f"{studio.url}; type the key of that project."
        )
        assert studio.count() == 1
        assert connected(studio, place=place)[1].place == place


def test_a_link_to_another_studio_is_refused(studio):
    place = StudioPlace("https://studio.acme.com", 9, 1, 7)
    assert sentence_of(studio, place=place) == (
        f"This key is for project 9 of {studio.url}, and the link is for project 9 of "
        "https://studio.acme.com; type the key of that project."
    )


def test_a_links_place_is_taken_only_if_the_key_is_for_it():
    project = small_project(2)
    project.impulses[0].learns.append(extra(8, "keras-transfer-image"))
    with running_studio(project) as studio:
        for place, learn in (
            (StudioPlace(studio.url, 9, 1, 8, Way.EXPORT), 8),
            (StudioPlace(studio.url, 5, 1, 8), 7),
            (StudioPlace("https://studio.acme.com", 9, 1, 8), 7),
            (None, 7),
        ):
            told = connected(studio, linked=place)[1]
            assert told.place.learn == learn
            assert told.place.way is (place.way if learn == 8 else Way.SAMPLES)


def test_a_links_block_that_is_gone_is_no_dead_end(studio):
    assert connected(studio, linked=StudioPlace(studio.url, 9, 1, 8))[1].place.learn == 7


def test_a_links_block_that_cannot_be_explained_any_more_is_no_dead_end(studio, project):
    project.impulses[0].learns.append(extra(8, "anomaly"))
    project.impulses[0].learns.append(extra(11, "keras", model=None, lite={}))
    for gone in (8, 11):
        told = connected(studio, linked=StudioPlace(studio.url, 9, 1, gone))[1]
        assert told.place.learn == 7


# ------------------------------------------------------------------------------- choosing a block


def test_a_project_without_an_impulse_is_told(studio, project):
    project.impulses.clear()
    assert sentence_of(studio) == (
        "The project has no impulse with a learning block yet; make one in Studio on "
        "Create impulse, train it, and connect again."
    )


def test_an_impulse_without_a_learning_block_is_told(studio, project):
    project.impulses[0].learns.clear()
    assert "no impulse with a learning block yet" in sentence_of(studio)


def test_the_first_block_that_can_be_explained_is_taken(studio, project):
    project.impulses[0].learns.insert(0, extra(10, "vlm"))
    project.impulses[0].learns.append(extra(11, "keras"))
    told = connected(studio)[1]
    assert told.place.learn == 7
    assert [block.learn.id for block in told.blocks.usable] == [7, 11]
    assert [block.learn.id for block in told.blocks.unusable] == [10]


def test_the_default_impulses_block_comes_first(studio, project):
    second = Impulse(2, [StudioInput(12, 96, 96)], [DspBlock(13, input=12)], [], name="Second")
    block = extra(17, "keras")
    block.dsp = (13,)
    second.learns.append(block)
    project.impulses.append(second)
    assert connected(studio)[1].place == StudioPlace(studio.url, 9, 1, 7)
    project.default_impulse = 2
    assert connected(studio)[1].place == StudioPlace(studio.url, 9, 2, 17)


def test_a_block_that_was_chosen_is_taken(studio, project):
    project.impulses[0].learns.append(extra(11, "keras", name="Mine"))
    content, told = connected(studio, place=StudioPlace(studio.url, 9, 1, 11))
    assert told.place.learn == 11
    assert content.facts[0].value == "Impulse #1: Mine"


def test_a_chosen_block_that_is_gone_is_told(studio):
    assert sentence_of(studio, place=StudioPlace(studio.url, 9, 1, 8)) == (
        "The project no longer has the learning block 8; "
        "connect with its key again to choose another."
    )


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (
            "anomaly-gmm",
            "it finds anomalies in rows of features, which lie nowhere on a sample",
        ),
        (
            "keras-freeform",
            "it is a custom block of free form, whose outputs have no known meaning",
        ),
        ("vlm", "it is a vision language model, not a Keras network"),
    ],
)
def test_why_no_block_can_be_explained_is_told(studio, project, kind, why):
    project.learn(LEARN).type = kind
    assert sentence_of(studio) == reasons(f"“Impulse #1: Transfer learning”: {why}")


def test_a_project_whose_input_says_no_windows_is_told(studio, project):
    project.impulses[0].inputs[0] = StudioInput(2, None, None, type="time-series")
    assert "its input block does not say how sounds are cut" in sentence_of(studio)


def test_a_chosen_block_that_cannot_be_explained_is_told_alone(studio, project):
    project.impulses[0].learns.append(extra(11, "anomaly", name="Odd"))
    sentence = sentence_of(studio, place=StudioPlace(studio.url, 9, 1, 11))
    assert sentence == reasons(
        "“Impulse #1: Odd”: it finds anomalies in rows of features, which lie nowhere on a sample"
    )


def test_three_reasons_are_told_and_the_others_counted(studio, project):
    project.impulses[0].learns[:] = [extra(n, "vlm", name=f"B{n}") for n in range(10, 15)]
    sentence = sentence_of(studio)
    assert [f"“Impulse #1: B{n}”" in sentence for n in range(10, 15)] == [True] * 3 + [False] * 2
    assert sentence.endswith("network; and 2 more.")


# ---------------------------------------------------------------------------------------- the model


def test_a_block_without_a_trained_model_is_told(studio, project):
    project.learn(LEARN).has_trained_model = False
    assert sentence_of(studio) == reasons(
        "“Impulse #1: Transfer learning”: it has no trained model yet; "
        "train it in Studio and connect again"
    )


@pytest.mark.parametrize("mode", [Mode.FREEFORM, Mode.ANOMALY])
def test_a_block_of_another_kind_is_told(studio, project, mode):
    project.learn(LEARN).mode = mode
    assert f"its kind, {mode.value}, is not explained here yet" in sentence_of(studio)


def test_a_block_without_a_file_that_is_opened_is_told_with_what_there_is(studio, project):
    project.learn(LEARN).model, project.learn(LEARN).lite = None, {}
    project.learn(LEARN).more_downloads = (ModelDownload("sm", "SavedModel", "zip", b"x"),)
    assert sentence_of(studio) == reasons(
        "“Impulse #1: Transfer learning”: Studio offers neither a Keras file (.h5) nor "
        "TensorFlow Lite of it but SavedModel (zip), as for blocks with training code of their "
        "own; if you have the network, open it as a folder"
    )
    assert studio.count(MODELS) == 0


def test_a_block_without_any_file_is_told(studio, monkeypatch):
    monkeypatch.setattr(StudioClient, "downloads", lambda *_: ())
    assert "nor TensorFlow Lite of it but no file, as for" in sentence_of(studio)


# --------------------------------------------------------------------- which file of a network

FLOAT, INT8 = LITE["tflite-float"], LITE["tflite-int8"]


def test_the_keras_file_is_taken_and_the_others_are_offered(studio):
    content, _ = connected(studio)
    (choice,) = content.alternatives
    assert (choice.name, choice.taken) == ("model", "tflite-h5")
    assert dict(choice.values) == {
        "tflite-h5": "Keras (.h5)",
        "tflite-float": "TensorFlow Lite, float32",
        "tflite-int8": "TensorFlow Lite, int8",
    }
    assert "model" not in {fact.what for fact in content.facts}


@pytest.mark.parametrize(("picked", "bytes_"), [("tflite-float", FLOAT), ("tflite-int8", INT8)])
def test_another_file_is_fetched_once_it_is_picked(studio, picked, bytes_):
    connected(studio)
    content, _ = connected(studio, picked=picked)
    assert content.model.read_bytes() == bytes_
    assert content.alternatives[0].taken == picked
    assert "chosen by you" in {fact.why for fact in content.facts if fact.what == "model"}
    connected(studio)
    connected(studio, picked=picked)
    assert studio.count(MODELS) == 2  # each is kept beside the other


def test_without_a_keras_file_tensorflow_lite_is_taken(studio, project):
    project.learn(LEARN).model = None
    content, _ = connected(studio)
    assert content.model.read_bytes() == FLOAT
    assert list(content.alternatives[0].values) == ["tflite-float", "tflite-int8"]


def test_of_one_file_there_is_nothing_to_choose(studio, project):
    project.learn(LEARN).lite = {}
    assert connected(studio)[0].alternatives == ()


def test_a_file_that_studio_does_not_offer_is_refused_with_those_that_it_does(studio):
    assert sentence_of(studio, picked="onnx") == (
        "Studio offers no onnx of this learning block; there is tflite-h5, tflite-float, "
        "tflite-int8."
    )


def test_a_file_of_a_model_that_was_trained_since_is_fetched_anew(studio, project):
    connected(studio, picked="tflite-int8")
    project.learn(LEARN).created += timedelta(days=1)
    project.learn(LEARN).lite = {"tflite-int8": INT8 + b" anew"}
    content, _ = connected(studio, picked="tflite-int8")
    assert content.model.read_bytes() == INT8 + b" anew"
    assert len([name for name in kept_files() if "models" in name]) == 1


def test_a_file_of_another_block_is_not_taken(studio, project):
    project.learn(LEARN).model, project.learn(LEARN).lite = None, {}
    project.impulses[0].learns.append(extra(8, "anomaly"))
    project.impulses[0].learns.append(extra(77, "vlm"))
    assert "Studio offers neither a Keras file" in sentence_of(studio)


def test_the_next_block_is_taken_where_the_first_has_no_model(studio, project):
    project.learn(LEARN).has_trained_model = False
    project.impulses[0].learns.append(extra(8, "keras", model=None, lite={}))
    project.impulses[0].learns.append(extra(11, "keras"))
    assert connected(studio)[1].place.learn == 11


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(Action.HTML, MODELS), "Studio sends a web page where a Keras model should be"),
        (Fault(Action.WRONG_MAGIC, MODELS), "something else where a Keras model should be"),
        (Fault(Action.REFUSE, MODELS, text="No model"), "Studio says “No model”."),
        (Fault(Action.CUT, MODELS, times=None, at=50), "The connection to Studio broke off"),
        (Fault(Action.SERVER_ERROR, MODELS, times=None), "a fault of its own (500)"),
    ],
)
def test_a_model_that_does_not_come_is_told_and_not_kept(studio, fault, words):
    studio.faults.add(fault)
    assert words in sentence_of(studio)
    assert [name for name in kept_files() if name.endswith(".h5.zip")] == []
    studio.faults.clear()
    with zipfile.ZipFile(connected(studio)[0].model) as archive:
        assert archive.read("model.h5") == NETWORK


def broken_zip():
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("model.h5", NETWORK * 20)
    whole = sink.getvalue()
    return whole[:100] + b"\xff" * 30 + whole[130:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (broken_zip(), "The model that came is damaged; try again."),
        (broken_zip()[:200], "The model that came is damaged; try again."),
        (b"PK\x03\x04", "The model that came is damaged; try again."),
        (b"", "something else where a Keras model should be"),
    ],
    ids=["inside", "half", "head", "nothing"],
)
def test_a_damaged_model_never_counts_as_present(studio, project, content, words):
    block = project.learn(LEARN)
    block.model, block.lite = None, {}
    block.more_downloads = (ModelDownload("tflite-h5", "x", "y", content),)
    assert words in sentence_of(studio)
    assert words in sentence_of(studio)
    assert studio.count(MODELS) == 2
    assert [name for name in kept_files() if "models" in name] == []


# -------------------------------------------------------------------------------------- the samples


def test_a_project_without_test_data_is_told(studio, project):
    project.samples.clear()
    assert "The project has no test data" in sentence_of(studio)


def test_a_role_without_the_right_to_export_still_has_its_pictures(studio, project):
    project.keys[KEY] = Role.READONLY
    assert "insufficient permissions" in sentence_of(studio, way=Way.EXPORT)
    assert connected(studio)[1].fetched[0] == 6


def test_a_word_that_studio_has_learnt_since_is_told(studio, project):
    project.impulses[0].inputs[0].resize_mode = "zoom"
    assert sentence_of(studio) == (
        "Studio's resize mode “zoom” is not known here, so the network's input cannot be made as "
        "Studio makes it; please report it."
    )


@pytest.mark.parametrize(
    ("path", "field", "about"),
    [
        ("/projects/api-key-info", "projectId", "the key"),
        ("/9", "project.name", "the project"),
        ("/impulses", "impulses", "the impulses"),
        ("/impulses", "impulses.0.learnBlocks.0.type", "the impulse Impulse #1"),
        ("/training/**", "classNames", "the learning block"),
        ("/training/**", "created", "the learning block"),
        ("/downloads", "downloads", "the downloads"),
        ("/raw-data", "totalCount", "the test set"),
    ],
)
def test_a_field_that_is_missing_but_needed_is_named(studio, path, field, about):
    studio.faults.add(Fault(Action.MISSING_FIELD, path, field=field))
    assert sentence_of(studio) == (
        f"Studio's answer on {about} has no readable “{field.rpartition('.')[2]}”; "
        "the project may be half set up, or Studio has changed: please report it."
    )


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/9", "studioUrl"),
        ("/9", "computeTime"),
        ("/9", "dataSummaryPerCategory"),
        ("/9", "defaultImpulseId"),
        ("/impulses", "impulses.0.name"),
        ("/impulses", "impulses.0.dspBlocks.0.input"),
        ("/impulses", "impulses.0.inputBlocks.0.resizeMode"),
        ("/dsp/*", "config"),
        ("/training/**", "imageInputScaling"),
        ("/training/**", "thresholds"),
        ("/raw-data", "samples.0.sha256Hash"),
        ("/raw-data", "samples.0.coldstorageFilename"),
        ("/raw-data", "samples.0.metadata"),
        ("/raw-data", "samples.0.filename"),
    ],
)
def test_a_field_that_is_not_needed_may_be_missing(studio, path, field):
    fault = studio.faults.add(Fault(Action.MISSING_FIELD, path, field=field))
    content, _ = connected(studio)
    assert studio.faults.hits(fault) == 1
    assert len(content.labelled.samples) == 6


# ------------------------------------------------------------------------------- the second visit


def counts(studio):
    return [studio.count(pattern) for pattern in (PICTURES, MODELS, ZIPS)]


@pytest.mark.parametrize("way", Way)
def test_a_second_visit_downloads_nothing(studio, way):
    first, _ = connected(studio, way=way)
    before = kept_files()
    studio.forget()
    content, told = connected(studio, way=way)
    assert counts(studio) == [0, 0, 0]
    assert told.fetched == (0, 0)
    assert str(told.changes) == "Nothing is new in Studio."
    assert samples_of(content) == samples_of(first)
    assert content.model == first.model
    assert kept_files() == before


def test_a_second_visit_is_told_as_such(studio):
    connected(studio)
    progress = Noted()
    connected(studio, progress=progress)
    assert progress.stages[4] == Stage("Samples", "6, all kept from before")


def test_the_first_visit_has_no_changes(studio):
    assert connected(studio)[1].changes is None


def test_one_changed_sample_is_one_download(studio, project):
    connected(studio)
    project.replace_sample(1003, drawn_jpeg(99))
    studio.forget()
    content, told = connected(studio)
    assert counts(studio) == [1, 0, 0]
    assert told.fetched == (1, len(drawn_jpeg(99)))
    assert samples_of(content)[1003].path.read_bytes() == drawn_jpeg(99)
    assert told.changes == Changes(changed=1)


def test_a_new_model_is_one_download_and_the_old_one_goes(studio, project):
    before, _ = connected(studio)
    project.retrain(LEARN, NETWORK + b" trained again")
    studio.forget()
    content, told = connected(studio)
    assert counts(studio) == [0, 1, 0]
    assert told.changes == Changes(retrained=True)
    assert not before.model.exists()
    with zipfile.ZipFile(content.model) as archive:
        assert archive.read("model.h5") == NETWORK + b" trained again"
    assert len(list(content.model.parent.iterdir())) == 1


def test_the_models_of_other_blocks_stay(studio, project):
    project.impulses[0].learns.append(extra(17, "keras"))
    project.impulses[0].learns.append(extra(70, "keras"))
    others = [
        connected(studio, place=StudioPlace(studio.url, 9, 1, number))[0].model
        for number in (17, 70)
    ]
    connected(studio)
    project.retrain(LEARN, NETWORK + b" trained again")
    connected(studio)
    assert all(path.exists() for path in others)
    assert len(list(others[0].parent.iterdir())) == 3


def test_everything_that_is_new_is_said(studio, project):
    connected(studio)
    project.replace_sample(1001, drawn_jpeg(91))
    project.relabel(1002, "no match")
    project.remove_sample(1003)
    project.add_sample(project.change_sample(1004, id=2000, content=drawn_jpeg(92)))
    project.add_sample(project.change_sample(1004, id=2001, content=drawn_jpeg(93)))
    project.retrain(LEARN, NETWORK)
    told = connected(studio)[1]
    assert str(told.changes) == (
        "New since the last visit: the model was trained again; samples: 2 added, 1 removed, "
        "1 with another file, 1 with another label."
    )
    assert connected(studio)[1].changes == Changes()


def test_a_sample_that_was_disabled_is_something_new(studio, project):
    connected(studio)
    project.change_sample(1003, is_disabled=True)
    assert connected(studio)[1].changes == Changes(altered=1)
    project.change_sample(1003, is_disabled=False)
    assert connected(studio)[1].changes == Changes(altered=1)
    assert connected(studio)[1].changes == Changes()


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        ("input", "resize_mode", "crop"),
        ("input", "width", 48),
        ("dsp", "channels", "Grayscale"),
        ("learn", "scaling", "torch"),
        ("learn", "class_names", ("no car", "car")),
    ],
)
def test_an_impulse_that_was_changed_is_something_new(studio, project, where, name, value):
    connected(studio)
    impulse = project.impulses[0]
    block = {"input": impulse.inputs, "dsp": impulse.dsps, "learn": impulse.learns}[where][0]
    setattr(block, name, value)
    assert connected(studio)[1].changes == Changes(reconfigured=True)
    assert connected(studio)[1].changes == Changes()


def test_a_failed_visit_is_no_visit(studio, project):
    connected(studio)
    project.remove_sample(1003)
    studio.faults.add(Fault(Action.SERVER_ERROR, "/raw-data", times=None))
    sentence_of(studio)
    studio.faults.clear()
    assert connected(studio)[1].changes == Changes(removed=1)


def test_a_removed_samples_picture_goes(studio, project):
    before, _ = connected(studio)
    gone = samples_of(before)[1003].path
    project.remove_sample(1003)
    connected(studio)
    assert not gone.exists()
    assert len(list(shelf_at(studio).pictures.iterdir())) == 5


# --------------------------------------------------------------------------- Studio's own results


def test_results_are_told_by_variant(studio, project):
    project.results = lambda block, sample, variant: (0.75, 0.25)
    _, untested = connected(studio)
    assert untested.no_results == "Studio has not tested this model yet."
    client_job(studio)
    progress = Noted()
    told = connected(studio, progress=progress)[1]
    assert [result.variant for result in told.results] == ["float32", "int8"]
    assert told.no_results == ""
    assert progress.stages[5] == Stage("Test results", "float32, int8")
    assert told.results[0].windows[1001] == (OtherAnswer({"car": 0.75, "no car": 0.25}),)


def client_job(studio):
    client = StudioClient(access_to(studio), Noted())
    follow(client, 9, client.start_testing(9, 1), "Testing", Noted())


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(Action.REFUSE, "/classify/**", text="Not now"), "Studio says “Not now”."),
        (Fault(Action.SERVER_ERROR, "/classify/**", times=None), "a fault of its own (500)"),
        (Fault(Action.HTML, "/classify/**"), "does not answer as Edge Impulse Studio does"),
        (
            Fault(Action.MISSING_FIELD, "/classify/**", field="availableVariants"),
            "has no readable “availableVariants”",
        ),
    ],
)
def test_results_that_do_not_come_do_not_stop_a_project(studio, project, fault, words):
    project.results = lambda block, sample, variant: (0.75, 0.25)
    client_job(studio)
    studio.faults.add(fault)
    content, told = connected(studio)
    assert words in told.no_results
    assert told.results == ()
    assert len(content.labelled.samples) == 6


def test_results_that_are_gone_since_thresholds_changed_are_none(studio, project):
    project.results = lambda block, sample, variant: (0.75, 0.25)
    client_job(studio)
    project.thresholds_changed = "Thresholds were changed"
    told = connected(studio)[1]
    assert told.results == ()
    assert told.no_results


# ------------------------------------------------------------------- what is here already


def test_a_project_may_have_to_be_a_certain_one(studio):
    assert connected(studio, only=9)[1].place.project == 9
    studio.forget()
    assert sentence_of(studio, only=5) == (
        "The key is for project 9, and the metadata for project 5; give the key of that project."
    )
    assert studio.count() == 1


def test_a_network_that_is_here_already_is_not_downloaded(studio, project, tmp_path):
    model = tmp_path / "trained.h5"
    project.learn(LEARN).model = None
    project.learn(LEARN).has_trained_model = False
    content, told = connected(studio, deployed=Deployed(model))
    assert content.model == model
    assert told.place.learn == LEARN
    assert studio.count(MODELS) == studio.count("/downloads") == 0
    assert "it has no trained model yet" in sentence_of(studio)


@pytest.mark.parametrize(("learn", "taken"), [((), 7), ((11,), 11), ((99,), 7), ((99, 11), 11)])
def test_a_network_is_of_the_block_that_was_deployed(studio, project, tmp_path, learn, taken):
    project.impulses[0].learns.append(extra(11, "keras"))
    deployed = Deployed(tmp_path / "trained.h5", learn)
    assert connected(studio, deployed=deployed)[1].place.learn == taken


def test_a_deployed_block_of_another_kind_is_told(studio, project, tmp_path):
    project.learn(LEARN).mode = Mode.FREEFORM
    deployed = Deployed(tmp_path / "trained.h5")
    assert "its kind, freeform, is not explained" in sentence_of(studio, deployed=deployed)


def test_who_may_not_download_gets_what_is_kept(studio, project):
    content, told = connected(studio, fetch=False)
    assert left_out_of(content) == {
        sample.filename: "it was not downloaded before" for sample in project.samples.values()
    }
    connected(studio)
    project.replace_sample(1002, drawn_jpeg(55))
    studio.forget()
    content, told = connected(studio, fetch=False)
    assert left_out_of(content) == {"drawn.00001": "it was not downloaded before"}
    assert set(samples_of(content)) == set(project.samples) - {1002}
    assert told.fetched == (0, 0)
    assert studio.count(PICTURES) == studio.count(ZIPS) == 0
    studio.revoke(KEY)
    assert "does not accept this key" in sentence_of(studio, fetch=False)


def test_what_an_export_left_is_kept_too(studio, project):
    connected(studio, way=Way.EXPORT)
    project.change_sample(1003, content=drawn_jpeg(57))  # under the name that it had
    project.remove_sample(1004)
    studio.forget()
    content, _ = connected(studio, fetch=False)
    assert left_out_of(content) == {"drawn.00002": "it was not downloaded before"}
    for number, item in samples_of(content).items():
        assert item.path.read_bytes() == project.samples[number].content
    assert set(samples_of(content)) == {1001, 1002, 1005, 1006}
    assert studio.count(PICTURES) == studio.count(ZIPS) == 0


# ------------------------------------------------------------------------------------- who leaves


@pytest.mark.parametrize(
    "step",
    [
        "Looking at the project",
        "Looking at the impulses",
        "Looking for a trained model",
        "Downloading the model",
        "Listing the test set",
        "Downloading pictures",
    ],
)
@pytest.mark.parametrize("way", Way)
def test_who_leaves_leaves_nothing_half_made(studio, step, way):
    if step == "Downloading pictures" and way is Way.EXPORT:
        step = "Downloading the export"
    with pytest.raises(Cancelled):
        connected(studio, progress=LeavesAt(step), way=way)
    assert half_made() == []
    assert not (shelf_at(studio).folder / "export.json").exists()
    content, _ = connected(studio, way=way)
    assert len(content.labelled.samples) == 6


def test_the_stage_in_which_it_ended_can_be_told(studio, project):
    project.samples.clear()
    progress = Noted()
    sentence_of(studio, progress=progress)
    assert progress.stage == "Samples"
    assert [stage.outcome is None for stage in progress.stages] == [False] * 4 + [True] * 3


# ------------------------------------------------------------------------------- keys and projects


def test_two_projects_never_see_each_other():
    mine, theirs = small_project(3), small_project(4, id=5, key="ei_theirs", seed=1)
    with running_studio(mine, theirs) as studio:
        first, told = connected(studio)
        second, other = connected(studio, "ei_theirs")
        for content, project in ((first, mine), (second, theirs)):
            pictures = {item.path.read_bytes() for item in content.labelled.samples}
            assert pictures == {sample.content for sample in project.samples.values()}
        assert not set(samples_of(first)[1001].path.parents) & {shelf_at(studio, 5).folder}
        assert first.model != second.model
        assert "project 5" in sentence_of(studio, place=other.place)
        assert "project 9" in sentence_of(studio, "ei_theirs", place=told.place)
        assert connected(studio, linked=other.place)[1].place == told.place


def test_the_same_number_in_two_studios_is_two_projects():
    with running_studio(small_project(3)) as one, running_studio(small_project(3, seed=1)) as other:
        first, _ = connected(one)
        second, told = connected(other)
    assert told.fetched[0] == 3
    assert told.changes is None
    assert not {item.path for item in first.labelled.samples} & {
        item.path for item in second.labelled.samples
    }
    assert all(item.path.exists() for item in first.labelled.samples)


def test_a_revoked_key_opens_nothing_that_is_kept(studio):
    _, told = connected(studio)
    studio.revoke(KEY)
    before = kept_files()
    for how in ({}, {"place": told.place}, {"way": Way.EXPORT}, {"linked": told.place}):
        assert "does not accept this key; it says “Invalid API key”" in sentence_of(studio, **how)
    assert kept_files() == before


def test_a_key_that_is_revoked_on_the_way_is_told(studio):
    studio.faults.add(
        Fault(Action.REFUSE, PICTURES, status=401, text="Invalid API key", skip=2, times=None)
    )
    with pytest.raises(StudioError) as caught:
        connected(studio)
    assert str(caught.value) == "Studio says “Invalid API key”."


def test_a_disk_that_cannot_be_written_is_told(studio, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "file" / "cache"))
    settings.cache_clear()
    with pytest.raises(ProjectError, match="cannot be kept on this server; its disk may be full"):
        connected(studio)


def test_left_out_samples_are_listed(studio, project):
    project.change_sample(1001, is_disabled=True)
    content, _ = connected(studio)
    assert left_out_of(content) == {"drawn.00000": "it is disabled in Studio"}


def test_an_input_block_is_what_the_client_reads(studio):
    (block,) = connected(studio)[1].blocks.usable
    assert block.feed.input == InputBlock(2, "image", 96, 96, "squash", "lanczos3", "middle-center")
