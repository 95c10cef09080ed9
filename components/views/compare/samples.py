"""The samples whose verdict flips, each with both heatmaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows
from components.controls.binding import segments
from components.controls.flipped import browse_flipped
from components.frame import shell
from components.frame.downloads import table_download
from components.tiles.tiles import sample_tiles
from services.choices.choices import Choices
from services.choices.filter import Flipped
from services.predictions.beside import chosen_beside
from services.predictions.comparison import NetworkComparison
from services.tasks.flips import Flip

SHOWN = 12
PAIR_SIDE = 320
THERE = "there//"  # of what a click on the other network's tile gives; no sample's path begins so
NAMES = {
    Flip.BROKEN: "Broken", Flip.MENDED: "Mended", Flip.OTHERWISE: "Wrong in another way",
}  # fmt: skip


def flipped(both: NetworkComparison, choices: Choices, explain: Callable[[str], None]) -> None:
    """A table of all that is not answered alike, and the pictures of one kind of flip.

    Args:
        both: the two networks.
        choices: how heatmaps are made, and which flips are shown.
        explain: opens the sample of a tile, see `pairs`.
    """
    rows = both.rows()
    if not rows:
        st.markdown("Every answer is the same.")
        return
    import pandas as pd

    st.subheader("Flips")
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, height="content" if len(rows) <= 8 else 320,
        alt="Samples that both networks answer differently",
    )  # fmt: skip
    table_download("Flips (CSV)", lambda: rows, "flips.csv", "download_flips")
    there = [flip for flip in NAMES if len(both.of(flip))]
    if not there:
        return
    chosen = choices.flip if choices.flip in there else there[0]
    segments("Show", "flip", there, chosen, say=NAMES.__getitem__)
    pairs(both, both.of(chosen)[:SHOWN].tolist(), choices, "flips", explain)
    if len(both.of(chosen)) > SHOWN:
        st.caption(f"The first {SHOWN}; the table has all.")
    in_samples(both, choices, Flipped(str(chosen)))


def in_samples(both: NetworkComparison, choices: Choices, flipped: Flipped) -> None:
    """A way to all samples that become so."""
    word = chosen_beside(both.here.project, choices.filter.beside)
    st.button(
        "Open these in Samples", key=f"browse_{flipped.name.lower()}", type="tertiary",
        icon=":material/filter_alt:",
        on_click=browse_flipped, args=(flipped, word),
    )  # fmt: skip


def pairs(
    both: NetworkComparison,
    positions: Sequence[int],
    choices: Choices,
    key: str,
    explain: Callable[[str], None] | None = None,
) -> None:
    """Some samples, each as the one network sees it beside the other.

    Args:
        both: the two networks.
        positions: of the samples.
        choices: how heatmaps are made.
        key: of the board on its page.
        explain: opens the sample of a tile, of the other network where `THERE` is before its id;
            None where the other side has no place of its own.
    """
    other = dict(zip(both.positions.tolist(), both.others.tolist(), strict=True))
    ours = sample_tiles(both.here, positions, choices, Shows.OVERLAY, side=PAIR_SIDE)
    theirs = sample_tiles(
        both.there, [other[each] for each in positions], choices, Shows.OVERLAY, side=PAIR_SIDE,
        clickable=explain is not None,
    )  # fmt: skip
    groups = [
        Group(
            (
                replace(here, caption=f"here: {here.caption}"),
                replace(there, caption=f"there: {there.caption}", id=there.id and THERE + there.id),
            ),
            kind="pair",
        )
        for here, there in zip(ours, theirs, strict=True)
    ]
    board(groups, choices, key=key, on_click=explain or shell.open_in_explain, beside=True)
