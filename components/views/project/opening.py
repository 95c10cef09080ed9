"""Choosing what to open: an Edge Impulse project, a demo, a folder on the server, an upload."""

from __future__ import annotations

import streamlit as st

from components.frame.text import plain
from gradcam import GradcamError
from gradcam.loading import model_endings, openable_said
from services import session, studio_session
from services.edge_impulse.host import known_hosts
from services.edge_impulse.place import Way
from services.landing import linked_source
from services.opening.opening import Opened
from services.people.person import Action, reason_against
from services.people.upload_limit import upload_limit_said
from services.settings import settings
from services.sources.archive import Limits
from services.sources.reference import DEMOS, LONGEST, SourceKind, SourceReference
from services.sources.upload import keep_upload

WORDS = {
    SourceKind.STUDIO: "Edge Impulse",
    SourceKind.DEMO: "Demo",
    SourceKind.FOLDER: "Folder",
    SourceKind.UPLOAD: "Upload",
    SourceKind.BUCKET: "Bucket",
}
DEMO_WORDS = {
    "cars": ("Car or not", "A classifier that learned a shortcut. Find out which."),
    "fair": ("Car or not, learned fairly", "The same pictures, a network without the shortcut."),
    "gauge": ("Pressure gauge", "A network that reads a dial as a number from 0 to 1."),
    "marks": (
        "Washers and screws",
        "A detector that learned a shortcut. Find out which.",
    ),
    "fair_marks": (
        "Washers and screws, learned fairly",
        "The same pictures, without the shortcut.",
    ),
    "words": ("Start, step or stop", "A network that listens to the wrong thing. Find out which."),
    "fair_words": (
        "Start, step or stop, learned fairly",
        "The same voices, without the shortcut.",
    ),
}
ABREAST = 3  # demos
FOLDER_HELP = (
    "A folder with a model and test pictures or sounds: an unpacked Edge Impulse export, a folder "
    "for each class, a table of labels such as labels.csv, or pictures with boxes (COCO, YOLO, "
    "Pascal VOC)."
)


WAYS = {Way.SAMPLES: "Sample by sample", Way.EXPORT: "By export"}
WAYS_HELP = (
    "Sample by sample needs no right to start jobs and later fetches only what is new. An export "
    "is one zip of the whole project, training set included, which Studio has to make first: "
    "for very large test sets."
)
KEY_HELP = (
    "In Studio: Dashboard, Keys. Any role that may read will do; an export needs one that may "
    "start jobs. The key is held by this session only and never written anywhere."
)


def opening_form() -> None:
    """The kinds of sources, folded away while a project is being looked at.

    Who has signed in sees the projects that are shared with them before.
    """
    if session.person().id:
        from components.views.project.team import team  # with the database

        team()
    shown = session.is_shown()
    with st.expander(
        "Open another project" if shown else "Open a project",
        icon=":material/folder_open:",
        expanded=not shown,
        key=f"opening_{session.choices().source}",  # another one once a project was opened: folded
    ):
        _form()


def sharing_bar(opened: Opened) -> None:
    """Who else may open the project; nothing for whoever sits at their own machine."""
    if session.person().id:
        from components.views.project.team import share_bar  # with the database

        with st.container(key="sharing", horizontal=True):
            share_bar(opened)


def _linked() -> SourceReference | None:
    """What the link names, while it is not open."""
    return None if session.is_shown() else linked_source(session.choices().source)


def _form() -> None:
    linked = _linked()
    st.segmented_control(
        "Where it is",
        [kind for kind in WORDS if kind is not SourceKind.BUCKET or settings().buckets],
        format_func=WORDS.__getitem__,
        key="source",
        default=linked.kind if linked else SourceKind.STUDIO,
        required=True,
    )
    match st.session_state["source"]:
        case SourceKind.FOLDER:
            _folder()
        case SourceKind.UPLOAD:
            _upload()
        case SourceKind.BUCKET:
            _bucket()
        case SourceKind.DEMO:
            _demos()
        case _:
            _studio()


