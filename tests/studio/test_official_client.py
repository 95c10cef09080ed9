"""The official client calls the imitation as our product does, and its models accept the answers.

The client itself does not validate what it reads, so each answer is given to its model once more.
One of its models has to be mended first: 1.96.3 cannot read any threshold of a learn block.
"""

import hashlib
import io
import json
import zipfile

import edgeimpulse_api as official
import pytest
import requests
from edgeimpulse_api.models.block_threshold import BlockThreshold
from edgeimpulse_api.models.block_threshold_value import BlockThresholdValue
from pydantic.v1 import BaseConfig, BaseModel
from pydantic.v1.fields import ModelField

from tests.studio import Category
from tests.studio.demo import DEMO
from tests.waiting import PATIENCE

CARS = json.loads((DEMO / "cars" / "info.labels").read_text(encoding="utf-8"))["files"]
GAUGE = json.loads((DEMO / "gauge" / "info.labels").read_text(encoding="utf-8"))["files"]
EXPORT = official.ExportOriginalDataRequest(uploader_friendly_filenames=False, retain_crops=True)
OF_THE_DESCRIPTION_ONLY = {"/downloads", "/accuracy/rows"}
CLASSIFY = official.StartClassifyJobRequest()


class Client:
    """The official client with one key."""

    def __init__(self, studio, key):
        settings = official.Configuration(host=f"{studio.url}/v1")
        settings.api_key["ApiKeyAuthentication"] = key
        self.client = official.ApiClient(settings)

    def ask(self, api, name, *arguments, **options):
        """The answer as its model accepts it."""
        read = self.call(api, name, *arguments, **options)
        raw = json.loads(self.client.last_response.data)
        accepted = type(read).parse_obj(raw)
        assert accepted.success is True
        assert set(unknown_keys(raw, accepted)) <= OF_THE_DESCRIPTION_ONLY
        return accepted

    def fetch(self, api, name, *arguments, **options):
        """A file."""
        return self.call(api, name, *arguments, _preload_content=False, **options).data

    def call(self, api, name, *arguments, **options):
        return getattr(getattr(official, api)(self.client), name)(*arguments, **options)


def unknown_keys(raw, read, place=""):
    """Keys of an answer that its model does not have: misspelt, most likely."""
    if isinstance(raw, dict) and isinstance(read, BaseModel):
        fields = {field.alias: getattr(read, name) for name, field in read.__fields__.items()}
        for key, value in raw.items():
            if key in fields:
                yield from unknown_keys(value, fields[key], f"{place}/{key}")
            else:
                yield f"{place}/{key}"
    elif isinstance(raw, list) and isinstance(read, list):
        for value, item in zip(raw, read, strict=True):
            yield from unknown_keys(value, item, place)


@pytest.fixture(autouse=True)
def mended_threshold(monkeypatch):
    # Its “number or text” finds that every value is both, and refuses it.
    field = ModelField(
        name="value", type_=float | str, class_validators=None, model_config=BaseConfig
    )
    monkeypatch.setitem(BlockThreshold.__fields__, "value", field)
    monkeypatch.setattr(BlockThresholdValue, "from_dict", lambda value: value)


@pytest.fixture
def client(studio):
    return Client(studio, "ei_demo_cars")


@pytest.fixture
def gauge_client(studio):
    return Client(studio, "ei_demo_gauge")


def test_key(client):
    told = client.ask("ProjectsApi", "get_current_api_key_info")
    assert (told.project_id, told.role) == (1, official.ProjectApiKeyRole.ADMIN)
    assert told.expires is None


def test_projects(client, gauge_client):
    for asked, number, name in ((client, 1, "Car or not"), (gauge_client, 2, "Pressure gauge")):
        (only,) = asked.ask("ProjectsApi", "list_projects").projects
        assert (only.id, only.name, only.owner) == (number, name, "Demo")
        assert only.labeling_method == "single_label"


