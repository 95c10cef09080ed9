"""From a sample to its heatmap: captures are kept in memory, the rest is made at each touch.

Maps of methods that need many runs of the network are kept as well; who asks for one that is not
there yet waits for it, so ask `missing` first.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcam import (
    Capture,
    Degenerate,
    Target,
    apply_method,
    capture,
    degenerate_reason,
    divisor,
    explain,
    normalize,
)
from gradcam.arrays import Floats, Picture
from gradcam.methods import Setting
from services.choices.recipe import Recipe
from services.keeping.digests import context_of
from services.keeping.store import BoundedStore
from services.media.reading import BATCH_SIZE, read_whole
from services.metrics import CAPTURES_NEEDED
from services.predictions.predictions import Predictions
from services.settings import settings
from services.tasks.parts import Address, sample_of
from services.work.pace import note_pace
from services.work.progress import Progress

CAPTURES = "captures"  # work whose time is measured
Key = tuple[str, str, str, Target]
MapKey = tuple[Key, str, tuple[tuple[str, Setting], ...]]


@dataclass(frozen=True)
class Heatmap:
    """A sample's explanation.

    Attributes:
        raw: the map, (h, w) float32, signed, at the layer's resolution.
        heat: (h, w) float32 in 0..1.
        scale: what the map was divided by; 0 where it shows nothing.
        reason: why it shows nothing, if so.
        target: what was explained.
        note: a sentence that the map should be read with, such as LIME's fit; "" for none.
        grid: rows and columns of what a larger map was drawn from; None where it is as it is.
    """

    raw: Floats
    heat: Floats
    scale: float
    reason: Degenerate | None
    target: Target
    note: str = ""
    grid: tuple[int, int] | None = None

    @property
    def cells(self) -> tuple[int, int]:
        """How finely it can point: rows and columns."""
        return self.grid or (self.raw.shape[0], self.raw.shape[1])


@dataclass(frozen=True)
class RawMap:
    """What a method gave for one sample: the map (h, w) float32, its note and its grid."""

    raw: Floats
    note: str = ""
    grid: tuple[int, int] | None = None


_captures: BoundedStore[Key, Capture] = BoundedStore(
    settings().capture_bytes, lambda c: c.activations.nbytes + c.gradients.nbytes
)
_maps: BoundedStore[MapKey, RawMap] = BoundedStore(
    settings().capture_bytes // 4, lambda one: one.raw.nbytes
)


def layer_name(predictions: Predictions, recipe: Recipe) -> str:
    """The chosen layer, or the network's default where the choice is of another network."""
    network = predictions.project.network
    names = {layer.name for layer in network.layers}
    return recipe.layer if recipe.layer in names else network.default_layer.name


def heatmaps(
    predictions: Predictions,
    addresses: Sequence[Address],
    recipe: Recipe,
    progress: Progress | None = None,
) -> list[Heatmap]:
    """Heatmaps of some samples as the person wants them.

    With `shared_scale`, all of them have the largest divisor among them.

    Args:
        predictions: of the project.
        addresses: of the samples, or of parts of them.
        recipe: layer, target, method and what follows.
        progress: is told how far a slow method is.

    Raises:
        GradcamError: a picture is gone, the layer does not lead to the output, or the network does
            not give what the method asks for.
        Cancelled: the person left.
    """
    positions = [sample_of(address) for address in addresses]
    targets = targets_of(predictions, addresses, recipe)
    return heatmaps_of(predictions, positions, targets, recipe, progress)


def heatmaps_of(
    predictions: Predictions,
    positions: Sequence[int],
    targets: Sequence[Target],
    recipe: Recipe,
    progress: Progress | None = None,
) -> list[Heatmap]:
    """The same for targets that are known; see `heatmaps`."""
    recipe = recipe.settled(predictions.project.usual.method)
    recipe.method.fits(predictions.project.network).required()
    keys = _keys(predictions, positions, layer_name(predictions, recipe), targets)
    if recipe.method.slow:
        maps = _slow(predictions, positions, keys, recipe, progress or Progress())
    else:
        captures = _captured(predictions, positions, keys)
        made = [apply_method(one, recipe.method, **recipe.settings) for one in captures]
        grids = [recipe.method.grid(one, recipe.settings) for one in captures]
        maps = [
            RawMap(each.maps[0], each.notes[0], grid)
            for each, grid in zip(made, grids, strict=True)
        ]
    scales = [divisor(one.raw, recipe.normalization, recipe.percentile) for one in maps]
    if recipe.shared_scale:
        scales = [max(scales, default=0.0)] * len(scales)
    return [
        Heatmap(
            one.raw,
            normalize(one.raw, scale=scale),
            scale,
            degenerate_reason(one.raw),
            target,
            one.note,
            one.grid,
        )
        for one, scale, target in zip(maps, scales, targets, strict=True)
    ]


def on_one_scale(
    predictions: Predictions, position: int, targets: Sequence[Target], recipe: Recipe
) -> list[Heatmap]:
    """Heatmaps of one sample for several targets: which of them has more to show can be seen."""
    shared = replace(recipe, shared_scale=True)
    return heatmaps_of(predictions, [position] * len(targets), targets, shared)


