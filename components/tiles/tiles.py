"""Samples as tiles of the board."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from components.board.tile import Shows, Tile, data_address
from components.tiles.initials import initials
from components.tiles.marks import drawn_marks
from components.tiles.said import GLYPHS, verdict_of
from gradcam import resize_heat
from services.choices.choices import Choices
from services.choices.flagged import flags_in
from services.heatmaps.heatmaps import Heatmap, heatmaps
from services.heatmaps.shown import ShownSample, shown_samples
from services.judging.review import SideMean
from services.media.shown import encoded, shrunk
from services.notes.flags import Flags
from services.numbers import counted, rounded
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import THUMBNAIL, encoded_heat
from services.tasks.parts import Address, address_word, sample_of

SMALL = 160  # pixels: pictures up to here are enlarged without smoothing


def sample_tiles(
    predictions: Predictions,
    addresses: Sequence[Address],
    choices: Choices,
    shows: Shows = Shows.PICTURE,
    *,
    side: int = THUMBNAIL,
    clickable: bool = True,
    maps: Sequence[Heatmap] | None = None,
) -> tuple[Tile, ...]:
    """A tile for each sample.

    Args:
        predictions: of the project.
        addresses: of the samples, or of parts of them.
        choices: how heatmaps are made.
        shows: picture, heat or overlay.
        side: pixels of the longer side, at most.
        clickable: whether a click gives the sample's id.
        maps: heatmaps of the same samples, where they are there already.
    """
    made: Sequence[Heatmap | None]
    if shows is Shows.PICTURE:
        made = [None] * len(addresses)
    else:
        made = heatmaps(predictions, addresses, choices.recipe) if maps is None else maps
    positions = [sample_of(address) for address in addresses]
    drawn = shown_samples(predictions, positions, side, made)
    flags = flags_in(predictions)
    return tuple(
        _tile(predictions, address, choices, shows, each, heatmap, flags, clickable=clickable)
        for address, each, heatmap in zip(addresses, drawn, made, strict=True)
    )


def _tile(
    predictions: Predictions,
    address: Address,
    choices: Choices,
    shows: Shows,
    drawn: ShownSample,
    heatmap: Heatmap | None,
    flags: Flags,
    *,
    clickable: bool,
) -> Tile:
    sample = predictions.samples[sample_of(address)]
    flag = flags.said(predictions.digests[sample_of(address)])
    height, width = drawn.small.picture.shape[:2]
    verdict = verdict_of(predictions, address, choices)
    said = predictions.answers.said(address)
    return Tile(
        id=address_word(sample.id, address) if clickable else "",
        alt=f"{_word(verdict)}: {said}, {sample.id}"
        + (" with heatmap" if heatmap else "")
        + (f", flagged: {flag}" if flag else ""),
        caption=predictions.answers.caption(address),
        aspect=width / height,
        picture=data_address(drawn.small.encoded),
        heat=None if drawn.heat is None else data_address(drawn.heat),
        shows=shows,
        verdict=verdict,
        glyph=GLYPHS[verdict],
        badge="no map" if heatmap is not None and heatmap.reason else "",
        pixelated=max(height, width) <= SMALL,
        seen=drawn.seen,
        boxes=drawn.boxes,
        marks=(marks := drawn_marks(predictions, address, choices)),
        marks_said=predictions.answers.pages.marks_said if marks else "",
        sample=sample.id,
        flag=flag,
        who=initials(flags.who(predictions.digests[sample_of(address)])),
        plays=predictions.project.medium.axes is not None,
    )


def _word(verdict: str) -> str:
    return verdict.capitalize() or "Not labelled"


def mean_tile(mean: SideMean, hottest: float, of: int, title: str, verdict: str) -> Tile:
    """The mean heatmap of a side over its mean picture.

    Args:
        mean: of the side.
        hottest: what the hottest colour of the colour bar stands for.
        of: how many samples the side has.
        title: of the side.
        verdict: `correct` or `incorrect`.
    """
    height, width = mean.picture.shape[:2]
    some = "" if mean.count == of else f" of {of:,}, evenly taken"
    peak = rounded(float(np.nanmax(mean.heat)) * hottest, 2)
    return Tile(
        alt=f"{title}: mean heatmap over the mean of {counted(mean.count, 'sample')}",
        caption=f"mean of {mean.count:,}{some}, peak {peak}",
        aspect=width / height,
        picture=data_address(encoded(shrunk(mean.picture, 320))),
        heat=data_address(encoded_heat(resize_heat(mean.heat, width, height))),
        shows=Shows.OVERLAY,
        verdict=verdict,
        glyph=GLYPHS[verdict],
        pixelated=max(height, width) <= SMALL,
    )