def test_project_info(client):
    told = client.ask("ProjectsApi", "get_project_info", 1)
    testing = told.data_summary_per_category.testing
    assert (testing["dataCount"], testing["labels"]) == (len(CARS), ["car", "no car"])
    assert told.data_summary_per_category.training.data_count == len(CARS) // 4
    assert told.data_summary.data_count == len(CARS) // 4
    assert told.default_impulse_id == 1
    assert told.compute_time.time_left_ms == 3_600_000
    assert told.development_keys.api_key is None
    assert (told.impulse.created, told.impulse.configured, told.impulse.complete) == (True,) * 3


def test_impulses(client):
    (listed,) = client.ask("ImpulseApi", "get_all_impulses", 1).impulses
    default = client.ask("ImpulseApi", "get_impulse", 1).impulse
    named = client.ask("ImpulseApi", "get_impulse", 1, impulse_id=1).impulse
    assert listed == default == named
    (source,), (dsp,), (learn,) = listed.input_blocks, listed.dsp_blocks, listed.learn_blocks
    assert (source.image_width, source.image_height) == (96, 96)
    assert (source.resize_mode, source.resize_method) == ("squash", "lanczos3")
    assert source.crop_anchor == "middle-center"
    assert (dsp.type, dsp.input) == ("image", source.id)
    assert (learn.type, learn.dsp) == ("keras-transfer-image", [dsp.id])


def test_dsp(client):
    told = client.ask("DSPApi", "get_dsp_config", 1, 3)
    ((depth,),) = [group.items for group in told.config]
    assert (depth.param, depth.value, depth.default_value) == ("channels", "RGB", "RGB")
    assert told.dsp.features.count == len(CARS) // 4


def test_dsp_metadata(client):
    told = client.ask("DSPApi", "get_dsp_metadata", 1, 3, category="testing")
    assert (told.output_config.type, told.dsp_config) == ("image", {"channels": "RGB"})
    shape = told.output_config.shape
    assert (shape.width, shape.height, shape.channels) == (96, 96, 3)
    assert [item.id for item in told.included_samples] == list(range(1001, 1001 + len(CARS)))
    short = client.ask("DSPApi", "get_dsp_metadata", 1, 3, True, category="testing")
    assert (short.included_samples, short.window_count) == ([], len(CARS))


def test_keras(client, gauge_client):
    told = client.ask("LearnApi", "get_keras", 1, 7)
    assert (told.type, told.shape, told.trained) == ("keras-transfer-image", "(96, 96, 3,)", True)
    assert told.dependencies.output_classes == ["car", "no car"]
    assert told.minimum_confidence_rating == 0.6
    assert gauge_client.ask("LearnApi", "get_keras", 2, 7).type == "keras-regression"


def test_keras_metadata_of_classes(client):
    told = client.ask("LearnApi", "get_keras_metadata", 1, 7)
    assert (told.class_names, told.labels) == (["car", "no car"], ["car", "no car"])
    assert (told.mode, told.image_input_scaling) == ("classification", "0..1")
    assert (told.has_trained_model, told.available_model_types) == (True, ["float32", "int8"])
    assert [(item.key, item.value) for item in told.thresholds] == [("min_score", 0.6)]


def test_keras_metadata_of_a_regression(gauge_client):
    told = gauge_client.ask("LearnApi", "get_keras_metadata", 2, 7)
    assert (told.mode, told.class_names) == ("regression", ["value"])
    assert set(told.labels) == {entry["label"]["label"] for entry in GAUGE}
    (limit,) = told.thresholds
    assert (limit.value, limit.suggested_value, limit.suggested_value_text) == (0.1, 0.1, "0.1")
    assert gauge_client.ask("LearnApi", "get_keras_metadata", 2, 7, True).labels == []


def test_model(client):
    rows = client.ask("ProjectsApi", "list_downloads", 1, impulse_id=1).downloads
    links = {row.id: row.link for row in rows if row.id}
    assert set(links) == {"tflite-float", "tflite-int8", "tflite-h5"}
    assert links["tflite-h5"] == "/api/1/learn-data/7/model/tflite-h5"
    packed = client.fetch("LearnApi", "download_learn_model", 1, 7, "tflite-h5")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["model.h5"]
        assert archive.read("model.h5") == (DEMO / "cars" / "model.h5").read_bytes()
    lite = client.fetch("LearnApi", "download_learn_model", 1, 7, "tflite-int8")
    assert lite[4:8] == b"TFL3"


