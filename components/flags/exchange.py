"""What people say as files: a table for a spreadsheet, and all of it for another dashboard."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st

from components.flags.done import remember
from components.frame.downloads import table_download
from components.frame.text import plain
from services import session
from services.choices.flagged import flags_in
from services.errors import NotAllowedError, NotesError
from services.notes.backup import backup, restore
from services.notes.exchange import flag_rows, take_over
from services.opening.opening import Opened
from services.people.person import Action, may

MOST_MB = 20  # of a file
ALL_OF_IT = (
    "Everything that anybody said and settled, of all projects, and every change of it: to restore "
    "it here, or to merge it into another dashboard's."
)
MERGED = (
    "Merged with what is here: of two about the same thing the later one stays. A CSV table holds "
    "flags of this project, a JSON file everything."
)
_FILE, _TOLD = "flags_file", "flags_told"


def exchange(opened: Opened) -> None:
    """Downloads, and what reads such files again."""
    kept = flags_in(opened.predictions).kept(opened.predictions.by_digest)
    if kept:
        table_download("Flags (CSV)", lambda: flag_rows(kept), "flags.csv", "download_flags")
    else:
        st.caption("No flags yet: point at a sample and press F.")
    everything = may(session.person(), Action.DELETE_OTHERS)
    if everything:
        st.download_button(
            "Everything (JSON)", backup, "notes.json", "application/json", key="download_notes",
            icon=":material/download:", on_click="ignore", help=ALL_OF_IT,
        )  # fmt: skip
    st.file_uploader(
        "Read flags (CSV, JSON)" if everything else "Read flags (CSV)",
        key=_FILE,
        type=["csv", "json"] if everything else "csv",
        max_upload_size=MOST_MB,
        on_change=_read,
        args=(opened,),
        help=MERGED,
    )
    if told := st.session_state.pop(_TOLD, None):
        said, refused = told
        (st.error if refused else st.success)(plain(said))


def _read(opened: Opened) -> None:
    file = st.session_state.get(_FILE)
    if file is None:  # taken out again
        return
    try:
        is_all = PurePath(file.name).suffix.lower() == ".json"
        said = _restored(file.getvalue()) if is_all else _taken(opened, file.name, file.getvalue())
        st.session_state[_TOLD] = said, False
    except (NotAllowedError, NotesError) as error:
        st.session_state[_TOLD] = str(error), True


def _restored(content: bytes) -> str:
    return str(restore(session.person(), content))


def _taken(opened: Opened, name: str, content: bytes) -> str:
    predictions = opened.predictions
    names = [sample.id for sample in predictions.samples]
    digests = dict(zip(names, predictions.digests, strict=True))
    taken = take_over(session.person(), content, digests, predictions.project.network.digest)
    remember(f"flags of {name}", taken.merged.events)
    return str(taken)
