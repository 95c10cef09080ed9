"""What people would wait for on pages, made before: the dashboard finds it in the cache."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from enum import StrEnum

from services.choices.choices import Choices
from services.choices.recipe import Recipe
from services.embedding.asked import Embedding
from services.engines.maker import Makers
from services.numbers import counted
from services.predictions.predictions import Predictions, predict
from services.project import Project
from services.scan.scanning import Scan
from services.work.progress import Progress


class Ahead(StrEnum):
    """By their names for a command."""

    PREDICTIONS = "predictions"
    SCAN = "scan"
    EMBEDDING = "embedding"


def make_ahead(asked: Namespace, project: Project, makers: Makers, progress: Progress) -> str:
    """Make what is asked for and is not kept yet; what it came to, a line each.

    Args:
        asked: the arguments.
        project: with the network that is asked.
        makers: who makes the batches.
        progress: is told how far it is.

    Raises:
        GradcamError: one sentence on why it cannot be made.
        Cancelled: the person left; predictions so far are kept.
    """
    if asked.layer:
        project.network.layer(asked.layer)  # which refuses one that is not there
    predictions = predict(project, progress, makers)
    lines = [
        f"{counted(len(predictions), 'sample')} predicted, {predictions.computed:,} of them now"
    ]
    live = predictions.at(asked.threshold, uncertain=asked.uncertain, rule=asked.rule)
    lines += [_MAKE[what](asked, live, makers, progress) for what in asked.ahead if what in _MAKE]
    return "\n".join(lines)


def _scan(asked: Namespace, predictions: Predictions, makers: Makers, progress: Progress) -> str:
    scan = Scan(predictions, Recipe(layer=asked.layer or ""), asked.threshold)
    scan.fit.required()
    report = scan.found or scan.make(progress, makers)
    return (
        f"{counted(report.pictures, 'sample')} scanned: {counted(len(report.findings), 'finding')}"
    )


def _embedding(
    asked: Namespace, predictions: Predictions, makers: Makers, progress: Progress
) -> str:
    usual = Choices()
    points = asked.limit or usual.points
    embedding = Embedding(predictions, Choices(features=asked.layer or "", points=points))
    embedding.fit.required()
    embedded = embedding.found or embedding.make(progress, makers)
    return f"{counted(len(embedded.positions), 'sample')} embedded"


_MAKE: dict[Ahead, Callable[[Namespace, Predictions, Makers, Progress], str]] = {
    Ahead.SCAN: _scan,
    Ahead.EMBEDDING: _embedding,
}
