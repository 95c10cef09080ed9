"""Choosing what to open: a demo, a folder on the server, an upload."""

from __future__ import annotations

import streamlit as st

from components.text import plain
from gradcam import GradcamError
from services import session
from services.settings import settings
from services.sources.reference import DEMOS, SourceKind, SourceReference
from services.sources.upload import Limits, keep_upload

WORDS = {
    SourceKind.DEMO: "Demo",
    SourceKind.FOLDER: "Folder",
    SourceKind.UPLOAD: "Upload",
}
DEMO_WORDS = {
    "cars": ("Car or not", "A classifier that learned a shortcut. Find out which."),
    "gauge": ("Pressure gauge", "A network that reads a dial as a number from 0 to 1."),
}
FOLDER_HELP = (
    "A folder with a Keras model (.h5 or .keras) and test pictures: an unpacked Edge Impulse "
    "export, a folder for each class, or pictures with labels.csv (columns file, label)."
)


def opening_form() -> None:
    """The kinds of sources, folded away while a project is being looked at."""
    with st.expander("Open another project", icon=":material/folder_open:"):
        _form()


def _form() -> None:
    st.segmented_control(
        "Where it is",
        list(WORDS),
        format_func=WORDS.__getitem__,
        key="source",
        default=SourceKind.DEMO,
        required=True,
    )
    match st.session_state["source"]:
        case SourceKind.FOLDER:
            _folder()
        case SourceKind.UPLOAD:
            _upload()
        case _:
            _demos()


def _demos() -> None:
    for column, name in zip(st.columns(len(DEMOS)), DEMOS, strict=True):
        title, words = DEMO_WORDS[name]
        with column.container(border=True):
            st.markdown(f"**{title}**  \n{words}")
            st.button(
                f"Open {title}",
                key=f"open_{name}",
                on_click=session.open_source,
                args=(SourceReference(SourceKind.DEMO, name),),
            )


def _folder() -> None:
    with st.form("folder_form", border=False):
        place = st.text_input(
            "Folder on the machine that runs this dashboard", key="folder", help=FOLDER_HELP
        )
        if roots := settings().folders:
            st.caption("Below " + ", ".join(plain(str(root)) for root in roots))
        if st.form_submit_button("Open folder", type="primary", key="open_folder"):
            session.open_source(SourceReference(SourceKind.FOLDER, place.strip()))
            st.rerun()


def _upload() -> None:
    limits = Limits()
    model = st.file_uploader(
        "Model (.h5 or .keras)", ["h5", "hdf5", "keras", "zip"], key="upload_model"
    )
    pictures = st.file_uploader(
        "Test pictures, a zip with a folder for each class",
        ["zip"],
        key="upload_pictures",
        help=f"At most {limits.files:,} files and {limits.total_bytes / 1e9:.0f} GB unpacked. "
        "An Edge Impulse export, or pictures with labels.csv, go as well.",
    )
    ready = model is not None and pictures is not None
    if st.button("Open upload", key="open_upload", type="primary", disabled=not ready):
        try:
            with st.spinner("Unpacking the pictures …"):
                reference = keep_upload(model.name, model, pictures)
        except GradcamError as error:
            session.notify(str(error))
        else:
            session.open_source(reference)
        st.rerun()
