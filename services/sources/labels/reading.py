"""True labels of a folder's pictures: Edge Impulse's `info.labels`, a table, or class folders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import filterfalse
from pathlib import Path

from services.errors import ProjectError
from services.fact import Fact
from services.sources.class_lists.reading import class_list_in
from services.sources.labels.folders import from_folders
from services.sources.labels.info import INFO, from_info
from services.sources.labels.labelled import LabelledSet
from services.sources.labels.table import (
    CSV,
    from_table,
    is_label_table,
    sheets_near,
    table_refused,
    tables_near,
)
from services.sources.tree import Folder


def read_samples(data: Folder, project: Folder | None = None, label: str = "") -> LabelledSet:
    """Samples of a folder with their labels.

    An Edge Impulse label file comes first, then `labels.csv`, then class folders, then any table
    that names the pictures; pictures with none of these are samples without a label.

    Args:
        data: the folder.
        project: the whole project, where it is more: a table may lie on the way to the pictures.
        label: the column of a table that says the labels, where project.toml names it.

    Raises:
        ProjectError: a label file is there and cannot be read, or there is no picture at all.
    """
    if (data.path / INFO).is_file():
        labelled = from_info(data.path)
    else:
        labelled = _by_table_or_folder(data, project or data, label)
    if not labelled.samples:
        raise ProjectError(
            f"There is no sample to test with in {data.name}; put samples into class folders, "
            f"or beside {INFO} or {CSV}."
        )
    return labelled


def _by_table_or_folder(data: Folder, project: Folder, label: str) -> LabelledSet:
    tables = tables_near(data, project)
    own = {path: from_table(path, data, project, label) for path in tables if path.name == CSV}
    if labelled := _fullest(own.values()):
        return labelled
    by_folder = from_folders(data)
    labels = {sample.label for sample in by_folder.samples} - {None}
    if len(labels) < 2:  # one folder around all pictures is no class
        others = [path for path in tables if path.name != CSV]
        for some in (filter(_is_named, others), filterfalse(_is_named, others)):
            if labelled := _fullest(from_table(path, data, project, label) for path in some):
                return labelled
    if not labels and (sheets := sheets_near(data, project)):
        why = f"a spreadsheet is not read; save it as {CSV} beside it"
        by_folder = replace(by_folder, facts=(Fact("labels", sheets[0].name, why, warns=True),))
    meant = next((path for path in own if not class_list_in(path)), None)
    if meant is None:
        return by_folder
    if not labels:
        raise table_refused(meant, own[meant])
    fact = Fact("labels", meant.name, "names no sample here and was passed over")
    return replace(by_folder, facts=(fact,))


def _is_named(path: Path) -> bool:
    return is_label_table(path.name)


def _fullest(tables: Iterable[LabelledSet | None]) -> LabelledSet | None:
    """The table that labels most samples, of equals the first; None where none names any."""
    read = [each for each in tables if each is not None and each.samples]
    return max(read, key=lambda each: sum(s.label is not None for s in each.samples), default=None)
