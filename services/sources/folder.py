"""Any folder as a project: what it does not say is worked out, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.errors import ProjectError, UploadGoneError
from services.fact import Fact
from services.keeping.drawers import UPLOADS
from services.media.kinds import is_sample
from services.settings import settings
from services.sources.class_lists.reading import read_class_lists
from services.sources.content import SourceContent
from services.sources.labels.info import INFO
from services.sources.labels.labelled import LabelledSet
from services.sources.labels.reading import read_samples
from services.sources.labels.table import CSV
from services.sources.manifest import PROJECT_FILE, Manifest, read_manifest
from services.sources.networks import NetworkFile, find_networks, named_network
from services.sources.reference import DEMOS, SourceKind, SourceReference, parse_reference
from services.sources.tree import Folder, read_tree

DATA_NAMES = ("testing", "test", "images", "data", "val", "validation", "samples", "pictures")
NAMED = 4  # networks that a fact names beside the one that was taken
DEMO = Path(__file__).parents[2] / "demo"


def locate(reference: SourceReference) -> Path:
    """The folder a source stands for.

    Raises:
        UploadGoneError: it is an upload that is no longer kept.
        ProjectError: there is none, or the server's owner does not allow it.
    """
    if reference.kind is SourceKind.DEMO:
        if reference.place not in DEMOS:
            raise ProjectError(f"There is no demo named {reference.place!r}.")
        return DEMO / reference.place
    if reference.kind is SourceKind.UPLOAD:
        folder = UPLOADS.folder / Path(reference.place).name
        if not re.fullmatch("[0-9a-f]{32}", reference.place) or not folder.is_dir():
            raise UploadGoneError
        return folder
    return _allowed_folder(reference.place)


def upload_is_gone(source: str) -> bool:
    """Whether a link names an upload that is no longer kept."""
    try:
        locate(parse_reference(source))
    except ProjectError as error:
        return isinstance(error, UploadGoneError)
    return False


def _allowed_folder(place: str) -> Path:
    if not place.strip():
        raise ProjectError("Type the path of a folder with a model and pictures.")
    try:
        folder = Path(place).expanduser().resolve()
        roots = settings().folders
        if roots is not None and not any(folder.is_relative_to(root) for root in roots):
            raise ProjectError("This server does not open folders there; upload the project.")
        if not folder.exists():
            raise ProjectError(f"There is no folder {place} on the machine that runs this server.")
        if not folder.is_dir():
            raise ProjectError(f"{place} is a file; type the path of the folder that holds it.")
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, ProjectError):
            raise
        raise ProjectError(f"The folder {place} cannot be read.") from error
    return folder


def read_folder(folder: Path) -> SourceContent:
    """Look a project folder over, without opening its network.

    Raises:
        ProjectError: no model, no pictures, or a file of ours that cannot be read.
    """
    manifest = read_manifest(folder)
    facts = [
        Fact(PROJECT_FILE, key, "means nothing here and was passed over")
        for key in manifest.unknown
    ]
    try:
        tree = read_tree(folder)
        network = _find_network(tree, manifest, facts)
        data = _find_data(folder, manifest, facts)
        labelled = read_samples(read_tree(data))
        named = read_class_lists(_near(folder, network.path, data))
    except PermissionError as error:
        raise ProjectError(f"The server may not read everything in {folder.name}.") from error
    if not (manifest.data and labelled.labelled_by == INFO):
        facts.append(Fact("labels", labelled.labelled_by, _why_labels(labelled)))
    name = folder.name.replace("_", " ") or str(folder)
    facts += named.facts
    return SourceContent(
        name, network.path, manifest, labelled, named.lists, tuple(facts), weights=network.weights
    )


def _find_network(tree: Folder, manifest: Manifest, facts: list[Fact]) -> NetworkFile:
    if manifest.model:
        model = _stays_inside(tree.path, manifest.model)
        if not model.is_file():
            raise ProjectError(
                f"{PROJECT_FILE} names the model {manifest.model}, which is not there."
            )
        return named_network(tree, model, manifest.model)
    network, *others = find_networks(tree)
    facts.append(Fact("model", network.said, _why_network(others)))
    return network


def _why_network(others: Sequence[NetworkFile]) -> str:
    if not others:
        return "the only model here"
    named = ", ".join(each.said for each in others[:NAMED]) + (", …" if others[NAMED:] else "")
    return f"the first of {len(others) + 1} models here; the others are {named}"


def _find_data(folder: Path, manifest: Manifest, facts: list[Fact]) -> Path:
    if manifest.data:
        data = _stays_inside(folder, manifest.data)
        if not data.is_dir():
            raise ProjectError(
                f"{PROJECT_FILE} names the data {manifest.data}, which is no folder here."
            )
        return data
    data = _descend(folder)
    if not _has_pictures(data):
        raise ProjectError(
            f"There is no picture in {folder.name}; "
            "put the test pictures into a folder for each class."
        )
    value = data.relative_to(folder).as_posix() if data != folder else "this folder"
    facts.append(Fact("data", value, "where the pictures are"))
    return data


def _descend(folder: Path) -> Path:
    """The folder that holds labels or class folders, found by the names people give it."""
    if (folder / INFO).is_file() or (folder / CSV).is_file():
        return folder
    named = (folder / name for name in DATA_NAMES)
    inner = next((path for path in named if path.is_dir() and _has_pictures(path)), None)
    return _descend(inner) if inner else folder


def _has_pictures(data: Path) -> bool:
    return any(is_sample(path) for path in data.rglob("*"))


def _near(folder: Path, model: Path, data: Path) -> Iterator[Path]:
    """Where class names may stand: beside the network, with the pictures, or on the way there."""
    yield model.parent
    for place in (data, *data.parents):
        if not place.is_relative_to(folder):
            return
        yield place


def _why_labels(labelled: LabelledSet) -> str:
    if labelled.labelled_by == INFO:
        return "the label file of an Edge Impulse export"
    if labelled.labelled_by == CSV:
        return "a table of files and labels"
    if labelled.labelled_by == "nothing":
        return "the pictures are in no class folders and no label file names them"
    return "each picture is labelled by the folder it lies in"


def _stays_inside(folder: Path, name: str) -> Path:
    if "\0" in name:
        raise ProjectError(f"{PROJECT_FILE} names a file with a character that no file has.")
    path = (folder / name).resolve()
    inside = folder.resolve()
    if not path.is_relative_to(DEMO if inside.parent == DEMO else inside):  # demos share pictures
        raise ProjectError(f"{PROJECT_FILE} names {name}, which lies outside the project's folder.")
    return path
