"""The views of one sample: where it stands in the list, its pictures, its scores."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np

from components.board.tile import Bar, Group, Legend, Shows
from components.tiles.said import percent
from components.tiles.tiles import sample_tiles
from gradcam import focus, pointing
from services import session
from services.choices.choices import Choices, View
from services.heatmaps.heatmaps import Heatmap, placed
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import thumbnail

FULL = 640  # pixels: pictures are sent no larger than this
TOP = 5


def views_of(opened: Opened) -> list[View]:
    """What can be shown of a sample."""
    return list(View) if opened.project.is_regression else [View.ONE, View.METHODS]


def chosen_view(opened: Opened) -> View:
    """The chosen view, or the first where the choice is of another project."""
    view = session.choices().view
    return view if view in views_of(opened) else View.ONE


def picture_group(
    predictions: Predictions, position: int, choices: Choices, heatmap: Heatmap
) -> Group:
    """Original, heatmap and overlay, equally large."""
    names = {Shows.PICTURE: "original", Shows.HEAT: "heatmap", Shows.OVERLAY: "overlay"}
    tiles = []
    for shows, name in names.items():
        (tile,) = sample_tiles(
            predictions, [position], choices, shows, side=FULL, clickable=False, found=[heatmap]
        )
        caption = name if shows is not Shows.HEAT else f"{name} · {_cells(heatmap)}"
        tiles.append(replace(tile, caption=caption, glyph="", verdict="", badge=""))
    return Group(
        tuple(tiles),
        kind="strip",
        note=" ".join(filter(None, (heatmap.reason and heatmap.reason.value, heatmap.note))),
    )


def picture_alone(predictions: Predictions, position: int, choices: Choices) -> Group:
    """The original, while its heatmap is still to be made."""
    (tile,) = sample_tiles(
        predictions, [position], choices, Shows.PICTURE, side=FULL, clickable=False
    )
    return Group((replace(tile, caption="original", glyph="", verdict=""),), kind="strip")


def boxes_said(predictions: Predictions, position: int, heatmap: Heatmap) -> list[str]:
    """For each kind of labelled box how much of the heat lies in it, and whether the peak does."""
    boxes = predictions.samples[position].boxes
    if not boxes or heatmap.reason is not None:
        return []
    picture = thumbnail(predictions, position, FULL).picture
    heat = placed(predictions, position, heatmap.heat, picture)
    scale = picture.shape[1] / float(predictions.sizes[position, 0])
    said = []
    for label in dict.fromkeys(box.label for box in boxes):
        own = [
            (box.x * scale, box.y * scale, box.width * scale, box.height * scale)
            for box in boxes
            if box.label == label
        ]
        peak = "with" if pointing(heat, own) > 0.5 else "without"
        inside = percent(focus(heat, own).boxes)
        area = percent(focus(np.ones_like(heat), own).boxes)
        said.append(
            f"{inside} of the heat lies in {label} ({area} of the picture), {peak} the peak"
        )
    return said


def score_group(predictions: Predictions, position: int) -> Group:
    """The five highest scores with the true class marked, or the value read and its error."""
    sample, project = predictions.samples[position], predictions.project
    if project.is_regression:
        return _value_group(predictions, position)
    scores = predictions.scores[position]
    order = [int(i) for i in scores.argsort()[::-1][:TOP]]
    true = int(predictions.true[position])
    if true >= 0 and true not in order:
        order.append(true)
    bars = tuple(
        Bar(project.classes[i], percent(scores[i], 1), _length(scores[i]), true=i == true)
        for i in order
    )
    return Group(
        (), title="Scores", note=f"True class: {sample.label or 'not labelled'}", bars=bars
    )


def _value_group(predictions: Predictions, position: int) -> Group:
    both = np.concatenate([predictions.true_values, predictions.values])
    finite = both[np.isfinite(both)]
    low = float(finite.min(initial=0.0))
    span = float(finite.max(initial=0.0)) - low or 1.0
    rows = [
        Bar(
            "read",
            f"{predictions.values[position]:.4g}",
            _share(predictions.values[position], low, span),
        )
    ]
    note = "Not labelled"
    if predictions.samples[position].label is not None:
        true = float(predictions.true_values[position])
        rows.append(Bar("label", f"{true:.4g}", _share(true, low, span), true=True, mark="true"))
        note = f"Error {predictions.errors[position]:+.3g}"
    return Group((), title="Value", note=note, bars=tuple(rows))


def _share(value: float, low: float, span: float) -> float:
    return _length((value - low) / span)


def _length(share: float) -> float:
    """A bar's length in 0..1; none for a number that is not finite, which JSON cannot carry."""
    return float(min(1.0, max(0.0, share))) if isfinite(share) else 0.0


def _cells(heatmap: Heatmap) -> str:
    height, width = heatmap.raw.shape
    return f"from {height} × {width} cells"


def legend_of(heatmap: Heatmap) -> Legend:
    """The colour bar's numbers: what the hottest colour stands for in the raw map."""
    top = f"{heatmap.scale:.3g}" if heatmap.scale else "no map"
    return Legend("0", top, f"Colour bar: cold is 0, hot is a map value of {top} or more")
