"""Two networks side by side: against one run of a network, and its page with many samples."""

from __future__ import annotations

import asyncio
import copy
import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import gradcam
from benchmarks.pages import FEW, drawn_project, opening
from benchmarks.server_process import APP, serving
from benchmarks.table import Note, Row
from benchmarks.timing import QUICK, Effort, in_turns
from services.comparing.telling import comparison_figures, made_of, whether_it_differs
from services.opening.opening import open_source
from services.predictions.comparison import NetworkComparison, network_comparison
from services.predictions.predictions import predict
from services.project import Project
from services.settings import settings
from services.sources.reference import parse_reference
from services.work.progress import Progress

MANY, QUICK_MANY = 5000, 1000
RUNS, SLOWER = 2.2, 1.5  # at most
MOVED = 0.3  # of the deviation of its last weights: what a retraining is taken to change
OTHER = "retrained.h5"
_numbers = itertools.count()


def rows(effort: Effort) -> Iterator[Row | Note]:
    """Comparing as its button does it, then the page."""
    many = QUICK_MANY if effort is QUICK else MANY
    with TemporaryDirectory() as place:
        large, small = (_retrained(Path(place) / str(count), count) for count in (many, FEW))
        yield _comparing(Path(place), large, many, effort)
        with serving(APP) as server:
            said = f"{many:,} samples : {FEW}"
            views = [("compare", {})]
            yield from asyncio.run(opening(server.url, large, small, said, effort, views))
    yield Note(
        "Comparing is all that its button does, and all that its page says first: both networks "
        "predict every sample, files are read for each, answers are joined, flips, tests and "
        "tables made. The other network is the demo's with its last weights moved. Of pages see "
        "the note on opening pages."
    )


def _comparing(place: Path, source: str, count: int, effort: Effort) -> Row:
    os.environ["GRADCAM_CACHE"] = str(place / "cache")
    settings.cache_clear()
    try:
        reference = parse_reference(source)
        here, there = (open_source(reference.picking(model=name)).project for name in ("", OTHER))
        pairs = in_turns(
            lambda: _told(
                network_comparison(
                    predict(_anew(here), Progress()), predict(_anew(there), Progress())
                )
            ),
            lambda: predict(_anew(here), Progress()),
            replace(effort, pairs=3, seconds=0.0),
        )
    finally:
        del os.environ["GRADCAM_CACHE"]
        settings.cache_clear()
    said = f"comparing {count:,} samples : one network predicts them ({pairs.said(count)} a sample)"
    return Row.of(said, pairs.ratios, at_most=RUNS)


def _anew(project: Project) -> Project:
    """The project with a network of which nothing is kept."""
    network = copy.copy(project.network)
    network.digest = f"{network.digest} {next(_numbers)}"
    return replace(project, networks=(network,))


def _told(both: NetworkComparison) -> None:
    """All that the page says before anything else is pressed."""
    comparison_figures(both), whether_it_differs(both), made_of(both)
    both.by_group(), both.rows()


def _retrained(folder: Path, count: int) -> str:
    """Drawn pictures with the demo's network, and with the same after a retraining: the source."""
    source = drawn_project(folder, count)
    model = gradcam.load_network(folder / "model.h5").model.own
    draws = np.random.default_rng(0)
    weights = model.get_weights()
    weights[-2] += MOVED * weights[-2].std() * draws.standard_normal(weights[-2].shape)
    model.set_weights(weights)
    model.save(folder / OTHER)
    return source