def _studio() -> None:
    linked = studio_session.linked_place()
    if reason := reason_against(session.person(), Action.CONNECT):
        st.info(plain(reason))
        return
    with st.form("studio_form", border=False):
        st.text_input(
            f"API key of project {linked.project}" if linked else "API key of the project",
            key="api_key",
            type="password",
            placeholder="ei_…",
            help=KEY_HELP,
        )
        hosts = known_hosts(settings().studio_hosts)
        with st.expander("Advanced", expanded=len(hosts) > 1):
            st.selectbox(
                "Host",
                hosts,
                index=hosts.index(linked.origin) if linked and linked.origin in hosts else 0,
                key="host",
                accept_new_options=True,
                help="Of a white-label or own Studio. Which hosts are allowed is up to the "
                "owner of this dashboard (GRADCAM_STUDIO_HOSTS).",
            )
            st.radio(
                "Fetch the test set",
                list(WAYS),
                format_func=WAYS.__getitem__,
                key="way",
                horizontal=True,
                help=WAYS_HELP,
            )
        st.form_submit_button("Connect", key="connect", type="primary", on_click=_connect)


def _connect() -> None:
    key = st.session_state["api_key"]
    st.session_state["api_key"] = ""  # no widget keeps it
    try:
        studio_session.open_with_key(key, st.session_state["host"], st.session_state["way"])
    except GradcamError as error:
        session.complain(str(error))


def _demos() -> None:
    rows = -(-len(DEMOS) // ABREAST)
    columns = [column for _ in range(rows) for column in st.columns(ABREAST)]
    for column, name in zip(columns, DEMOS, strict=False):  # the last row may not be full
        title, words = DEMO_WORDS[name]
        with column.container(border=True):
            st.markdown(f"**{title}**  \n{words}")
            st.button(
                f"Open {title}",
                key=f"open_{name}",
                on_click=session.start_opening,
                args=(SourceReference(SourceKind.DEMO, name),),
            )


def _folder() -> None:
    linked = _linked()
    with st.form("folder_form", border=False):
        place = st.text_input(
            "Folder on the machine that runs this dashboard",
            linked.place if linked and linked.kind is SourceKind.FOLDER else "",
            key="folder",
            help=FOLDER_HELP,
        )
        if roots := settings().folders:
            st.caption("Below " + ", ".join(plain(str(root)) for root in roots))
        name = _name("folder_name")
        if st.form_submit_button("Open folder", key="open_folder", type="primary"):
            session.start_opening(SourceReference(SourceKind.FOLDER, place.strip()).called(name))
            st.rerun()


def _bucket() -> None:
    linked = _linked()
    with st.form("bucket_form", border=False):
        place = st.text_input(
            "Folder in a bucket",
            linked.place if linked and linked.kind is SourceKind.BUCKET else "",
            key="bucket",
            placeholder=f"{settings().buckets[0].rstrip('/')}/…",
            help=FOLDER_HELP,
        )
        st.caption("Below " + ", ".join(map(plain, settings().buckets)))
        name = _name("bucket_name")
        if st.form_submit_button("Open bucket", key="open_bucket", type="primary"):
            session.start_opening(SourceReference(SourceKind.BUCKET, place.strip()).called(name))
            st.rerun()


def _upload() -> None:
    if reason := reason_against(session.person(), Action.UPLOAD):
        st.info(plain(reason))
        return
    limits = Limits()
    model = st.file_uploader(
        "Model",
        [*(each[1:] for each in model_endings()), "zip"],
        key="upload_model",
        help=f"One of {openable_said()}, as it is or in a zip. A zip is for what lies in several "
        "files: a SavedModel, or model.onnx with model.onnx.data.",
    )
    pictures = st.file_uploader(
        "Test samples, a zip with a folder for each class",
        ["zip"],
        key="upload_pictures",
        help=f"At most {limits.files:,} files and {limits.total_bytes / 1e9:.0f} GB unpacked. "
        "An Edge Impulse export, or files with labels.csv, go as well.",
    )
    if limit := upload_limit_said():
        st.caption(plain(limit))
    name = _name("upload_name")
    ready = model is not None and pictures is not None
    pressed = st.button("Open upload", key="open_upload", type="primary", disabled=not ready)
    if pressed and model is not None and pictures is not None:
        try:
            with st.spinner("Unpacking the samples …"):
                reference = keep_upload(session.person(), model.name, model, pictures)
        except GradcamError as error:
            session.complain(str(error))
        else:
            session.start_opening(reference.called(name))
        st.rerun()


def _name(key: str) -> str:
    """What the person calls the project."""
    return st.text_input(
        "Name (optional)",
        key=key,
        max_chars=LONGEST,
        placeholder="the name in project.toml, or the folder's or model's",
    )
