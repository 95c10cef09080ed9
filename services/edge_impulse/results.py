"""What Studio's own model testing says."""

from __future__ import annotations

from services.edge_impulse.client import StudioClient
from services.edge_impulse.errors import StudioError
from services.edge_impulse.model import TestResult
from services.edge_impulse.place import StudioPlace

UNTESTED = "Studio has not tested this model yet."


def test_results(client: StudioClient, place: StudioPlace) -> tuple[tuple[TestResult, ...], str]:
    """Results by variant, or why there are none: they are never a reason not to open a project."""
    try:
        variants = client.test_variants(place.project, place.impulse)
        results = [
            client.test_result(place.project, place.impulse, place.learn, variant)
            for variant in sorted(variants)
            if variant in {"float32", "int8"}
        ]
    except StudioError as error:
        untested = error.said.lower().startswith("no model testing results")
        return (), UNTESTED if untested else str(error)
    told = tuple(result for result in results if result.windows)
    return told, "" if told else UNTESTED
