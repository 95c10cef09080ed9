"""report.html: one file for people who will never open the dashboard. Needs no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gradcam import overlay
from gradcam.arrays import Picture
from services.choices.browse import confusion
from services.export.drawing import encoded_jpeg
from services.export.manifest import counts_of
from services.export.plan import ExportPlan
from services.export.summary import ALL, Mean, Summary
from services.media.shown import read_back, shrunk

WORST = 24
LISTED = 200  # lines at most of a list
MATRIX = 15  # classes at most in a matrix; beyond it the most confused pairs
POINTS = 1500
SIDE = 220  # pixels of a picture in the report
PLOT = 320


@dataclass(frozen=True)
class Group:
    """A class, or all of a regression, with what the network looks at when right and when wrong."""

    name: str
    samples: int
    correct: int
    right: str
    wrong: str


@dataclass(frozen=True)
class Shown:
    """A picture with its words."""

    picture: str
    name: str
    words: str


@dataclass(frozen=True)
class Point:
    """A sample of a regression in the plot, in pixels."""

    x: float
    y: float
    right: bool


def report_html(summary: Summary, plan: ExportPlan, files: Mapping[str, str], results: Path) -> str:
    """The report as text.

    Args:
        summary: what was found.
        plan: how it was explained.
        files: the overlay's path below `results`, by sample id.
        results: where the overlays are.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    predictions, project = summary.predictions, summary.predictions.project
    low, high, points = _scatter(summary) if project.is_regression else (0.0, 0.0, [])
    return environment.get_template("report.html").render(
        method=plan.recipe.method.title,
        project=project,
        plan=plan,
        counts=counts_of(summary),
        figure=_figure(summary),
        groups=_groups(summary, plan),
        matrix=_matrix(summary),
        pairs=_pairs(summary),
        points=points,
        low=low,
        high=high,
        plot=PLOT,
        worst=_worst(summary, files, results),
        blank=[
            (predictions.samples[position].id, str(reason))
            for position, reason in sorted(summary.blank.items())
        ],
        left_out=summary.left_out,
        listed=LISTED,
        settings=plan.settings(),
    )


def _figure(summary: Summary) -> tuple[str, str]:
    """The one number that says how good the network is, and its name."""
    labelled = summary.correct[~np.isnan(summary.correct)]
    if not len(labelled):
        return "–", "no sample is labelled"
    if not summary.predictions.project.is_regression:
        return f"{labelled.mean():.1%}", "of the labelled samples are right"
    error = float(np.nanmean(np.abs(summary.predictions.errors)))
    return f"{error:.3g}", "mean error"


def _groups(summary: Summary, plan: ExportPlan) -> list[Group]:
    predictions = summary.predictions
    if predictions.project.is_regression:
        correct = summary.correct
        known = ~np.isnan(correct)
        if not known.any():
            return []
        return [_group(summary, plan, ALL, int(known.sum()), int((correct == 1).sum()))]
    found = []
    for index, name in enumerate(predictions.project.classes):
        own = summary.correct[predictions.true == index]
        if any(key[0] == name for key in summary.means):
            found.append(_group(summary, plan, name, len(own), int((own == 1).sum())))
    return found


def _group(summary: Summary, plan: ExportPlan, name: str, samples: int, correct: int) -> Group:
    means = [summary.means.get((name, right)) for right in (True, False)]
    right, wrong = ("" if mean is None else _drawn_mean(mean, summary, plan) for mean in means)
    return Group(name, samples, correct, right, wrong)


def _drawn_mean(mean: Mean, summary: Summary, plan: ExportPlan) -> str:
    medium = summary.predictions.project.medium
    scale = SIDE / max(medium.width, medium.height)
    size = max(1, round(medium.width * scale)), max(1, round(medium.height * scale))
    picture = np.asarray(cv2.resize(mean.picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return _address(overlay(picture, mean.heat, plan.alpha, plan.colormap))


def _matrix(summary: Summary) -> list[tuple[str, list[int]]]:
    predictions = summary.predictions
    if predictions.project.is_regression or len(predictions.project.classes) > MATRIX:
        return []
    rows = confusion(predictions).tolist()
    return list(zip(predictions.project.classes, rows, strict=True))


def _pairs(summary: Summary) -> list[tuple[str, str, int]]:
    """The most confused pairs of classes: true, predicted, how often."""
    predictions = summary.predictions
    if predictions.project.is_regression or len(predictions.project.classes) <= MATRIX:
        return []
    table = confusion(predictions)
    np.fill_diagonal(table, 0)
    classes = predictions.project.classes
    order = np.argsort(-table, axis=None, kind="stable")[:20]
    places = [divmod(int(place), len(classes)) for place in order]
    return [(classes[t], classes[p], int(table[t, p])) for t, p in places if table[t, p]]


def _scatter(summary: Summary) -> tuple[float, float, list[Point]]:
    """Least and greatest value of the plot, and its points."""
    predictions = summary.predictions
    known = np.flatnonzero(~np.isnan(summary.correct) & np.isfinite(predictions.values))
    if not len(known):
        return 0.0, 1.0, []
    true, value = predictions.true_values[known], predictions.values[known]
    low, high = float(min(true.min(), value.min())), float(max(true.max(), value.max()))
    span = (high - low) or 1.0
    chosen = np.unique(np.linspace(0, len(known) - 1, min(POINTS, len(known))).round().astype(int))
    points = [
        Point(
            x=round((float(true[i]) - low) / span * PLOT, 1),
            y=round(PLOT - (float(value[i]) - low) / span * PLOT, 1),
            right=bool(summary.correct[known[i]] == 1),
        )
        for i in chosen
    ]
    return low, high, points


def _worst(summary: Summary, files: Mapping[str, str], results: Path) -> list[Shown]:
    """The most confident mistakes, for a regression the largest errors."""
    predictions = summary.predictions
    wrong = np.flatnonzero(summary.correct == 0)
    badness = (
        np.abs(predictions.errors)
        if predictions.project.is_regression
        else predictions.scores.max(axis=1)
    )
    order = wrong[np.argsort(-badness[wrong], kind="stable")][:WORST]
    return [_shown(summary, int(position), files, results) for position in order]


def _shown(summary: Summary, position: int, files: Mapping[str, str], results: Path) -> Shown:
    predictions = summary.predictions
    sample = predictions.samples[position]
    if predictions.project.is_regression:
        words = f"{sample.label} read as {predictions.values[position]:.4g}"
    else:
        best = int(predictions.predicted[position])
        name = predictions.project.classes[best]
        words = f"{sample.label}, called {name} with {predictions.scores[position, best]:.0%}"
    picture = shrunk(read_back(results / files[sample.id]), SIDE)
    return Shown(_address(picture), sample.id, words)


def _address(picture: Picture) -> str:
    return "data:image/jpeg;base64," + b64encode(encoded_jpeg(picture, 85)).decode()
