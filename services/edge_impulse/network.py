"""The networks of a learning block: which ones Studio offers, and having one whole."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from services.alternative import Alternative
from services.edge_impulse.client import StudioClient, model_path
from services.edge_impulse.content import ZIP, Content
from services.edge_impulse.download import download
from services.edge_impulse.errors import StudioError
from services.edge_impulse.model import Download
from services.edge_impulse.shelf import Shelf, remove_others
from services.sources.reference import MODEL
from services.work.progress import Progress


@dataclass(frozen=True)
class Artefact:
    """A file of a network that Studio gives out.

    Attributes:
        id: by which Studio's link names it, and ours.
        said: its name for people.
        ending: of the file on the shelf.
        content: what comes.
    """

    id: str
    said: str
    ending: str
    content: Content


# The one that explains best comes first.
ARTEFACTS = (
    Artefact("tflite-h5", "Keras (.h5)", ".h5.zip", Content.NETWORK),
    Artefact("tflite-float", "TensorFlow Lite, float32", ".float.lite", Content.LITE),
    Artefact("tflite-int8", "TensorFlow Lite, int8", ".int8.lite", Content.LITE),
)


def offered_artefacts(
    downloads: Sequence[Download], project: int, learn: int
) -> tuple[Artefact, ...]:
    """The files of a learning block that can be opened here, the best first."""
    links = {item.link for item in _of_block(downloads, project, learn)}
    start = _link(project, learn)
    return tuple(each for each in ARTEFACTS if start + each.id in links)


def why_none_offered(downloads: Sequence[Download], project: int, learn: int) -> str:
    """Why no file of a learning block can be opened, for where none can."""
    own = _of_block(downloads, project, learn)
    others = ", ".join(dict.fromkeys(f"{item.name} ({item.type})" for item in own)) or "no file"
    return (
        f"Studio offers neither a Keras file (.h5) nor TensorFlow Lite of it but {others}, as for "
        "blocks with training code of their own; if you have the network, open it as a folder"
    )


def choice_of(artefacts: Sequence[Artefact], taken: Artefact) -> tuple[Alternative, ...]:
    """What a person can take in place of a file; nothing where there is one only."""
    words = {each.id: each.said for each in artefacts}
    return (Alternative(MODEL, "Network file", taken.id, words),) if len(words) > 1 else ()


def taken_of(artefacts: Sequence[Artefact], picked: str) -> Artefact:
    """The file that is opened: the one that a person picked, else the best.

    Raises:
        StudioError: Studio does not offer what they picked.
    """
    for artefact in artefacts:
        if picked in ("", artefact.id):
            return artefact
    names = ", ".join(each.id for each in artefacts)
    raise StudioError(f"Studio offers no {picked} of this learning block; there is {names}.")


def fetch_model(
    client: StudioClient,
    project: int,
    learn: int,
    created: str,
    artefact: Artefact,
    shelf: Shelf,
    progress: Progress,
) -> Path:
    """Have a block's network on the shelf; the one that was trained then is fetched once.

    Args:
        client: the way to Studio.
        project: its number.
        learn: the block's number.
        created: when it was trained.
        artefact: which of its files.
        shelf: of the project; other versions of the block go.
        progress: is told the bytes.

    Raises:
        StudioError: it cannot be fetched, or is damaged.
        ProjectError: the disk is full.
        Cancelled: the person left.
    """
    model = shelf.model(learn, created, artefact.ending)
    if not model.is_file():
        progress.begin("Downloading the model")
        url = client.transport.address(model_path(project, learn, artefact.id))
        download(client.transport, url, model, artefact.content, progress, check=_check_zip)
        same = {shelf.model(learn, created, each.ending).name for each in ARTEFACTS}
        kept = [path.name for path in model.parent.glob("*") if not path.match(f"{learn}-*")]
        remove_others(model.parent, [*same, *kept])
    return model


def _of_block(downloads: Sequence[Download], project: int, learn: int) -> list[Download]:
    start = _link(project, learn)
    return [item for item in downloads if item.link.startswith(start)]


def _link(project: int, learn: int) -> str:
    return f"/api/{project}/learn-data/{learn}/model/"


def _check_zip(path: Path) -> None:
    with path.open("rb") as file:
        if not file.read(len(ZIP)).startswith(ZIP):
            return  # as it is
    try:
        with zipfile.ZipFile(path) as archive:
            whole = archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        whole = False
    if not whole:
        raise StudioError("The model that came is damaged; try again.", 200)
