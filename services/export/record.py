"""manifest.json: what was made of what, with which settings, and what was left out."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

import numpy as np

from services.comparing.record import ComparisonRecord
from services.export.plan import VERSION, ExportPlan
from services.export.summary import ExportSummary
from services.export.work import MADE_BY

LIBRARIES = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "opencv-python-headless", "pillow")


def counts_of(summary: ExportSummary) -> dict[str, int]:
    """How many samples are what."""
    correct = summary.correct
    return {
        "explained": len(correct),
        "correct": int((correct == 1).sum()),
        "incorrect": int((correct == 0).sum()),
        "unlabelled": int(np.isnan(correct).sum()),
        "blank": len(summary.blank),
        "left_out": len(summary.left_out),
    }


def read_counts(record: Path) -> Mapping[str, int]:
    """The counts of a finished export.

    Raises:
        OSError: it is not there.
    """
    return MappingProxyType(json.loads(record.read_text(encoding="utf-8"))["counts"])


def record_json(
    summary: ExportSummary,
    plan: ExportPlan,
    chosen: int,
    source: str,
    started: datetime,
    finished: datetime,
    compared: ComparisonRecord | None = None,
) -> str:
    """The record as text; all but `times` is the same for the same export.

    Args:
        summary: what was found.
        plan: how it was explained.
        chosen: how many of the project's samples were asked for.
        source: where the project comes from; never a key.
        started: this run, in UTC.
        finished: this run, in UTC.
        compared: the network beside another one, where that was asked for.
    """
    project, predictions = summary.predictions.project, summary.predictions
    network = project.network
    answer: dict[str, object] = {
        "made_by": MADE_BY,
        "format": VERSION,
        "project": {
            "name": project.name,
            "source": source,
            "task": project.task.name,
            "classes": list(project.task.names),
            "facts": [
                {"what": fact.what, "value": fact.value, "why": fact.why} for fact in project.facts
            ],
        },
        "network": {
            "name": network.name,
            "sha256": network.digest,
            "layer": plan.recipe.layer,
            "batch_normalisation_folded": network.is_folded,
            **({"arithmetic": network.arithmetic} if network.arithmetic else {}),
            **({"numbers": network.told.numbers} if network.told.numbers else {}),
        },
        "input": {key: _plain(value) for key, value in project.medium.settings.items()},
        "settings": plan.settings(),
        "chosen": {"samples": chosen, "of": len(project.samples), **_filter(plan)},
        "counts": counts_of(summary),
        **({"comparison": compared.told} if compared else {}),
        "blank": [
            {"sample": predictions.samples[position].id, "reason": str(reason)}
            for position, reason in sorted(summary.blank.items())
        ],
        "left_out": [asdict(file) for file in summary.left_out],
        "versions": {"python": platform.python_version(), **_versions()},
        "times": {
            "started": started.isoformat(timespec="seconds"),
            "finished": finished.isoformat(timespec="seconds"),
            "seconds": round((finished - started).total_seconds(), 1),
        },
    }
    return json.dumps(answer, indent=2, ensure_ascii=False) + "\n"


def _filter(plan: ExportPlan) -> dict[str, object]:
    """The filter as a link says it, where it leaves samples out."""
    return {"filter": plan.filter.written_for_others()} if plan.filter.narrows else {}


def _plain(value: object) -> object:
    return value if isinstance(value, (int, float)) else str(value)


def _versions() -> Mapping[str, str]:
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except ModuleNotFoundError:  # only one of the two TensorFlows is there
            continue
    return versions
