"""What heatmaps cost: runs of the network, counted before any is made."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial

import numpy as np

from gradcam import Method, Need, passes_of
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import captures, layer_name
from services.predictions.predicting import PREDICTING
from services.predictions.predictions import Predictions
from services.work.pace import note_pace
from services.work.price import Price

TRIED = 8  # predictions of a trial


def passes_each(predictions: Predictions, recipe: Recipe) -> int:
    """Runs of the network that a recipe's method takes for one sample."""
    project = predictions.project
    return passes_of(
        project.network,
        recipe.method,
        project.medium.height,
        project.medium.width,
        layer_name(predictions, recipe),
        **recipe.settings,
    )


def runs_price(
    predictions: Predictions, methods: Iterable[Method], runs: int, work: str = ""
) -> Price:
    """The price of so many runs of the network for some methods.

    Args:
        predictions: of the project.
        methods: which.
        runs: in all.
        work: what is done with them, where it is more than their maps.
    """
    project, methods = predictions.project, list(methods)
    own = project.work(" ".join(sorted(map(str, methods))))
    asked = f"{own} {work}" if work else own
    if {method.need for method in methods} != {Need.PASSES}:
        # Gradients, tracing and what is done besides take longer than predictions would.
        return Price(runs, "run of the network", asked, units="runs of the network")
    like = (own, project.work(PREDICTING))
    return Price(runs, "prediction", asked, like, trial=partial(try_predictions, predictions))


def try_predictions(predictions: Predictions) -> None:
    """Time a batch of predictions, after one that traces the network."""
    project = predictions.project
    shape = (TRIED, project.medium.height, project.medium.width, project.network.channels)
    batch = np.zeros(shape, np.float32)
    project.network.predict(batch)
    started = time.perf_counter()
    project.network.predict(batch)
    note_pace(project.work(PREDICTING), TRIED, time.perf_counter() - started)


def try_captures(predictions: Predictions) -> None:
    """Have a few captures made, which are timed but for the first."""
    for position in range(min(3, len(predictions))):
        captures(predictions, [position], Recipe())
