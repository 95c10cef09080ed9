"""A finding whose scan is no longer kept: the scan that it was of, to be made once more."""

from __future__ import annotations

from services.choices.filter import Filter
from services.choices.recipe import Recipe
from services.findings.report import finding_named
from services.predictions.predictions import Predictions
from services.scan.scanning import Scan


def scan_again(predictions: Predictions, only: Filter) -> Scan | None:
    """The scan that would find a filter's finding again.

    None where no finding is missing, and where it is of another test set, network or layer: the
    name of a finding tells what was scanned, and none of what can be scanned here is that.
    """
    digest, _, _ = only.finding.partition(".")
    if not digest or finding_named(only.finding) is not None:
        return None
    layers = ["", *(layer.name for layer in predictions.project.network.layers)]
    for threshold in dict.fromkeys((only.threshold, None)):
        for layer in layers:
            scan = Scan(predictions, Recipe(layer=layer), threshold)
            if scan.digest == digest:
                return None if scan.found is not None else scan
    return None
