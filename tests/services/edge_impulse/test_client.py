"""What Studio says, read into values of our own: all of it, tolerant of more, clear about less."""

import copy
import hashlib
from datetime import UTC, datetime

import pytest

from services.edge_impulse import client as module
from services.edge_impulse.client import StudioClient, model_path
from services.edge_impulse.errors import StudioError
from services.edge_impulse.model import (
    Download,
    DspBlock,
    Impulse,
    InputBlock,
    KeyInfo,
    LabelledPart,
    LearnBlock,
    LearnMetadata,
    ProjectInfo,
    StudioExport,
    StudioJob,
    StudioSample,
    TestResult,
)
from services.sample import LabelledBox
from services.tasks.other_answer import OtherAnswer, ScoredBox
from tests.services.edge_impulse.conftest import small_project
from tests.services.edge_impulse.visits import FEED, KEY, LISTING, Noted, access_to, refused
from tests.studio import Action, Fault, Role, Variant, running_studio


@pytest.fixture
def client(studio):
    return StudioClient(access_to(studio), Noted())


class Told:
    """A transport that answers what the test says, and notes what was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def get(self, path, parameters=None):
        self.asked.append((path, parameters))
        return self.answers.pop(0)

    def post(self, path, body, parameters=None):
        self.asked.append((path, body, parameters))
        return self.answers.pop(0)


def told(*answers):
    client = StudioClient.__new__(StudioClient)
    client.transport = Told(*(copy.deepcopy(answer) for answer in answers))
    return client


def missing(about, name):
    return (
        f"Studio's answer on {about} has no readable “{name}”; "
        "the project may be half set up, or Studio has changed: please report it."
    )


# -------------------------------------------------------------------------------------- the key


@pytest.mark.parametrize("role", Role)
def test_a_key_tells_its_project_and_role(studio, project, client, role):
    project.keys[KEY] = role
    assert client.key_info() == KeyInfo(9, role.value)
    assert [request.path for request in studio.log] == ["/projects/api-key-info"]


def test_an_older_studio_tells_the_project_only(studio, client):
    studio.key_info = False
    assert client.key_info() == KeyInfo(9, "")
    assert [request.path for request in studio.log] == ["/projects/api-key-info", "/projects"]


@pytest.mark.parametrize(("status", "asked"), [(404, 2), (405, 2), (400, 1), (403, 1), (200, 1)])
def test_the_older_way_is_gone_only_where_the_newer_is_missing(studio, client, status, asked):
    studio.faults.add(Fault(Action.REFUSE, "/projects/api-key-info", status=status))
    if asked == 2:
        assert client.key_info() == KeyInfo(9)
    else:
        refused(client.key_info)
    assert studio.count() == asked


def test_a_key_without_a_project_is_told():
    client = told({"projects": []})
    client.transport.get, get = None, client.transport.get

    def only_projects(path, parameters=None):
        if path != "/projects":
            raise StudioError("Not found", 404)
        return get(path, parameters)

    client.transport.get = only_projects
    assert refused(client.key_info) == (
        "This key opens no project; make one in Studio on Dashboard, Keys."
    )


def test_a_client_needs_nobody_who_could_leave(studio):
    assert StudioClient(access_to(studio)).key_info().project == 9


# ------------------------------------------------------------------------------------ the project


def test_a_project_is_read(studio, project, client):
    project.owner = "Ann"
    project.compute_time_left_ms = 90_500
    project.change_sample(1001, is_disabled=True)
    assert client.project(9) == ProjectInfo(
        id=9,
        name="6 drawn pictures",
        owner="Ann",
        url=f"{studio.url}/studio/9",
        testing=5,
        default_impulse=1,
        compute_left=90.5,
    )


def test_of_a_project_only_the_name_is_needed():
    found = told({"project": {"name": "Cars"}}).project(3)
    assert found == ProjectInfo(3, "Cars", "", "", None, None, None)
    nothing = {"project": {"name": "Cars"}, "computeTime": {"timeLeftMs": None}, "new": [1]}
    assert told(nothing).project(3) == found


def test_impulses_are_read(client, project):
    block = project.impulses[0].inputs[0]
    block.width, block.height, block.resize_mode = 48, 32, "fit-short"
    block.resize_method, block.crop_anchor = "nearest", "top-left"
    project.impulses[0].name = "Mine"
    assert client.impulses(9) == (
        Impulse(
            id=1,
            name="Mine",
            inputs=(InputBlock(2, "image", 48, 32, "fit-short", "nearest", "top-left"),),
            dsp=(DspBlock(3, "image", "Image", 2, ("image",)),),
            learn=(LearnBlock(7, "keras-transfer-image", "Transfer learning", (3,)),),
        ),
    )


def test_what_an_input_block_does_not_say_stays_empty(client, project):
    block = project.impulses[0].inputs[0]
    block.width = block.height = block.resize_mode = None
    block.resize_method = block.crop_anchor = None
    project.impulses[0].dsps[0].input = None
    (found,) = client.impulses(9)
    assert found.inputs == (InputBlock(2, "image", None, None, "", "", ""),)
    assert found.dsp[0].input is None


IMPULSE = {
    "id": 1,
    "name": "Mine",
    "inputBlocks": [{"id": 2, "type": "image", "imageWidth": 9, "imageHeight": 8}],
    "dspBlocks": [{"id": 3, "type": "image", "name": "Image", "input": 2}],
    "learnBlocks": [{"id": 7, "type": "keras", "name": "Mine", "dsp": [3, 4]}],
}


def test_what_is_new_in_an_impulse_is_passed_over():
    plain = told({"impulses": [IMPULSE]}).impulses(1)
    more = copy.deepcopy(IMPULSE) | {"type": "of 2027", "blocks": {"x": []}}
    more["inputBlocks"][0] |= {"colourSpace": "oklab", "imageDepth": 4}
    more["learnBlocks"][0] |= {"kFolds": True, "type": "keras"}
    more["dspBlocks"][0] |= {"axes": None}
    assert told({"impulses": [more, "no impulse"], "extra": 1}).impulses(1) == plain
    assert plain[0].learn == (LearnBlock(7, "keras", "Mine", (3, 4)),)


def test_unknown_kinds_of_blocks_are_kept_as_they_are():
    odd = copy.deepcopy(IMPULSE)
    odd["inputBlocks"][0]["type"] = "lidar"
    odd["learnBlocks"][0]["type"] = "keras-quantum"
    odd["dspBlocks"][0]["type"] = "wavelets"
    (found,) = told({"impulses": [odd]}).impulses(1)
    assert (found.inputs[0].type, found.dsp[0].type, found.learn[0].type) == (
        "lidar",
        "wavelets",
        "keras-quantum",
    )


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ((), "id"),
        ((), "inputBlocks"),
        ((), "dspBlocks"),
        ((), "learnBlocks"),
        (("inputBlocks", 0), "id"),
        (("inputBlocks", 0), "type"),
        (("dspBlocks", 0), "id"),
        (("dspBlocks", 0), "type"),
        (("learnBlocks", 0), "id"),
        (("learnBlocks", 0), "type"),
        (("learnBlocks", 0), "dsp"),
    ],
)
def test_what_an_impulse_needs_is_named_with_the_impulse(path, field):
    broken = copy.deepcopy(IMPULSE)
    holder = broken
    for step in path:
        holder = holder[step]
    del holder[field]
    assert refused(lambda: told({"impulses": [broken]}).impulses(1)) == missing(
        "the impulse Mine", field
    )


def test_a_number_that_is_none_is_passed_over():
    odd = copy.deepcopy(IMPULSE)
    odd["inputBlocks"][0] |= {"imageWidth": float("nan"), "imageHeight": "many"}
    odd["dspBlocks"][0]["input"] = float("inf")
    odd["learnBlocks"][0]["dsp"] = ["x", 3, None, 4.5]
    (found,) = told({"impulses": [odd]}).impulses(1)
    assert (found.inputs[0].width, found.inputs[0].height) == (None, None)
    assert (found.dsp[0].input, found.learn[0].dsp) == (None, (3,))


@pytest.mark.parametrize("channels", ["RGB", "Grayscale", None])
def test_the_colour_is_that_of_the_image_block(client, project, channels):
    project.impulses[0].dsps[0].channels = channels
    assert client.channels(9, 3) == (channels or "")


def test_the_colour_may_be_the_default():
    item = {"param": "channels", "defaultValue": "Grayscale"}
    other = {"param": "channel", "value": "RGB"}
    config = [{"items": [other]}, {"group": "x"}, {"items": [other, item]}]
    client = told({"config": config}, {}, {"config": None})
    assert [client.channels(1, 3) for _ in range(3)] == ["Grayscale", "", ""]
    assert client.transport.asked[0] == ("/1/dsp/3", None)


# ------------------------------------------------------------------------------ the learning block

METADATA = {
    "created": "2026-01-01T00:00:00.000Z",
    "classNames": ["no car", "car"],
    "mode": "classification",
    "hasTrainedModel": True,
    "imageInputScaling": "torch",
    "thresholds": [
        {"key": "min_score", "value": 0.6},
        {"key": "other", "value": "0.25"},
        {"key": "of words", "value": "many"},
    ],
}


def test_a_trained_block_is_read():
    client = told(METADATA)
    assert client.metadata(5, 7) == LearnMetadata(
        created="2026-01-01T00:00:00.000Z",
        class_names=("no car", "car"),
        mode="classification",
        scaling="torch",
        trained=True,
        thresholds={"min_score": 0.6, "other": 0.25},
    )
    assert client.transport.asked == [("/5/training/keras/7/metadata", {"excludeLabels": True})]


def test_a_regressions_labels_are_not_asked_for(studio, client):
    assert client.metadata(9, 7).class_names == ("car", "no car")
    (request,) = studio.log
    assert request.query == {"excludeLabels": "true"}


def test_what_a_block_may_leave_out_and_add():
    few = {name: METADATA[name] for name in ("created", "classNames", "mode")}
    found = told(few | {"availableModelTypes": ["float16"], "isMultiHead": True}).metadata(1, 7)
    assert found == LearnMetadata(few["created"], ("no car", "car"), "classification", "", False)
    assert told(METADATA | {"mode": "k-folds"}).metadata(1, 7).mode == "k-folds"


@pytest.mark.parametrize("field", ["created", "classNames", "mode"])
def test_what_a_block_needs_is_named(field):
    less = {name: value for name, value in METADATA.items() if name != field}
    assert refused(lambda: told(less).metadata(1, 7)) == missing("the learning block", field)


def test_downloads_are_read(client, project):
    found = client.downloads(9, 1)
    assert found[2] == Download(
        "Keras h5 Transfer learning model", "Keras .h5 model", "/api/9/learn-data/7/model/tflite-h5"
    )
    assert len(found) == 5


def test_the_downloads_are_those_of_the_impulse():
    client = told({"downloads": [{"type": "x", "new": 1}, None]})
    assert client.downloads(5, 2) == (Download("", "x", ""),)
    assert client.transport.asked == [("/5/downloads", {"impulseId": 2})]


def test_a_models_path_is_safe():
    assert model_path(5, 7, "tflite-h5") == "/5/learn-data/7/model/tflite-h5"
    assert model_path(5, 7, "../x/y?z") == "/5/learn-data/7/model/..%2Fx%2Fy%3Fz"


# -------------------------------------------------------------------------------------- samples


def listed(*items, total=None):
    return {"samples": list(items), "totalCount": len(items) if total is None else total}


def sample(**fields):
    ((_, (found,)),) = told(listed({"id": 5, **fields})).samples(1)
    return found


def test_a_sample_is_read():
    assert sample(
        filename="Ache (17)",
        category="testing",
        label="Ache",
        coldstorageFilename="9/testing/Ache.Ache (17).JPG.4mf.ingestion-1.jpg",
        sha256Hash="ab" * 32,
        boundingBoxes=[
            {"label": "a", "x": 1, "y": 2.5, "width": 3, "height": 4, "addedByHand": True},
            {"label": "b", "x": 0, "y": 0, "width": "5", "height": 6},
            {"label": "broken", "x": 1, "y": 2, "width": 3},
        ],
        metadata={"light": "dim", "n": 3},
        chartType="image",
        imageDimensions={"width": 3, "height": 4},
        unknown={"new": True},
    ) == StudioSample(
        id=5,
        name="Ache (17)",
        label="Ache",
        labels=(),
        identity=hashlib.sha256(("ab" * 32).encode()).hexdigest(),
        stored_as="Ache.Ache (17).JPG.4mf.ingestion-1.jpg",
        hash="ab" * 32,
        boxes=(LabelledBox("a", 1, 2.5, 3, 4), LabelledBox("b", 0, 0, 5, 6)),
        metadata={"light": "dim", "n": "3"},
        problem="",
    )


def test_of_a_sample_only_the_number_is_needed():
    found = sample()
    assert (found.id, found.name, found.label, found.labels) == (5, "5", "", ())
    assert (found.stored_as, found.hash, found.boxes, found.problem) == ("", "", (), "")
    assert refused(lambda: list(told(listed({"filename": "a"})).samples(1))) == missing(
        "the test set", "id"
    )


def test_without_a_hash_the_picture_is_told_by_its_last_change():
    first, same = sample(lastModified="2026-01-01"), sample(lastModified="2026-01-01")
    later, none = sample(lastModified="2026-01-02"), sample()
    ((_, (other,)),) = told(listed({"id": 6, "lastModified": "2026-01-01"})).samples(1)
    assert first.identity == same.identity
    assert len({found.identity for found in (first, later, none, other)}) == 4


@pytest.mark.parametrize("given", ["../../../etc/passwd", "/etc/passwd", "a/b", "..", "a.b", "%00"])
def test_an_identity_is_a_safe_name_whatever_the_hash(given):
    found = sample(sha256Hash=given, coldstorageFilename=f"9/testing/{given}")
    assert len(found.identity) == 64
    assert set(found.identity) <= set("0123456789abcdef")
    assert "/" not in found.stored_as


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, ""),
        ({"chartType": "image", "isDisabled": False}, ""),
        ({"isDisabled": True}, "it is disabled in Studio"),
        ({"processingError": True, "isProcessing": True}, "Studio could not process it"),
        ({"isProcessing": True}, "Studio is still processing it"),
        ({"chartType": "chart"}, ""),
        ({"labelMap": {"labels": {"a": "b"}}}, "it carries labels by key, not one class"),
        ({"isDisabled": True, "chartType": "chart"}, "it is disabled in Studio"),
    ],
)
def test_why_a_sample_takes_no_part(fields, problem):
    assert sample(**fields).problem == problem


def test_the_labels_of_a_samples_parts_are_counted_once():
    parts = [{"label": "a"}, {"label": "b", "startIndex": 1, "endIndex": 5}, {"label": "a"}]
    told = sample(structuredLabels=parts)
    assert told.labels == ("a", "b")
    assert told.parts[1] == LabelledPart(1, 5, "b")


@pytest.mark.parametrize("chart", ["chart", "video", "of 2027"])
def test_a_network_of_pictures_is_fed_with_pictures_alone(chart):
    assert FEED.problem(sample(chartType=chart)) == "it is no picture"
    assert FEED.problem(sample(chartType="image")) == FEED.problem(sample()) == ""


def test_parts_of_one_file_are_told_apart():
    """Studio gives each the hash of the file that they were cut from."""
    whole, first, second = (
        sample(id=number, sha256Hash="ab" * 32, isCropped=number > 1) for number in (1, 2, 3)
    )
    assert len({whole.identity, first.identity, second.identity}) == 3
    assert whole.identity == sample(id=9, sha256Hash="ab" * 32).identity


def test_more_than_a_thousand_samples_come_page_by_page():
    with running_studio(small_project(2300)) as studio:
        pages = list(StudioClient(access_to(studio), Noted()).samples(9))
    assert [(total, len(page)) for total, page in pages] == [
        (2300, 1000),
        (2300, 1000),
        (2300, 300),
    ]
    assert {item.id for _, page in pages for item in page} == set(range(1001, 3301))
    queries = [request.query for request in studio.log.chosen(LISTING)]
    assert [query["offset"] for query in queries] == ["0", "1000", "2000"]
    assert queries[0] == {
        "category": "testing",
        "limit": "1000",
        "offset": "0",
        "includeDisabled": "both",
        "excludeSensors": "true",
    }


def test_a_studio_that_gives_smaller_pages_is_followed():
    client = told(listed({"id": 1}, {"id": 2}, total=3), listed({"id": 3}, total=3))
    assert [[item.id for item in page] for _, page in client.samples(1)] == [[1, 2], [3]]
    assert [parameters["offset"] for _, parameters in client.transport.asked] == [0, 2]


def test_a_page_of_nothing_is_the_last_one():
    client = told(listed({"id": 1}, total=3), listed(total=3))
    assert [len(page) for _, page in client.samples(1)] == [1, 0]


@pytest.mark.parametrize("field", ["samples", "totalCount"])
def test_what_a_listing_needs_is_named(studio, client, field):
    studio.faults.add(Fault(Action.MISSING_FIELD, LISTING, field=field))
    assert refused(lambda: list(client.samples(9))) == missing("the test set", field)


def test_a_picture_comes_as_it_was_uploaded_or_as_the_impulse_makes_it(studio, client, project):
    project.impulses[0].inputs[0].width = project.impulses[0].inputs[0].height = 8
    original, made = client.picture(9, 1002), client.picture(9, 1002, impulse=1)
    assert original == project.samples[1002].content
    assert made.startswith(b"\x89PNG")
    queries = [request.query for request in studio.log]
    assert queries == [{}, {"afterInputBlock": "true", "impulseId": "1"}]


# ------------------------------------------------------------------------------------------- jobs


def test_an_export_is_started_with_the_stored_names(studio, client):
    assert client.start_export(9) == 42
    assert studio.jobs[42].request == {"uploaderFriendlyFilenames": False, "retainCrops": True}


def test_testing_is_started_for_an_impulse_and_both_variants():
    client = told({"id": 50})
    assert client.start_testing(5, 2) == 50
    assert client.transport.asked == [
        ("/5/jobs/classify", {"modelVariants": ["float32", "int8"]}, {"impulseId": 2})
    ]
    refusal = refused(lambda: told({"success": True}).start_testing(5, 2))
    assert refusal == missing("the job", "id")


def job(**fields):
    return told({"job": {"created": "2026-01-01T00:00:00.000Z", **fields}}).job(1, 42)


def test_a_job_is_followed_by_its_status():
    noon = datetime(2026, 1, 1, tzinfo=UTC)
    ended = "2026-01-01T00:01:00.000Z"
    assert job() == StudioJob(42, noon, None)
    assert job(finishedSuccessful=True) == StudioJob(42, noon, True)
    assert job(finishedSuccessful=False) == StudioJob(42, noon, False)
    assert job(finished=ended, finishedSuccessful=True) == StudioJob(42, noon, True)
    assert job(finished=ended, finishedSuccessful=False) == StudioJob(42, noon, False)


def test_a_job_that_ended_without_a_word_did_not_succeed():
    assert job(finished="2026-01-01T00:01:00.000Z").succeeded is False


@pytest.mark.parametrize(
    ("answer", "field"), [({}, "job"), ({"job": {"id": 42}}, "created"), ({"job": []}, "job")]
)
def test_what_a_job_needs_is_named(answer, field):
    assert refused(lambda: told(answer).job(1, 42)) == missing("the job", field)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["newest", "older"], "newest"),
        (["  \n", "", "said  this\nhere"], "said this here"),
        (["Job failed (see above)", "The disk is full", "older"], "The disk is full"),
        (["Job failed (see above)"], ""),
        (["Job failed: no space left", "older"], "Job failed: no space left"),
        ([], ""),
        ([f"key {KEY} refused"], "key ei_… refused"),
        (["x" * 500], "x" * 199 + "…"),
    ],
)
def test_the_last_words_of_a_job_are_those_that_say_something(lines, words):
    client = told({"stdout": [{"data": line} for line in lines]})
    assert client.last_words(1, 42) == words


def test_a_job_is_cancelled(studio, client):
    client.cancel(9, client.start_export(9))
    assert studio.jobs[42].cancelled


def test_an_export_is_shown_with_its_moment(studio, client):
    assert client.export(9) is None
    job = client.start_export(9)
    while client.job(9, job).succeeded is None:
        pass
    found = client.export(9)
    assert isinstance(found, StudioExport)
    assert found.created >= client.job(9, job).created
    assert found.url.startswith(f"{studio.storage_url}/exports/9/1.zip?")


@pytest.mark.parametrize("field", ["created", "url"])
def test_what_an_export_needs_is_named(field):
    whole = {"hasExport": True, "created": "2026-01-01T00:00:00Z", "url": "https://x/y.zip"}
    assert told(whole).export(1).url == "https://x/y.zip"
    less = {name: value for name, value in whole.items() if name != field}
    assert refused(lambda: told(less).export(1)) == missing("the export", field)


# --------------------------------------------------------------------------------- test results


def row(number, result, learn=7, **more):
    part = {"learnBlock": {"id": learn}, "result": [] if result is None else [result], **more}
    return {"sampleId": number, "classifications": [part]}


def test_results_are_read_for_one_learning_block():
    other = {"learnBlock": {"id": 8}, "result": [{"car": 0.0, "no car": 1.0}]}
    both = row(1, {"car": 0.9, "no car": 0.1})
    both["classifications"].insert(0, other)
    page = {
        "result": [both, row(2, {"car": 0.5}, learn=8), row(3, None), row(4, {"value": "0.25"})],
        "predictions": [{"sampleId": 1, "prediction": "uncertain"}, {"sampleId": 4}],
        "totalCount": 4,
    }
    client = told(page)
    assert client.test_result(5, 2, 7, "int8") == TestResult(
        "int8",
        {1: (OtherAnswer({"car": 0.9, "no car": 0.1}),), 4: (OtherAnswer({"value": 0.25}),)},
        {1: "uncertain", 4: ""},
    )
    path, parameters = client.transport.asked[0]
    assert path == "/5/classify/all/result/page"
    assert parameters == {"impulseId": 2, "variant": "int8", "limit": 1000, "offset": 0}


def test_a_score_that_is_no_number_is_passed_over():
    page = {"result": [row(1, {"car": 0.9, "note": "x", "no": None})], "totalCount": 1}
    assert told(page).test_result(1, 1, 7, "float32").windows == {1: (OtherAnswer({"car": 0.9}),)}


def test_objects_and_grids_are_read_window_by_window():
    box = {"label": "cup", "x": 0.25, "y": 0.5, "width": 0.125, "height": 0.125, "score": 0.75}
    page = {
        "result": [
            row(1, {}, structuredResult=[{"boxes": [[9, 9, 9, 9]]}]),
            row(2, {}, structuredResult=[{}]),
            row(3, {"anomaly": 2}, anomalyResult=[{"scores": [[1, 2], [0.5, 0]]}, {"scores": 7}]),
        ],
        "predictions": [
            {"sampleId": 1, "boundingBoxes": [box, {"label": "no place", "x": 1}]},
            {"sampleId": 2, "prediction": "background"},
        ],
        "totalCount": 3,
    }
    assert told(page).test_result(1, 1, 7, "float32").windows == {
        1: (OtherAnswer({}, (ScoredBox(LabelledBox("cup", 0.25, 0.5, 0.125, 0.125), 0.75),)),),
        2: (OtherAnswer({}, ()),),
        3: (OtherAnswer({"anomaly": 2.0}, grid=((1.0, 2.0), (0.5, 0.0))), OtherAnswer()),
    }


def test_results_come_page_by_page(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    pages = [
        {"result": [row(1, {"a": 0.1}), row(2, {"a": 0.2})], "totalCount": 3},
        {"result": [row(3, {"a": 0.3})], "totalCount": 3},
    ]
    client = told(*pages)
    said = {n: (OtherAnswer({"a": n / 10}),) for n in (1, 2, 3)}
    assert client.test_result(1, 1, 7, "int8").windows == said
    assert [parameters["offset"] for _, parameters in client.transport.asked] == [0, 2]
    shrunk = told(pages[0], {"result": [], "totalCount": 3})
    assert set(shrunk.test_result(1, 1, 7, "int8").windows) == {1, 2}


def test_the_variants_are_those_that_studio_names():
    client = told({"availableVariants": ["float32", "of 2027"]})
    assert client.test_variants(5, 2) == ("float32", "of 2027")
    (asked,) = client.transport.asked
    assert asked == (
        "/5/classify/all/result",
        {"impulseId": 2, "featureExplorerOnly": True},
    )


def test_without_results_studio_says_so(client):
    assert refused(lambda: client.test_variants(9, 1)) == (
        "Studio says “No model testing results found, run 'startClassifyJob' first”."
    )


def test_results_of_the_imitation_are_read(studio, client, project):
    project.results = lambda block, sample, variant: (0.75, 0.25)
    job = client.start_testing(9, 1)
    while client.job(9, job).succeeded is None:
        pass
    found = client.test_result(9, 1, 7, "float32")
    said = (OtherAnswer({"car": 0.75, "no car": 0.25}),)
    assert found.windows == dict.fromkeys(project.samples, said)
    assert set(found.answers.values()) == {"car"}
    assert client.test_variants(9, 1) == (Variant.FLOAT32, Variant.INT8)
    assert studio.jobs[job].variants == (Variant.FLOAT32, Variant.INT8)


# ------------------------------------------------------------------- missing on the wire, by path


@pytest.mark.parametrize(
    ("call", "path", "field", "about"),
    [
        (lambda c: c.key_info(), "/projects/api-key-info", "projectId", "the key"),
        (lambda c: c.project(9), "/9", "project", "the project"),
        (lambda c: c.project(9), "/9", "project.name", "the project"),
        (lambda c: c.impulses(9), "/impulses", "impulses", "the impulses"),
        (lambda c: c.metadata(9, 7), "/training/**", "classNames", "the learning block"),
        (lambda c: c.metadata(9, 7), "/training/**", "mode", "the learning block"),
        (lambda c: c.downloads(9, 1), "/downloads", "downloads", "the downloads"),
        (lambda c: list(c.samples(9)), LISTING, "samples.0.id", "the test set"),
        (lambda c: c.start_export(9), "/jobs/**", "id", "the job"),
    ],
)
def test_a_missing_field_is_named(studio, client, call, path, field, about):
    studio.faults.add(Fault(Action.MISSING_FIELD, path, field=field))
    assert refused(lambda: call(client)) == missing(about, field.rpartition(".")[2])


def test_an_older_studio_without_projects_is_told(studio, client):
    studio.key_info = False
    studio.faults.add(Fault(Action.MISSING_FIELD, "/projects", field="projects"))
    assert refused(client.key_info) == missing("the key", "projects")
