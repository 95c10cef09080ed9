"""The calls that only look: projects, impulses, models, samples."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.studio import hearing
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


def _sound(call: Call) -> Blob:
    item = call.sample()
    if call.whole("axisIx", None) is None:
        raise StudioError("Missing required query parameter 'axisIx'", 400)
    if not item.is_sound:
        raise StudioError("This sample does not contain audio data")
    return Blob(item.content, "audio/wav")


def _features(call: Call) -> Json:
    """What a processing block makes of one window."""
    item, block = call.sample(), call.dsp()
    windows = call.project.impulse_of(block).inputs[0].windows
    start = call.whole("sliceStart", None)
    if windows is None or not item.is_sound or start is None:
        raise StudioError("This sample cannot be processed by the block")
    end = call.whole("sliceEnd", start + windows.length) or 0
    return {
        "features": hearing.features(block, windows, item.values[start:end]),
        "graphs": [],
        "labelForWindow": item.label_of(windows, start),
        "sample": sample.sample_with_payload(call.project, item, 1),
        "canProfilePerformance": False,
    }


def _anomaly_metadata(call: Call) -> Json:
    return learn.anomaly_metadata(call.learn())


def _gmm_metadata(call: Call) -> Json:
    return learn.gmm_metadata(call.learn())


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
        labels = _json_list(call, "labels")
        tests.append(lambda item: item.label in labels)
    if "ids" in call.query:
        ids = _json_list(call, "ids")
        tests.append(lambda item: item.id in ids)
    parts = [call.query[name] for name in ("filename", "search") if name in call.query]
    if parts:
        tests.append(lambda item: all(part in item.filename for part in parts))
    least, most = call.whole("minId", None), call.whole("maxId", None)
    if least is not None:
        tests.append(lambda item: item.id >= least)
    if most is not None:
        tests.append(lambda item: item.id < most)
    return tests


def _json_list(call: Call, name: str) -> list[Any]:
    try:
        values = json.loads(call.query[name])
    except ValueError as error:
        raise StudioError(f"Query parameter '{name}' should be a JSON list", 400) from error
    if not isinstance(values, list):
        raise StudioError(f"Query parameter '{name}' should be a JSON list", 400)
    return values


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
    Endpoint("GET", f"{_P}/raw-data/{{sample:int}}/wav", Right.READ, _sound),
    Endpoint(
        "GET",
        f"{_P}/dsp/{{dsp:int}}/raw-data/{{sample:int}}/slice/run/readonly",
        Right.READ,
        _features,
        heavy=True,
    ),
    Endpoint("GET", f"{_P}/training/anomaly/{{learn:int}}/metadata", Right.READ, _anomaly_metadata),
    Endpoint("GET", f"{_P}/training/anomaly/{{learn:int}}/gmm/metadata", Right.READ, _gmm_metadata),
)
