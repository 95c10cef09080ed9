"""How far the heat of samples moved between two networks, once it was computed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from gradcam.arrays import Floats
from services.keeping.digests import context_of
from services.keeping.drawers import MOVED_HEAT
from services.keeping.kept import Kept, packed, unpacked
from services.keeping.store import BoundedStore
from services.predictions.predictions import Predictions

FAR = 0.5  # of the heat: a right answer for another reason


@dataclass(frozen=True)
class Heats:
    """How far the heat of n samples moved.

    Attributes:
        moved: (n,) float32, the share of the heat that lies elsewhere; NaN where either map is
            empty.
        correlation: (n,) float32, Pearson's r of both heatmaps; NaN likewise.
    """

    moved: Floats
    correlation: Floats


def heats_digest(here: Predictions, there: Predictions, made_by: str) -> str:
    """Of all that the heat of two networks depends on.

    Args:
        here: of the network that is looked at; its answers choose what is explained.
        there: of the one beside it.
        made_by: how heatmaps are made, in words that tell one way from another.
    """
    told = hashlib.sha256(made_by.encode())
    for side in (here, there):
        project = side.project
        told.update(context_of(project.network, project.medium).encode())
        told.update(f"{project.task.kept_as} {side.digest_of_files}".encode())
    return told.hexdigest()


heats = Kept(
    MOVED_HEAT,
    "npz",
    lambda one: packed({"moved": one.moved, "correlation": one.correlation}),
    lambda content: Heats(**unpacked(content)),
    BoundedStore[str, Heats](32_000_000, lambda one: 2 * one.moved.nbytes),
)
