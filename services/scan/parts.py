"""The parts of samples that a scan looks at, as every process that works on it is told of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam import Target
from gradcam.box import Box
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import targets_of
from services.predictions.predictions import Predictions
from services.scan.around import of_one_size
from services.tasks.located import Located


@dataclass(frozen=True)
class PartToLookAt:
    """One part.

    Attributes:
        position: of its sample.
        region: it with its surroundings, in fractions of the picture.
        target: what is explained; None of what the network does not say.
    """

    position: int
    region: Box
    target: Target | None


def parts_to_look_at(predictions: Predictions, located: Sequence[Located]) -> list[PartToLookAt]:
    """The parts of a test set that lie somewhere, in their order; all regions of about one size."""
    if not located:
        return []
    targets = targets_of(predictions, [each.place for each in located], Recipe())
    regions = of_one_size([each.region for each in located])
    return [
        PartToLookAt(each.place.sample, region, None if each.said is None else target)
        for each, region, target in zip(located, regions, targets, strict=True)
    ]


def parts_told(parts: Sequence[PartToLookAt]) -> NDArray[np.str_]:
    """Parts, as another process is told of them."""
    return np.array(json.dumps([(p.position, p.region, p.target and p.target.told) for p in parts]))


def parts_heard(told: NDArray[np.str_]) -> tuple[PartToLookAt, ...]:
    """The parts that `parts_told` told of."""
    rows = json.loads(str(told))
    return tuple(
        PartToLookAt(at, Box(*region), target and Target.heard(target))
        for at, region, target in rows
    )
