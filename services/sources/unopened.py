"""Files that are neither samples nor anything that tells of them, where nothing else is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from gradcam.loading import model_endings
from services.sources.class_lists.reading import may_name_classes
from services.sources.labels.boxes.voc import VOC_ENDING
from services.sources.labels.detection import BOXES
from services.sources.labels.info import INFO
from services.sources.labels.table import TABLE_ENDINGS
from services.sources.manifest import PROJECT_FILE
from services.spelling import some_of

KINDS = 3  # endings that are named


def unopened_said(files: Iterable[PurePath]) -> str:
    """`, only 40 .wav, 2 .json files, which are not opened here`; "" where all files are.

    Args:
        files: of a project, without its samples.
    """
    endings = Counter(path.suffix.lower() or "nameless" for path in files if not _is_read(path))
    if not endings:
        return ""
    named = some_of([f"{count:,} {ending}" for ending, count in endings.most_common()], KINDS)
    if endings.total() == 1:
        return f", only {named} file, which is not opened here"
    return f", only {named} files, which are not opened here"


def _is_read(path: PurePath) -> bool:
    """Whether it tells something: a network, labels, names of classes, or of the project."""
    tells = path.name in {INFO, BOXES, PROJECT_FILE} or may_name_classes(path.name)
    return tells or path.suffix.lower() in {*model_endings(), *TABLE_ENDINGS, VOC_ENDING}
