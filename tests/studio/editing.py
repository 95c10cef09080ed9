"""The calls that change samples: each for a key of the role admin only."""

from __future__ import annotations

from typing import Any

from tests.studio.call import Call, Endpoint, Json
from tests.studio.errors import StudioError
from tests.studio.reading import chosen_samples
from tests.studio.roles import Right


def _edit_label(call: Call) -> Json:
    label = _needed(call, "label", str)
    call.project.change_sample(call.sample().id, label=label)
    return {}


def _disable(call: Call) -> Json:
    call.project.change_sample(call.sample().id, is_disabled=True)
    return {}


def _enable(call: Call) -> Json:
    call.project.change_sample(call.sample().id, is_disabled=False)
    return {}


def _set_metadata(call: Call) -> Json:
    item, given = call.sample(), _needed(call, "metadata", dict)
    if not all(isinstance(value, str) for value in given.values()):
        raise StudioError("Property 'metadata' should hold texts", 400)
    # “Adds or updates”: whether what is not named stays is not known.
    stays = {} if call.project.metadata_is_replaced else dict(item.metadata)
    call.project.change_sample(item.id, metadata={**stays, **given})
    return {}


def _clear_metadata_by_key(call: Call) -> Json:
    key = _needed(call, "metadataKey", str)
    for item in chosen_samples(call, call.category()):
        if key in item.metadata:
            left = {name: value for name, value in item.metadata.items() if name != key}
            call.project.change_sample(item.id, metadata=left)
    return {}


def _needed(call: Call, name: str, kind: type) -> Any:
    value = call.json_body().get(name)
    if not isinstance(value, kind):
        raise StudioError(f"Missing required property '{name}' in the body", 400)
    return value


_S = "/{project:int}/raw-data/{sample:int}"
_BATCH = "/{project:int}/raw-data/batch"
EDITING = (
    Endpoint("POST", f"{_S}/edit-label", Right.WRITE, _edit_label),
    Endpoint("POST", f"{_S}/disable", Right.WRITE, _disable),
    Endpoint("POST", f"{_S}/enable", Right.WRITE, _enable),
    Endpoint("POST", f"{_S}/metadata", Right.WRITE, _set_metadata),
    Endpoint("POST", f"{_BATCH}/clear-metadata-by-key", Right.WRITE, _clear_metadata_by_key),
)
