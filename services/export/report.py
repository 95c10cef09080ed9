"""report.html: one file for people who will never open the dashboard. Needs no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gradcam import PictureError, overlay
from gradcam.arrays import Picture
from services.export.drawing import encoded_jpeg
from services.export.opinions import said_html
from services.export.plan import ExportPlan
from services.export.record import counts_of
from services.export.sounds import sound_beside
from services.export.summary import ExportSummary, GroupMean
from services.export.whole import Whole, headline
from services.media.medium import Medium
from services.media.shown import read_back, shrunk
from services.media.sound.wav import wav_bytes
from services.numbers import percent
from services.sample import Sample
from services.tasks.shown import Matrix, Scatter, Table

WORST = 24
FINDINGS = 5  # at most of a scan
LISTED = 200  # lines at most of a list
POINTS = 1500
SIDE = 220  # pixels of a picture in the report
WIDE = 560  # pixels of one with axes, whose numbers are to be read
HEARD = 200_000  # bytes of a sound in the report, at most: of 24 mistakes two each
PLOT = 320


@dataclass(frozen=True)
class ReportGroup:
    """A group of the task, with what the network looks at when right and when wrong."""

    name: str
    samples: int
    correct: int
    right: str
    wrong: str


@dataclass(frozen=True)
class ReportPicture:
    """A picture with its words, and what of it can be heard: titles and addresses."""

    picture: str
    name: str
    words: str
    sounds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Point:
    """A sample in the plot, in pixels."""

    x: float
    y: float
    right: bool


@dataclass(frozen=True)
class Plot:
    """Least and greatest value of a plot, and its points."""

    low: float
    high: float
    points: tuple[Point, ...]


def report_html(
    summary: ExportSummary,
    plan: ExportPlan,
    files: Mapping[str, str],
    results: Path,
    made: datetime,
    whole: Whole,
) -> str:
    """The report as text.

    Args:
        summary: what was found.
        plan: how it was explained.
        files: the overlay's path below `results`, by sample id.
        results: where the overlays are.
        made: when, in UTC.
        whole: what is true of the whole test set.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    predictions, project = summary.predictions, summary.predictions.project
    export = predictions.answers.export
    return environment.get_template("report.html").render(
        method=plan.recipe.method.title,
        called=project.medium.called,
        parts_said=predictions.answers.pages.parts_said.lower(),
        scanned_with=project.usual.method.title,
        project=project,
        plan=plan,
        counts=counts_of(summary),
        part=len(predictions) + len(summary.left_out) < len(project.samples + project.left_out),
        figure=whole.figure or headline(predictions, summary.threshold),
        whole=whole,
        said=Markup(said_html(whole.said)),  # noqa: S704 - escaped by its own template
        findings=FINDINGS,
        made=made,
        groups=_groups(summary, plan),
        right=project.task.right_said(plan.filter.threshold),
        sections=[_section(each) for each in export.sections(plan.filter.threshold)],
        plot=PLOT,
        worst_first=export.worst_first,
        worst=_worst(summary, files, results),
        blank=[
            (predictions.samples[position].id, str(reason))
            for position, reason in sorted(summary.blank.items())
        ],
        left_out=summary.left_out,
        listed=LISTED,
        settings=plan.told(),
    )


def _groups(summary: ExportSummary, plan: ExportPlan) -> list[ReportGroup]:
    parts = summary.predictions.answers.parts(summary.threshold)
    with_means = {name for name, _ in summary.means}
    groups = []
    for index, name in enumerate(summary.predictions.project.task.groups):
        if name in with_means:  # few, however many classes there are
            own = parts.correct[(parts.group == index) & np.isfinite(parts.correct)]
            groups.append(_group(summary, plan, name, len(own), int((own == 1).sum())))
    return groups