def test_samples(client):
    told = client.ask(
        "RawDataApi", "list_samples", 1, "testing", limit=3, offset=2, data_type="image",
        include_disabled="enabled", exclude_sensors=True, labels='["car", "no car"]',
    )  # fmt: skip
    assert told.total_count == len(CARS)
    assert [item.id for item in told.samples] == [1158, 1157, 1156]
    first, entry = told.samples[0], CARS[157]
    content = (DEMO / "cars" / entry["path"]).read_bytes()
    assert (first.filename, first.label) == (entry["name"], entry["label"]["label"])
    assert first.coldstorage_filename.rpartition("/")[2] == entry["path"].rpartition("/")[2]
    assert first.sha256_hash == hashlib.sha256(content).hexdigest()
    assert [box.dict() for box in first.bounding_boxes] == entry["boundingBoxes"]
    assert (first.metadata, first.chart_type) == (entry["metadata"], "image")
    assert (first.is_disabled, first.sensors) == (False, [])
    assert (first.image_dimensions.width, first.image_dimensions.height) == (160, 120)


@pytest.mark.parametrize(("category", "count"), [("testing", 160), ("training", 40), ("all", 200)])
def test_counts(client, category, count):
    assert client.ask("RawDataApi", "count_samples", 1, category).count == count


def test_count_of_a_label(client, cars):
    expected = sum(item.label == "car" for item in cars.listed(Category.TESTING))
    told = client.ask("RawDataApi", "count_samples", 1, "testing", labels='["car"]')
    assert told.count == expected


def test_sample(client):
    told = client.ask("RawDataApi", "get_sample", 1, 1001, limit_payload_values=5)
    assert (told.sample.id, told.sample.filename) == (1001, "street.0001")
    assert (told.total_payload_length, len(told.payload.values)) == (160 * 120, 5)
    assert told.payload.sensors[0].units == "rgba"


def test_picture(client):
    original = client.fetch("RawDataApi", "get_sample_as_image", 1, 1001)
    assert original == (DEMO / "cars" / CARS[0]["path"]).read_bytes()
    resized = client.fetch("RawDataApi", "get_sample_as_image", 1, 1001, after_input_block=True)
    assert resized.startswith(b"\x89PNG")


def test_export(client):
    assert client.ask("ExportApi", "get_export_url", 1).has_export is False
    wanted = official.ExportOriginalDataRequest(
        uploader_friendly_filenames=False, retain_crops=True
    )
    job = client.ask("JobsApi", "start_original_export_job", 1, wanted).id
    running = client.ask("JobsApi", "get_job_status", 1, job).job
    done = client.ask("JobsApi", "get_job_status", 1, job).job
    assert (running.finished, running.finished_successful) == (None, None)
    assert (done.id, done.category_key, done.finished_successful) == (job, "export", True)
    lines = client.ask("JobsApi", "get_jobs_logs", 1, job).stdout
    assert (lines[0].data, lines[-1].data) == ("Job completed", f"Creating job... OK (ID: {job})")
    export = client.ask("ExportApi", "get_export_url", 1)
    assert export.created >= done.created
    archive = zipfile.ZipFile(io.BytesIO(requests.get(export.url, timeout=PATIENCE).content))
    assert archive.read(CARS[0]["path"]) == (DEMO / "cars" / CARS[0]["path"]).read_bytes()


def test_cancelling(client):
    job = client.ask("JobsApi", "start_original_export_job", 1, EXPORT).id
    client.ask("JobsApi", "cancel_job", 1, job)
    assert client.ask("JobsApi", "get_job_status", 1, job).job.finished_successful is False


