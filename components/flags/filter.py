"""Flags among the filters of Samples, and flags as a table: out and in."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import select
from components.flags.bar import remember
from components.frame.downloads import table_download
from components.frame.text import plain
from services import session
from services.choices.flagged import flags_in
from services.errors import NotesError
from services.notes.exchange import flag_rows, take_over
from services.notes.flags import Flagged, Flags
from services.opening.opening import Opened

MOST_MB = 20  # of a table of flags
_FILE, _TOLD = "flags_file", "flags_told"


def flag_filter(opened: Opened) -> None:
    """Which samples are shown by what people say of them, and the table."""
    flags, digests = flags_in(opened.predictions), opened.predictions.digests
    chosen = session.choices().filter.flagged
    counts = {each: int(flags.mask(digests, each).sum()) for each in Flagged}
    offered = [each for each in Flagged if counts[each] or each in {chosen, Flagged.ALL}]
    if flags.trouble:
        st.error(plain(flags.trouble), icon=":material/error:")
    elif len(offered) > 1:
        select("Flags", "flagged", offered, chosen, say=lambda each: f"{each} {counts[each]:,}")
    with st.expander("Flags as a table", key="flags_table"):
        _table(opened, flags)


def _table(opened: Opened, flags: Flags) -> None:
    kept = flags.kept(opened.predictions.digests)
    if kept:
        table_download("Flags (CSV)", lambda: flag_rows(kept), "flags.csv", "download_flags")
    else:
        st.caption("No flags yet: point at a picture and press F.")
    st.file_uploader(
        "Read flags (CSV)",
        key=_FILE,
        type="csv",
        max_upload_size=MOST_MB,
        on_change=_read,
        args=(opened,),
        help="Merged with the flags here: of two about the same thing the later one stays.",
    )
    if told := st.session_state.pop(_TOLD, None):
        said, refused = told
        (st.error if refused else st.success)(plain(said))


def _read(opened: Opened) -> None:
    file = st.session_state.get(_FILE)
    if file is None:  # taken out again
        return
    predictions = opened.predictions
    names = [sample.id for sample in predictions.samples]
    digests = dict(zip(names, predictions.digests, strict=True))
    try:
        taken = take_over(file.getvalue(), digests, predictions.project.network.digest)
    except NotesError as error:
        st.session_state[_TOLD] = str(error), True
        return
    remember(f"flags of {file.name}", taken.merged.events)
    st.session_state[_TOLD] = str(taken), False