def _group(
    summary: ExportSummary, plan: ExportPlan, name: str, samples: int, correct: int
) -> ReportGroup:
    means = [summary.means.get((name, right)) for right in (True, False)]
    right, wrong = ("" if mean is None else _drawn_mean(mean, summary, plan) for mean in means)
    return ReportGroup(name, samples, correct, right, wrong)


def _drawn_mean(mean: GroupMean, summary: ExportSummary, plan: ExportPlan) -> str:
    medium, heat = summary.predictions.project.medium, mean.heat
    own = medium.width, medium.height
    if medium.axes is not None:  # all are shown at one size
        own = int(summary.predictions.sizes[0, 0]), int(summary.predictions.sizes[0, 1])
        heat = medium.place(heat, own, own)
    scale = SIDE / max(own)
    size = max(1, round(own[0] * scale)), max(1, round(own[1] * scale))
    picture = np.asarray(cv2.resize(mean.picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return _address(overlay(picture, heat, plan.alpha, plan.colormap))


@singledispatch
def _section(section: object) -> tuple[str, Any]:
    """The macro that draws a section, and what it is given."""
    raise TypeError(f"there is no section for {type(section).__name__}")


@_section.register
def _(section: Matrix) -> tuple[str, Any]:
    return "matrix", list(zip(section.names, section.cells.table().tolist(), strict=True))


@_section.register
def _(section: Table) -> tuple[str, Any]:
    return "table", section


@_section.register
def _(section: Scatter) -> tuple[str, Any]:
    known = np.flatnonzero(np.isfinite(section.true) & np.isfinite(section.read))
    if not len(known):
        return "plot", Plot(0.0, 1.0, ())
    true, value = section.true[known], section.read[known]
    low, high = float(min(true.min(), value.min())), float(max(true.max(), value.max()))
    span = (high - low) or 1.0
    chosen = np.unique(np.linspace(0, len(known) - 1, min(POINTS, len(known))).round().astype(int))
    points = tuple(
        Point(
            x=round((float(true[i]) - low) / span * PLOT, 1),
            y=round(PLOT - (float(value[i]) - low) / span * PLOT, 1),
            right=bool(section.right[known[i]]),
        )
        for i in chosen
    )
    return "plot", Plot(low, high, points)


def _worst(summary: ExportSummary, files: Mapping[str, str], results: Path) -> list[ReportPicture]:
    """The worst mistakes, in the task's order."""
    badness = summary.predictions.answers.export.badness
    wrong = np.flatnonzero(summary.correct == 0)
    order = wrong[np.argsort(-badness[wrong], kind="stable")][:WORST]
    return [_shown(summary, int(position), files, results) for position in order]


def _shown(
    summary: ExportSummary, position: int, files: Mapping[str, str], results: Path
) -> ReportPicture:
    predictions = summary.predictions
    sample = predictions.samples[position]
    words = predictions.answers.export.mistaken(position)
    medium, file = predictions.project.medium, results / files[sample.id]
    picture = shrunk(read_back(file), SIDE if medium.axes is None else WIDE)
    return ReportPicture(_address(picture), sample.id, words, _sounds(medium, sample, file))


def _sounds(medium: Medium, sample: Sample, overlay: Path) -> tuple[tuple[str, str], ...]:
    """A sample and its hottest part, where they can be heard and are not long."""
    hot = sound_beside(overlay)
    if medium.axes is None or not hot.is_file() or hot.stat().st_size > HEARD:
        return ()
    try:
        heard = medium.read(sample.path, sample.window).heard
    except PictureError:  # it went while the others were drawn
        heard = None
    whole = [] if heard is None else [("whole", wav_bytes(heard.part, heard.rate))]
    sounds = [*whole, ("hottest part", hot.read_bytes())]
    return tuple(
        (title, f"data:audio/wav;base64,{b64encode(content).decode()}") for title, content in sounds
    )


def _address(picture: Picture) -> str:
    return "data:image/jpeg;base64," + b64encode(encoded_jpeg(picture, 85)).decode()
