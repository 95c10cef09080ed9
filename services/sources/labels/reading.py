"""True labels of a folder's pictures: Edge Impulse's `info.labels`, a table, or class folders."""

from __future__ import annotations

from services.errors import ProjectError
from services.sources.labels.folders import from_folders
from services.sources.labels.info import INFO, from_info
from services.sources.labels.labelled import LabelledSet
from services.sources.labels.table import CSV, from_table
from services.sources.tree import Folder


def read_samples(data: Folder) -> LabelledSet:
    """Samples of a folder with their labels.

    An Edge Impulse label file comes first, then `labels.csv`, then class folders; pictures with
    none of these are samples without a label.

    Raises:
        ProjectError: a label file is there and cannot be read, or there is no picture at all.
    """
    if (data.path / INFO).is_file():
        labelled = from_info(data.path)
    elif (data.path / CSV).is_file():
        labelled = from_table(data.path)
    else:
        labelled = from_folders(data)
    if not labelled.samples:
        raise ProjectError(
            f"There is no picture to test with in {data.name}; put pictures into class folders, "
            f"or beside {INFO} or {CSV}."
        )
    return labelled
