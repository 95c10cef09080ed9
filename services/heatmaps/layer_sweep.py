"""The same sample in layer after layer, in the background: its maps, and whether they are true."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gradcam import (
    GradcamError,
    Layer,
    apply_method,
    capture_layers,
    degenerate_reason,
    divisor,
    normalize,
)
from gradcam.truth import Check
from services.choices.recipe import Recipe
from services.heatmaps.checks import check
from services.heatmaps.heatmaps import Heatmap, heatmaps, map_key, targets_of, tensors
from services.heatmaps.prices import passes_each, runs_price
from services.keeping.store import BoundedStore
from services.numbers import counted
from services.predictions.predictions import Predictions
from services.tables import harmless
from services.work.asked import LONG, Asked
from services.work.price import Price
from services.work.progress import Progress

CHECKED = 10  # predictions of each heatmap's check
KEPT_BYTES = 64_000_000
RUN_BYTES = 256_000_000  # of activations and gradients of one run


@dataclass(frozen=True)
class SweepCell:
    """One layer's map of one sample.

    Attributes:
        heatmap: on whatever scale it was made; None where the layer gives none.
        check: what hiding its hottest fifth does; None where there is no map.
        refused: why there is none, as a sentence.
    """

    heatmap: Heatmap | None
    check: Check | None
    refused: str = ""


SweepCells = Mapping[tuple[str, int], SweepCell]  # by the layer's name and the sample's position
_cells: BoundedStore[str, SweepCell] = BoundedStore(
    KEPT_BYTES, lambda cell: 1000 + (cell.heatmap.raw.nbytes * 2 if cell.heatmap else 0)
)


@dataclass(frozen=True)
class Sweep(Asked[SweepCells]):
    """Some samples in every layer that can be explained.

    Attributes:
        predictions: of the project.
        positions: which samples.
        recipe: method, its settings and the target; the layer plays no part.
    """

    predictions: Predictions
    positions: tuple[int, ...]
    recipe: Recipe

    words = "heatmaps of all layers"
    weight = LONG

    @property
    def layers(self) -> tuple[Layer, ...]:
        """First to last."""
        return self.predictions.project.network.layers

    @property
    def missing(self) -> int:
        """How many maps have still to be made."""
        return sum(
            _cells.get(self._key(layer, position)) is None
            for layer in self.layers
            for position in self.positions
        )

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        runs = 0
        for layer in self.layers:
            todo = sum(_cells.get(self._key(layer, each)) is None for each in self.positions)
            own = passes_each(self.predictions, replace(self.recipe, layer=layer.name))
            runs += todo * (own + CHECKED)
        return runs_price(self.predictions, [self.recipe.method], runs, "layer by layer")

    @property
    def digest(self) -> str:
        """Tells whether two people want the same."""
        keys = [self._key(self.layers[0], position) for position in self.positions]
        return f"sweep {_digest(keys)}"

    @property
    def found(self) -> SweepCells | None:
        """Every map on the scale that is chosen now, once all are there."""
        cells = {
            (layer.name, position): self.cell(layer, position)
            for layer in self.layers
            for position in self.positions
        }
        there = {place: cell for place, cell in cells.items() if cell is not None}
        return there if len(there) == len(cells) else None

    def cell(self, layer: Layer, position: int) -> SweepCell | None:
        """A map on the scale that is chosen now; None while it is not there."""
        cell = _cells.get(self._key(layer, position))
        return None if cell is None else self._on_scale(cell)

    def _on_scale(self, cell: SweepCell) -> SweepCell:
        if cell.heatmap is None:
            return cell
        raw = cell.heatmap.raw
        scale = divisor(raw, self.recipe.normalization, self.recipe.percentile)
        heat = normalize(raw, scale=scale)
        return replace(cell, heatmap=replace(cell.heatmap, heat=heat, scale=scale))

    def _key(self, layer: Layer, position: int) -> str:
        recipe = replace(self.recipe, layer=layer.name)
        (target,) = targets_of(self.predictions, [position], recipe)
        return _digest((layer.name, map_key(self.predictions, position, target, recipe)))

    def make(self, progress: Progress) -> SweepCells:
        """See `Asked.make`; makes what is missing."""
        made: dict[tuple[str, int], SweepCell] = {}
        for position in self.positions:
            there = [(layer, _cells.get(self._key(layer, position))) for layer in self.layers]
            made |= {(layer.name, position): cell for layer, cell in there if cell is not None}
            todo = [layer for layer, cell in there if cell is None]
            many = f" of {self.predictions.samples[position].id}" if len(self.positions) > 1 else ""
            for group in fitting_groups(todo):
                progress.begin(f"Running the network through {counted(len(group), 'layer')}{many}")
                maps = {} if self.recipe.method.slow else self._maps(group, position)
                for done, layer in enumerate(group):
                    progress.begin(f"{self.recipe.method.title} layer by layer{many}")
                    progress.reach(done, len(group))
                    cell = self._cell(layer, position, maps.get(layer.name), progress.unseen())
                    _cells.put(self._key(layer, position), cell)
                    made[layer.name, position] = cell
        return {place: self._on_scale(cell) for place, cell in made.items()}

    def _maps(self, layers: Sequence[Layer], position: int) -> dict[str, Heatmap]:
        """Maps of several layers from one run of the network."""
        targets = targets_of(self.predictions, [position], self.recipe)
        method, settings = self.recipe.method, self.recipe.settings
        captured = capture_layers(
            self.predictions.project.network,
            tensors(self.predictions, [position]),
            [layer.name for layer in layers],
            targets,
        )
        maps = {}
        for name, one in captured.items():
            made = apply_method(one, method, **settings)
            raw, reason = made.maps[0], degenerate_reason(made.maps[0])
            maps[name] = Heatmap(
                raw, normalize(raw), divisor(raw), reason, targets[0], made.notes[0]
            )
        return maps

    def _cell(
        self, layer: Layer, position: int, heatmap: Heatmap | None, progress: Progress
    ) -> SweepCell:
        recipe = replace(self.recipe, layer=layer.name, shared_scale=False)
        try:
            if heatmap is None:
                (heatmap,) = heatmaps(self.predictions, [position], recipe, progress)
            return SweepCell(heatmap, check(self.predictions, position, heatmap, recipe))
        except GradcamError as error:
            return SweepCell(None, None, str(error))


def fitting_groups(layers: Sequence[Layer]) -> Iterator[list[Layer]]:
    """Layers whose activations and gradients of a sample fit into memory together."""
    group: list[Layer] = []
    size = 0
    for layer in layers:
        own = 2 * 4 * layer.cells * layer.channels
        if group and size + own > RUN_BYTES:
            yield group
            group, size = [], 0
        group.append(layer)
        size += own
    if group:
        yield group


def sweep_table(sweep: Sweep, recommended: str = "") -> str:
    """Every layer with its size, receptive field and quick truth figures, as CSV text.

    Args:
        sweep: whose maps are all there.
        recommended: name of the layer that is recommended; "" where nobody knows yet.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([
        "layer", "kind", "height", "width", "channels", "parameters", "receptive_rows",
        "receptive_columns", "sample", "whole", "hottest_fifth_hidden", "random_fifth_hidden",
        "margin", "verdict", "recommended",
    ])  # fmt: skip
    for layer in sweep.layers:
        rows, columns = layer.receptive_field or ("", "")
        for position in sweep.positions:
            cell = sweep.cell(layer, position)
            writer.writerow([
                layer.name, layer.kind, layer.height, layer.width, layer.channels,
                layer.parameters, rows, columns, harmless(sweep.predictions.samples[position].id),
                *_figures(cell.check if cell else None), int(layer.name == recommended),
            ])  # fmt: skip
    return text.getvalue()


def _figures(check: Check | None) -> tuple[object, ...]:
    if check is None:
        return "", "", "", "", ""
    return check.whole, check.hidden, check.by_chance, check.margin, check.outcome.value


def _digest(key: object) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()
