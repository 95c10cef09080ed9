"""The Keras file of a learning block: whether Studio offers it, and having it whole."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from services.edge_impulse.client import StudioClient, model_path
from services.edge_impulse.content import ZIP, Content
from services.edge_impulse.download import download
from services.edge_impulse.errors import StudioError
from services.edge_impulse.model import Download
from services.edge_impulse.shelf import Shelf, remove_others
from services.work.progress import Progress

KERAS_FILE = "tflite-h5"


def why_no_keras_file(downloads: tuple[Download, ...], project: int, learn: int) -> str:
    """Why there is no Keras file; empty where there is one."""
    start = f"/api/{project}/learn-data/{learn}/model/"
    own = [item for item in downloads if item.link.startswith(start)]
    if any(item.link == start + KERAS_FILE for item in own):
        return ""
    offered = ", ".join(dict.fromkeys(f"{item.name} ({item.type})" for item in own)) or "no file"
    return (
        f"Studio offers no Keras file (.h5) of it but {offered}, as for blocks with training "
        "code of their own; if you have the .h5 or .keras, open it as a folder"
    )


def fetch_model(
    client: StudioClient, project: int, learn: int, created: str, shelf: Shelf, progress: Progress
) -> Path:
    """Have a block's network on the shelf; the one that was trained then is fetched once.

    Args:
        client: the way to Studio.
        project: its number.
        learn: the block's number.
        created: when it was trained.
        shelf: of the project; other versions of the block go.
        progress: is told the bytes.

    Raises:
        StudioError: it cannot be fetched, or is damaged.
        ProjectError: the disk is full.
        Cancelled: the person left.
    """
    model = shelf.model(learn, created)
    if not model.is_file():
        progress.begin("Downloading the model")
        url = client.transport.address(model_path(project, learn, KERAS_FILE))
        download(client.transport, url, model, Content.NETWORK, progress, check=_check_zip)
        kept = [path.name for path in model.parent.glob("*") if not path.match(f"{learn}-*")]
        remove_others(model.parent, [model.name, *kept])
    return model


def _check_zip(path: Path) -> None:
    with path.open("rb") as file:
        if not file.read(len(ZIP)).startswith(ZIP):
            return  # HDF5 as it is
    try:
        with zipfile.ZipFile(path) as archive:
            whole = archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        whole = False
    if not whole:
        raise StudioError("The model that came is damaged; try again.", 200)
