"""Paste what the firmware printed: its picture, its answer and heat, and the fault that fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows, Tile
from components.frame import shell
from components.frame.downloads import png_download
from components.frame.text import plain
from components.tiles.tiles import sample_tiles
from components.views.compare.samples import PAIR_SIDE
from gradcam import GradcamError
from gradcam.device.faults import Fault
from gradcam.device.firmware import DeviceEye
from services import session
from services.choices.choices import Choices
from services.device.pasted import (
    Pasted,
    compared_with,
    diagnosis_said,
    in_each_arithmetic,
    most_like,
    read_pasted,
)
from services.device.sheet import diagnosis_png
from services.opening.opening import Opened

EXAMPLE = "Features (6 ms.): 0.101961 0.168627 0.235294 …"


def pasting(opened: Opened, eye: DeviceEye, choices: Choices) -> None:
    """A place for the print; what the device saw beside the test picture; the fault."""
    st.subheader("What the device printed")
    text = st.text_area(
        "Paste what the firmware printed", key="printed", height=120, placeholder=EXAMPLE,
        help="Raw features, debug output, a framebuffer, a snapshot: every format is recognised.",
    )  # fmt: skip
    if not text.strip():
        st.caption(
            "The picture that the device saw is shown with its prediction and heat, beside the "
            "test picture that it is most like, and the fault that explains the difference."
        )
        return
    try:
        pasted = read_pasted(opened.predictions, text)
    except GradcamError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.caption(plain(pasted.said))
    position = _beside(opened, pasted, eye)
    _pictures(opened, pasted, position, choices)
    _fault(opened, pasted, position, eye)
    _scores(pasted)
    with st.container(horizontal=True):
        st.button("Explain it", key="explain_printed", on_click=_explain, args=(pasted,))
        png_download(
            "All of this (PNG)",
            lambda: diagnosis_png(opened, pasted, position, eye, choices),
            "printed.png",
            "download_printed",
        )


def _beside(opened: Opened, pasted: Pasted, eye: DeviceEye) -> int:
    """The test picture that the camera looked at: the most like, or the one that is chosen."""
    names = [sample.id for sample in opened.predictions.samples]
    near = most_like(opened.predictions, pasted.printed.picture, eye)
    chosen = st.selectbox(
        "The camera looked at", names, index=near, key=f"looked_at_{pasted.own.digest[:8]}",
        help="The test picture that is most like it, until you choose the right one.",
    )  # fmt: skip
    return opened.predictions.positions[chosen or names[near]]


def _pictures(opened: Opened, pasted: Pasted, position: int, choices: Choices) -> None:
    names: list[str] = []
    tiles: list[Tile] = []
    for name, predictions in in_each_arithmetic(opened, pasted.own):
        names.append(f"printed{name}")
        tiles += sample_tiles(
            predictions, [0], choices, Shows.OVERLAY, side=PAIR_SIDE, clickable=False
        )
    tiles += sample_tiles(opened.predictions, [position], choices, Shows.OVERLAY, side=PAIR_SIDE)
    board(
        [Group(_named((*names, "test picture"), tiles), kind="row", tile_width=200)],
        choices, key="printed_board", on_click=shell.open_in_explain,
    )  # fmt: skip


def _named(names: Sequence[str], tiles: Sequence[Tile]) -> tuple[Tile, ...]:
    both = zip(names, tiles, strict=True)
    return tuple(replace(tile, caption=f"{name}: {tile.caption}") for name, tile in both)


def _fault(opened: Opened, pasted: Pasted, position: int, eye: DeviceEye) -> None:
    told, _ = compared_with(opened.predictions, pasted.printed, position, eye)
    said = plain(" ".join(filter(None, diagnosis_said(told))))
    if told.fault is None:
        st.info(said)
    elif told.fault is Fault.NONE and told.sure:
        st.success(said)
    else:
        st.warning(said)


def _scores(pasted: Pasted) -> None:
    if pasted.device_said:
        st.markdown(plain(f"The device itself said {pasted.device_said}."))


def _explain(pasted: Pasted) -> None:
    session.bring(pasted.own)
    session.go_to(shell.EXPLAIN)
