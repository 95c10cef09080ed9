"""Any folder as a project: what it does not say is worked out, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from services.class_list import ClassList
from services.errors import ProjectError, UploadGoneError
from services.fact import Fact
from services.keeping.drawers import UPLOADS
from services.settings import settings
from services.sources.class_lists.reading import packed_class_lists, read_class_lists
from services.sources.content import SourceContent
from services.sources.data import find_data
from services.sources.deployment import metadata_near
from services.sources.labels.boxes.reading import read_objects
from services.sources.labels.folders import CLASS_FOLDERS, NO_LABELS
from services.sources.labels.info import INFO
from services.sources.labels.labelled import LabelledSet
from services.sources.labels.reading import read_samples
from services.sources.manifest import PROJECT_FILE, read_manifest
from services.sources.mixture import scored_by
from services.sources.reference import (
    DEMOS,
    MODEL,
    SPLIT,
    SourceKind,
    SourceReference,
)
from services.sources.taken import DEMO, take_data, take_network
from services.sources.tree import Folder, read_tree

NOTHING: Mapping[str, str] = MappingProxyType({})


def locate(reference: SourceReference) -> Path:
    """The folder a source stands for.

    Raises:
        UploadGoneError: it is an upload that is no longer kept.
        ProjectError: there is none, or the server's owner does not allow it.
    """
    if reference.kind is SourceKind.DEMO:
        if reference.place not in DEMOS:
            names = ", ".join(DEMOS)
            raise ProjectError(f"There is no demo {reference.place}; the demos are {names}.")
        return DEMO / reference.place
    if reference.kind is SourceKind.UPLOAD:
        folder = UPLOADS.folder / Path(reference.place).name
        if not re.fullmatch("[0-9a-f]{32}", reference.place) or not folder.is_dir():
            raise UploadGoneError
        return folder
    return _allowed_folder(reference.place)


def _allowed_folder(place: str) -> Path:
    if not place.strip():
        raise ProjectError("Type the path of a folder with a model and test samples.")
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


def read_folder(folder: Path, picks: Mapping[str, str] = NOTHING) -> SourceContent:
    """Look a project folder over, without opening its network.

    Args:
        folder: where it is.
        picks: what the person took in place of what is taken by itself, by `Alternative.name`.

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
        network = take_network(tree, manifest.model, picks.get(MODEL, ""))
        data = take_data(tree, manifest.data, picks.get(SPLIT, ""))
        labelled = read_samples(data.taken.folder, tree, manifest.label or "")
        packed = packed_class_lists(network.taken.path)
        scored = scored_by(folder, network.taken.path, manifest.mixture)
        near = tuple(_near(folder, network.taken.path, data.taken.folder.path))
        metadata = metadata_near((folder, *near))
        lists = read_class_lists(near)
        apart = () if lists.lists else read_class_lists(_apart(tree)).lists
    except PermissionError as error:
        raise ProjectError(f"The server may not read everything in {folder.name}.") from error
    facts += [*network.facts, *data.facts, *(scored.facts if scored else ())]
    if not (manifest.data and labelled.labelled_by == INFO):
        facts.append(Fact("labels", labelled.labelled_by, labelled.why))
    return SourceContent(
        name=folder.name.replace("_", " ") or str(folder),
        model=network.taken.path,
        manifest=replace(manifest, features=manifest.features or metadata.features),
        labelled=labelled,
        class_lists=(
            *(*packed, *([metadata.classes] if metadata.classes else [])),
            *(*lists.lists, *labelled.class_lists),
            *(replace(each, meant=False) for each in apart),
            *_named_by_other_splits(tree, labelled),
        ),
        facts=(*facts, *labelled.facts, *lists.facts),
        weights=network.taken.weights,
        scored=scored,
        alternatives=(*data.alternatives, *network.alternatives),
        objects=partial(read_objects, data.taken.folder, tree, labelled),
    )


def _near(folder: Path, model: Path, data: Path) -> Iterator[Path]:
    """Where class names may stand: beside the network, with the pictures, or on the way there."""
    yield model.parent
    for place in (data, *data.parents):
        if not place.is_relative_to(folder):
            return
        yield place


def _named_by_other_splits(project: Folder, labelled: LabelledSet) -> Iterator[ClassList]:
    """The class folders of another split that has all of these, and more."""
    if labelled.labelled_by not in {CLASS_FOLDERS, NO_LABELS} or not project.count:
        return  # a demo's pictures lie elsewhere
    own = {sample.label for sample in labelled.samples} | labelled.empty
    for data in find_data(project):
        names = {inner.name for inner in data.folder.folders if inner.count}
        if data.split is not None and len(names) > 1 and own - {None} < names:
            how = f"the class folders of the {data.split.word} split, in sorted order"
            yield ClassList(data.name, tuple(sorted(names)), how=how, meant=False)


def _apart(project: Folder) -> Iterator[Path]:
    """Where class names may stand though nothing else is there: `models/`, `config/`."""
    return (inner.path for inner in project.folders if not inner.count)
