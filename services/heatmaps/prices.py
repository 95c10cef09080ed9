"""What heatmaps cost: runs of the network, counted before any is made."""

from __future__ import annotations

from collections.abc import Iterable

from gradcam import Method, Need, passes_of
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import CAPTURES, layer_name
from services.predictions.predictions import PREDICTING, Predictions
from services.work.price import Price

PREDICTION, RUN = ("prediction", ""), ("run of the network", "runs of the network")


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
    needs = {method.need for method in methods}
    unit, units = PREDICTION if needs == {Need.PASSES} else RUN
    own = project.work(" ".join(sorted(map(str, methods))))
    known = {Need.PASSES: PREDICTING, Need.CAPTURE: CAPTURES}
    like = [project.work(known[need]) for need in needs if len(needs) == 1 and need in known]
    if work:
        return Price(runs, unit, f"{own} {work}", (own, *like), units)
    return Price(runs, unit, own, tuple(like), units)
