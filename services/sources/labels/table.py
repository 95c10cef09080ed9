"""A table of files and labels."""

from __future__ import annotations

import csv
from pathlib import Path

from services.errors import ProjectError
from services.sample import LeftOut, Sample
from services.sources.labels.inside import inside
from services.sources.labels.labelled import LabelledSet

CSV = "labels.csv"


def from_table(data: Path) -> LabelledSet:
    """The samples that a folder's `labels.csv` lists.

    Raises:
        ProjectError: it cannot be read.
    """
    samples: dict[str, Sample] = {}
    left_out = []
    try:
        with (data / CSV).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))  # pandas would read a class named NaN as missing
    except (OSError, ValueError, csv.Error) as error:
        raise ProjectError(f"{CSV} cannot be read; save it as UTF-8 text.") from error
    if rows and not {"file", "label"} <= rows[0].keys():
        raise ProjectError(f"{CSV} needs the columns file and label in its first line.")
    for row in rows:
        name, label = row["file"] or "", row["label"]
        path = inside(data, name)
        if path is None or not name:
            left_out.append(LeftOut(name or "(no name)", "its path leads out of the folder"))
            continue
        samples[name] = Sample(name, path, label.strip() if label and label.strip() else None)
    return LabelledSet(tuple(samples.values()), CSV, tuple(left_out))
