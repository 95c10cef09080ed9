"""The calls that only look: projects, impulses, models, samples."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.studio.answers import impulse as impulses
from tests.studio.answers import learn, project, sample
from tests.studio.call import Blob, Call, Endpoint, Json
from tests.studio.errors import StudioError
from tests.studio.pictures import after_input_block
from tests.studio.roles import Right
from tests.studio.sample import Category, StudioSample

# Studio publishes neither; small and large enough that a client has to mind both.
DEFAULT_LIMIT = 20
MAX_LIMIT = 1000


def _key_info(call: Call) -> Json:
    return project.key_info(call.project, call.key, call.role)


def _projects(call: Call) -> Json:
    return project.project_list(call.project)


def _project(call: Call) -> Json:
    return project.project_info(call.project, call.impulse(), call.studio.url)


def _impulses(call: Call) -> Json:
    listed = [impulses.impulse(item) for item in call.project.impulses]
    return {"impulses": listed, "maxImpulseCount": 3}


def _impulse(call: Call) -> Json:
    found = call.impulse()
    return {} if found is None else {"impulse": impulses.impulse(found)}


def _dsp(call: Call) -> Json:
    return impulses.dsp_config(call.project, call.dsp())


def _dsp_metadata(call: Call) -> Json:
    with_samples = not call.flag("excludeIncludedSamples")
    category = call.category(default="training")
    return impulses.dsp_metadata(call.project, call.dsp(), category, with_samples=with_samples)


def _keras(call: Call) -> Json:
    return learn.keras(call.project, call.learn())


def _keras_metadata(call: Call) -> Json:
    return learn.keras_metadata(call.learn(), with_labels=not call.flag("excludeLabels"))


def _downloads(call: Call) -> Json:
    return learn.downloads(call.project, call.impulse())


def _model(call: Call) -> Blob:
    wanted = call.words["download"]
    for item in learn.models(call.learn()):
        if item.id == wanted:
            return Blob(item.content, "application/octet-stream")
    raise StudioError(f"No model download found with ID {wanted}")


# ------------------------------------------------------------------------------------ samples


def _samples(call: Call) -> Json:
    found = chosen_samples(call, call.category())
    first, end = page_bounds(call)
    with_sensors = not call.flag("excludeSensors")
    return {
        "samples": [
            sample.sample(call.project, item, with_sensors=with_sensors)
            for item in found[first:end]
        ],
        "totalCount": len(found),
    }


def _count(call: Call) -> Json:
    return {"count": len(chosen_samples(call, call.category()))}


def _one_sample(call: Call) -> Json:
    limit = call.whole("limitPayloadValues", None)
    return sample.sample_with_payload(call.project, call.sample(), limit)


def _picture(call: Call) -> Blob:
    item = call.sample()
    if not item.is_picture:
        raise StudioError("This sample does not contain image data")
    if item.is_processing:
        raise StudioError("This sample is still processing")
    if not call.flag("afterInputBlock"):
        return Blob(item.content, item.media_type)
    block = call.some_impulse().inputs[0]
    return Blob(after_input_block(item.content, block), "image/png")


def page_bounds(call: Call) -> tuple[int, int]:
    """Where the page that a call asks for begins and ends."""
    limit = min(call.whole("limit", DEFAULT_LIMIT) or DEFAULT_LIMIT, MAX_LIMIT)
    offset = call.whole("offset", 0) or 0
    return offset, offset + limit


def chosen_samples(call: Call, category: Category | None) -> list[StudioSample]:
    """Samples of a category that the filters of a call let through, newest id first."""
    tests = _filters(call)
    return [item for item in call.project.listed(category) if all(test(item) for test in tests)]


def _filters(call: Call) -> list[Callable[[StudioSample], bool]]:
    tests: list[Callable[[StudioSample], bool]] = []
    shown = call.word("includeDisabled", {"both", "enabled", "disabled"}, "both")
    if shown != "both":
        tests.append(lambda item: item.is_disabled == (shown == "disabled"))
    kind = call.word("dataType", {"audio", "image"})
    if kind is not None:
        tests.append(lambda item: item.media_type.startswith(f"{kind}/"))
    if "labels" in call.query:
        labels = _label_list(call.query["labels"])
        tests.append(lambda item: item.label in labels)
    parts = [call.query[name] for name in ("filename", "search") if name in call.query]
    if parts:
        tests.append(lambda item: all(part in item.filename for part in parts))
    least, most = call.whole("minId", None), call.whole("maxId", None)
    if least is not None:
        tests.append(lambda item: item.id >= least)
    if most is not None:
        tests.append(lambda item: item.id < most)
    return tests


def _label_list(text: str) -> list[str]:
    try:
        labels = json.loads(text)
    except ValueError as error:
        raise StudioError("Query parameter 'labels' should be a JSON list", 400) from error
    if not isinstance(labels, list):
        raise StudioError("Query parameter 'labels' should be a JSON list", 400)
    return labels


KEY_INFO = "/projects/api-key-info"
_P = "/{project:int}"
READING = (
    Endpoint("GET", KEY_INFO, Right.KNOW_ITSELF, _key_info),
    Endpoint("GET", "/projects", Right.KNOW_ITSELF, _projects),
    Endpoint("GET", _P, Right.READ, _project),
    Endpoint("GET", f"{_P}/impulses", Right.READ, _impulses),
    Endpoint("GET", f"{_P}/impulse", Right.READ, _impulse),
    Endpoint("GET", f"{_P}/dsp/{{dsp:int}}", Right.READ, _dsp),
    Endpoint("GET", f"{_P}/dsp/{{dsp:int}}/metadata", Right.READ, _dsp_metadata),
    Endpoint("GET", f"{_P}/training/keras/{{learn:int}}", Right.READ, _keras),
    Endpoint("GET", f"{_P}/training/keras/{{learn:int}}/metadata", Right.READ, _keras_metadata),
    Endpoint("GET", f"{_P}/downloads", Right.READ, _downloads, heavy=True),
    Endpoint(
        "GET", f"{_P}/learn-data/{{learn:int}}/model/{{download}}", Right.READ, _model, heavy=True
    ),
    Endpoint("GET", f"{_P}/raw-data", Right.READ, _samples),
    Endpoint("GET", f"{_P}/raw-data/count", Right.READ, _count),
    Endpoint("GET", f"{_P}/raw-data/{{sample:int}}", Right.READ, _one_sample, heavy=True),
    Endpoint("GET", f"{_P}/raw-data/{{sample:int}}/image", Right.READ, _picture),
)