def missing(
    predictions: Predictions,
    positions: Sequence[int],
    targets: Sequence[Target],
    recipe: Recipe,
) -> int:
    """How many of these maps a slow method has still to make; none for other methods."""
    return not_there(predictions, positions, targets, recipe) if recipe.method.slow else 0


def not_there(
    predictions: Predictions,
    positions: Sequence[int],
    targets: Sequence[Target],
    recipe: Recipe,
) -> int:
    """For how many of these maps the network has still to run, whatever their method."""
    keys = dict.fromkeys(_keys(predictions, positions, layer_name(predictions, recipe), targets))
    if recipe.method.slow:
        return sum(_maps.get(_with_method(key, recipe)) is None for key in keys)
    return sum(_captures.get(key) is None for key in keys)


def targets_of(
    predictions: Predictions, addresses: Sequence[Address], recipe: Recipe
) -> list[Target]:
    """What is explained for each of some samples, or of parts of them."""
    return predictions.answers.targets(addresses, recipe.target, recipe.against)


def map_key(predictions: Predictions, position: int, target: Target, recipe: Recipe) -> MapKey:
    """Everything that a sample's map depends on."""
    (key,) = _keys(predictions, [position], layer_name(predictions, recipe), [target])
    return _with_method(key, recipe)


def placed(predictions: Predictions, position: int, heat: Floats, picture: Picture) -> Floats:
    """A heatmap on a sample's picture, at whatever size the picture is shown: (H, W) float32."""
    width, height = (int(side) for side in predictions.sizes[position])
    shown = picture.shape[1], picture.shape[0]
    return predictions.project.medium.place(heat, (width, height), shown)


def _keys(
    predictions: Predictions, positions: Sequence[int], layer: str, targets: Sequence[Target]
) -> list[Key]:
    context = context_of(predictions.project.network, predictions.project.medium)
    return [
        (context, predictions.digests[position], layer, target)
        for position, target in zip(positions, targets, strict=True)
    ]


def _with_method(key: Key, recipe: Recipe) -> MapKey:
    context, digest, layer, target = key
    on = layer if recipe.method.uses_layer else ""
    settings = tuple(sorted(recipe.settings.items()))
    return (context, digest, on, target), str(recipe.method), settings


def _slow(
    predictions: Predictions,
    positions: Sequence[int],
    keys: Sequence[Key],
    recipe: Recipe,
    progress: Progress,
) -> list[RawMap]:
    maps = {key: _maps.get(_with_method(key, recipe)) for key in keys}
    todo = {
        key: position for key, position in zip(keys, positions, strict=True) if maps[key] is None
    }
    for number, (key, position) in enumerate(todo.items()):
        many = f" (sample {number + 1} of {len(todo)})" if len(todo) > 1 else ""
        progress.begin(f"{recipe.method.title}{many}")
        result = explain(
            predictions.project.network,
            tensors(predictions, [position]),
            key[2],
            key[3],
            recipe.method,
            tell=progress.reach,
            alone=progress.alone,
            **recipe.settings,
        )
        maps[key] = made = RawMap(result.maps[0], result.notes[0])
        _maps.put(_with_method(key, recipe), made)
    return [one for key in keys if (one := maps[key]) is not None]


def captures(predictions: Predictions, positions: Sequence[int], recipe: Recipe) -> list[Capture]:
    """What the chosen layer did for some samples, one capture each; kept in memory.

    Raises:
        GradcamError: a picture is gone, or the layer does not lead to the output.
    """
    targets = targets_of(predictions, positions, recipe)
    keys = _keys(predictions, positions, layer_name(predictions, recipe), targets)
    return _captured(predictions, positions, keys)


def captured_bytes() -> int:
    """Bytes of the captures that are kept in memory."""
    return _captures.total


def tensors(predictions: Predictions, positions: Sequence[int]) -> Floats:
    """Some samples as the network gets them: (n, height, width, channels) float32.

    Raises:
        PictureError: a picture is gone.
    """
    samples = [predictions.samples[position] for position in positions]
    return np.stack(read_whole(predictions.project.medium, samples, lambda read: read.tensor))


def _captured(
    predictions: Predictions, positions: Sequence[int], keys: Sequence[Key]
) -> list[Capture]:
    captures = {key: _captures.get(key) for key in keys}
    missing = [
        (key, position)
        for key, position in dict(zip(keys, positions, strict=True)).items()
        if captures[key] is None
    ]
    CAPTURES_NEEDED.add("miss", count=len(missing))
    CAPTURES_NEEDED.add("hit", count=len(keys) - len(missing))
    for start in range(0, len(missing), BATCH_SIZE):
        part = missing[start : start + BATCH_SIZE]
        for (key, _), new in zip(part, _capture(predictions, part), strict=True):
            captures[key] = new
            _captures.put(key, new)
    return [captured for key in keys if (captured := captures[key]) is not None]


def _capture(predictions: Predictions, part: Sequence[tuple[Key, int]]) -> list[Capture]:
    """One batch through the network, cut into captures of one sample each."""
    batch = tensors(predictions, [position for _, position in part])
    targets = [target for (_, _, _, target), _ in part]
    layer = part[0][0][2]
    started = time.perf_counter()
    whole = capture(predictions.project.network, batch, layer, targets)
    taken = time.perf_counter() - started
    note_pace(predictions.project.work(CAPTURES), len(part), taken, traces=True)
    return [whole.one(number) for number in range(len(part))]