def test_model_testing(client, cars):
    wanted = official.StartClassifyJobRequest(model_variants=["float32"])
    job = client.ask("JobsApi", "start_classify_job", 1, wanted, impulse_id=1).id
    for _ in range(2):
        client.ask("JobsApi", "get_job_status", 1, job)
    told = client.ask("ClassifyApi", "get_classify_job_result", 1, variant="float32", impulse_id=1)
    of_class = [item.label for item in cars.listed(Category.TESTING)]
    assert told.available_variants == ["float32"]
    assert told.accuracy.total_summary.good == of_class.count("car")
    assert told.accuracy.confusion_matrix_values["no car"]["uncertain"] == of_class.count("no car")
    assert len(told.result) == len(told.predictions) == len(CARS)
    result = next(item for item in told.result if item.sample_id == 1001)
    (classified,) = result.classifications
    assert (classified.learn_block.id, result.sample.label) == (7, "car")
    assert classified.result == [{"car": 0.875, "no car": 0.125}]
    assert [label.label for label in classified.expected_labels] == ["car"]
    page = client.ask(
        "ClassifyApi", "get_classify_job_result_page", 1, limit=2, offset=1, variant="float32"
    )
    assert (page.total_count, len(page.result), len(page.predictions)) == (len(CARS), 2, 2)
    assert page.result[0] == told.result[1]
    assert page.predictions == told.predictions[1:3]


def test_model_testing_of_a_regression(gauge_client):
    job = gauge_client.ask(
        "JobsApi", "start_classify_job", 2, official.StartClassifyJobRequest()
    ).id
    for _ in range(2):
        gauge_client.ask("JobsApi", "get_job_status", 2, job)
    told = gauge_client.ask("ClassifyApi", "get_classify_job_result", 2, variant="int8")
    label = float(told.predictions[0].label)
    assert told.result[0].classifications[0].result == [{"value": pytest.approx(label + 0.25)}]
    assert told.predictions[0].prediction_correct is False
    assert told.accuracy.mse_score == pytest.approx(0.0625)
    assert set(told.available_variants) == {"float32", "int8"}


def test_changing_samples(client, cars):
    label = official.EditSampleLabelRequest(label="no car")
    told = client.ask("RawDataApi", "edit_label", 1, 1001, label)
    assert told.dict(exclude_none=True) == {"success": True}
    wanted = official.SetSampleMetadataRequest(metadata={"gradcam_review": "should be no car"})
    client.ask("RawDataApi", "set_sample_metadata", 1, 1001, wanted)
    client.ask("RawDataApi", "disable_sample", 1, 1001)
    sample = client.ask("RawDataApi", "get_sample", 1, 1001, limit_payload_values=1).sample
    assert (sample.label, sample.is_disabled) == ("no car", True)
    assert sample.metadata["gradcam_review"] == "should be no car"
    assert set(sample.metadata) == {"gradcam_review", "light", "stamp", "vehicle"}
    assert sample.last_modified > sample.added
    client.ask("RawDataApi", "enable_sample", 1, 1001)
    assert not cars.samples[1001].is_disabled


def test_one_key_of_the_metadata_goes_from_the_samples_named(client, cars):
    for number in (1001, 1002):
        cars.change_sample(number, metadata={"tag": "x", "site": "north"})
    wanted = official.BatchClearMetadataByKeyRequest(metadata_key="tag")
    call = ("RawDataApi", "batch_clear_metadata_by_key", 1, "testing", wanted)
    client.call(*call, ids="[1001]", min_id=1001, max_id=1002)
    assert cars.samples[1001].metadata == {"site": "north"}
    assert cars.samples[1002].metadata == {"tag": "x", "site": "north"}


def test_errors_of_both_shapes(client, studio):
    with pytest.raises(official.ApiException) as refused:
        Client(studio, "ei_nobody").call("ProjectsApi", "list_projects")
    assert (refused.value.status, json.loads(refused.value.body)["error"]) == (
        401,
        "Invalid API key",
    )
    with pytest.raises(Exception, match=r"^No model testing results found"):
        client.call("ClassifyApi", "get_classify_job_result", 1)
