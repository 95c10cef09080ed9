"""Where a project's samples are: its splits, and the folders around them that tell nothing.

Splits are no classes. What decides where a folder is called like one: it holds class folders or a
table of its own, or nothing beside it could be a class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from services.errors import ProjectError
from services.sources.class_lists.reading import class_list_in
from services.sources.labels.info import INFO
from services.sources.labels.table import CSV, is_label_table
from services.sources.splits import Split, split_of, words_of
from services.sources.tree import Folder
from services.sources.unopened import unopened_said

# Folders that people put pictures into; the first of them holds the samples.
AROUND = ("images", "data", "dataset", "samples", "pictures", "photos", "imgs", "img")
# In names of folders that are no classes beside a test set without class folders.
BESIDE = frozenset({
    "doc", "docs", "assets", "screenshots", "figures", "plots", "results", "output", "outputs",
    "pred", "prediction", "predictions", "heatmaps", "overlays", *AROUND,
})  # fmt: skip


@dataclass(frozen=True)
class Data:
    """A folder with samples.

    Attributes:
        name: its path within the project, as a link says it.
        folder: what is in it.
        split: which part of the data set it is; None where nobody says.
    """

    name: str
    folder: Folder
    split: Split | None = None

    @property
    def is_labelled(self) -> bool:
        """Whether folders or a table in it label its samples."""
        return _is_labelled(self.folder)

    @property
    def order(self) -> tuple[bool, bool, int, int, int, str]:
        """The best to test with first."""
        trained = self.split is Split.TRAINING
        names = self.name.split("/")
        return (
            trained, not self.is_labelled, self.split or 0,
            len(words_of(names[-1])), len(names), self.name,
        )  # fmt: skip


def find_data(project: Folder) -> tuple[Data, ...]:
    """The folders with samples of a project, the best to test with first.

    An Edge Impulse export comes first wherever it is; else the splits, those with labels before
    those without and training last; else the folder that holds the class folders.

    Raises:
        ProjectError: there is no picture.
    """
    if not project.count:
        raise ProjectError(
            f"There is no picture or sound in {project.name}{unopened_said(_others(project))}; "
            "put the test samples into a folder for each class."
        )
    ways = _exports(project) or _splits(project) or [Data("", data_root(project))]
    named = [replace(way, name=way.name or _within(way.folder, project)) for way in ways]
    return tuple(sorted(named, key=lambda each: each.order))


def _others(project: Folder) -> Iterator[Path]:
    return (path for folder in project.walk() for path in folder.others)


def splits_in(data: Folder) -> tuple[Data, ...]:
    """The splits of a folder that a person named as the data; none where it is to be taken so."""
    named = [replace(way, name=way.name or _within(way.folder, data)) for way in _splits(data)]
    return tuple(sorted(named, key=lambda each: each.order))


def data_root(folder: Folder) -> Folder:
    """The folder that holds class folders, a table or pictures, without those only around it."""
    filled = _filled(folder)
    if _has_table(folder) or not filled:
        return folder
    for name in AROUND:
        for inner in filled:
            if inner.name.lower() == name:
                return data_root(inner)
    if len(filled) == 1:
        (only,) = filled
        named = split_of(only.name) is not None and not folder.samples
        if named or _filled(only) or _has_table(only):
            return data_root(only)
    return folder


def _exports(project: Folder) -> list[Data]:
    """Edge Impulse exports; of one in parts not the training part, whose label file has no test."""
    if _has_table(project):
        return [Data("", project)]
    tops: list[Folder] = []
    for folder in project.walk():
        if _holds(folder, INFO) and not any(folder.path.is_relative_to(top.path) for top in tops):
            tops.append(folder)
    parts = [Data("", top, split_of(top.name)) for top in tops]
    return [part for part in parts if part.split is not Split.TRAINING] or parts


def _splits(folder: Folder) -> list[Data]:
    if _has_table(folder):  # it speaks of all below
        return []
    filled = _filled(folder)
    named = [inner for inner in filled if split_of(inner.name) is not None]
    rest = [inner for inner in filled if split_of(inner.name) is None]
    if named and _are_classes(named, rest):
        return []
    below = {inner.name: more for inner in rest if (more := _splits(inner))}
    if not named and 1 < len(below) == len(rest) and not _any_labelled(below):
        return _turned(folder, below)
    own = [
        data
        for inner in named
        for data in _splits(inner) or [Data("", data_root(inner), split_of(inner.name))]
    ]
    return own + [data for more in below.values() for data in more]


def _are_classes(named: Sequence[Folder], rest: Sequence[Folder]) -> bool:
    """Whether folders called like splits are class folders, such as `test` beside `control`."""
    beside = [
        inner
        for inner in rest
        if not _is_labelled(inner) and BESIDE.isdisjoint(words_of(inner.name))
    ]
    return bool(beside) and not any(_is_labelled(inner) for inner in named)


def _any_labelled(below: Mapping[str, Sequence[Data]]) -> bool:
    return any(data.is_labelled for more in below.values() for data in more)


def _turned(folder: Folder, below: Mapping[str, Sequence[Data]]) -> list[Data]:
    """Splits that lie within each class folder: the same with the class folders inside."""
    by_name: dict[str, list[Folder]] = {}
    for name, more in below.items():
        for data in more:
            inside = Folder(folder.path / name, folders=(data.folder,))
            by_name.setdefault(data.folder.name, []).append(inside)
    return [
        Data(f"*/{name}", Folder(folder.path, folders=tuple(classes)), split_of(name))
        for name, classes in by_name.items()
    ]


def _filled(folder: Folder) -> list[Folder]:
    return [inner for inner in folder.folders if inner.count]


def _is_labelled(folder: Folder) -> bool:
    root = data_root(folder)
    in_table = any(is_label_table(path.name) for path in root.others)
    return in_table or _has_table(root) or bool(_filled(root))


def _has_table(folder: Folder) -> bool:
    """Whether a label file in it speaks of all below."""
    tables = (path for path in folder.others if path.name == CSV)
    return _holds(folder, INFO) or any(not class_list_in(path) for path in tables)


def _holds(folder: Folder, name: str) -> bool:
    return any(path.name == name for path in folder.others)


def _within(folder: Folder, project: Folder) -> str:
    return folder.path.relative_to(project.path).as_posix()
