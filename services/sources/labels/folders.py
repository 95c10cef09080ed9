"""Class folders: a picture is labelled by the folder it lies in.

Never by its name: `0.5.x.jpg` is not `0`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from services.fact import Fact
from services.numbers import is_number
from services.sample import LeftOut, Sample
from services.sources.labels.labelled import LabelledSet
from services.sources.splits import split_of
from services.sources.tree import Folder
from services.spelling import matched, some_of

UNKNOWN = "no format that is known here"
ASTRAY = "a link that leads to nothing, or out of what may be opened here"
NO_TEXT = "its name is no UTF-8 text; rename it"
CLASS_FOLDERS = "class folders"
NO_LABELS = "nothing"
BY_FOLDER = "each sample is labelled by the folder it lies in"
BY_NOTHING = "the samples are in no class folders and no label file names them"


def from_folders(data: Folder) -> LabelledSet:
    """All samples below a folder; those in no class folder have no label."""
    samples, left_out = [], []
    for path in sorted(path for folder in data.walk() for path in folder.samples):
        name, label = _named(path, data)
        if _is_text(name):
            samples.append(Sample(name, path, label))
        else:
            left_out.append(LeftOut(_shown(name), NO_TEXT))
    for inner in (below for folder in data.folders for below in folder.walk()):
        for paths, reason in ((inner.others, UNKNOWN), (inner.astray, ASTRAY)):
            left_out += [LeftOut(_shown(_named(path, data)[0]), reason) for path in paths]
    left_out += [LeftOut(_shown(path.name), ASTRAY) for path in data.astray]
    labels = {sample.label for sample in samples if sample.label is not None}
    empty = {each.name for each in data.folders if _is_text(each.name)} - labels
    left_out.sort(key=lambda each: Path(each.name))
    return LabelledSet(
        tuple(samples),
        CLASS_FOLDERS if labels else NO_LABELS,
        tuple(left_out),
        why=BY_FOLDER if labels else BY_NOTHING,
        empty=frozenset(empty) if labels else frozenset(),
        doubtful=frozenset(label for label in labels if split_of(label) is not None),
    )


def without_the_only_one(labelled: LabelledSet, count: int, classes: Sequence[str]) -> LabelledSet:
    """The samples without a label where they lie in one folder, and it is called like no class.

    Args:
        labelled: the samples with their labels.
        count: of the classes that the network tells apart.
        classes: as somebody named them; maybe none.
    """
    labels = labelled.classes(count)
    if labelled.labelled_by != CLASS_FOLDERS or len(labels) != 1:
        return labelled
    (only,) = labels
    if is_number(only) or matched(labels, classes):
        return labelled
    whose = f"of {some_of(classes)}" if classes else "that anybody named"
    why = f"all samples lie in it, and it is no class {whose}: they are taken as unlabelled"
    return replace(
        labelled,
        samples=tuple(replace(sample, label=None) for sample in labelled.samples),
        labelled_by=NO_LABELS,
        empty=frozenset(),
        facts=(*labelled.facts, Fact("labels", only, why, warns=True)),
    )


def _named(path: Path, data: Folder) -> tuple[str, str | None]:
    """A file's path within the data, and the class folder that it lies in."""
    relative = path.relative_to(data.path)
    return relative.as_posix(), relative.parts[0] if len(relative.parts) > 1 else None


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode()
