"""The samples of a folder as their boxes label them, for networks that find objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.fact import Fact
from services.sources.labels.boxes.coco import read_coco
from services.sources.labels.boxes.drawn import Boxing, BoxReader, DrawnBoxes, size_here
from services.sources.labels.boxes.edge_impulse import read_bounding_boxes
from services.sources.labels.boxes.table import read_box_table
from services.sources.labels.boxes.voc import read_voc
from services.sources.labels.boxes.yolo import read_yolo
from services.sources.labels.detection import OF_BOXES, by_boxes
from services.sources.labels.folders import from_folders
from services.sources.labels.info import INFO
from services.sources.labels.labelled import LabelledSet
from services.sources.tree import Folder

BOX_READERS: tuple[BoxReader, ...] = (
    read_bounding_boxes, read_coco, read_voc, read_yolo, read_box_table,
)  # fmt: skip
NOBODY = (
    "the network finds objects, and nobody drew any: COCO's JSON, YOLO's text files, Pascal VOC's "
    "XML, a table of corners or info.labels can say where they are"
)


def read_objects(data: Folder, project: Folder, labelled: LabelledSet) -> LabelledSet:
    """The samples of a folder, labelled by the classes of their boxes.

    Where files of several formats are there, those count that speak of most pictures.

    Args:
        data: the folder.
        project: the whole project: the files may lie elsewhere in it.
        labelled: the same samples, as they are labelled otherwise.
    """
    if labelled.labelled_by == INFO and any(sample.boxes for sample in labelled.samples):
        return labelled_by_boxes(labelled)
    several = [drawn for read in BOX_READERS if (drawn := read(data, project)) is not None]
    if not several:
        return _unlabelled(labelled)
    best = max(several, key=lambda each: len(each.boxes))
    passed = tuple(
        Fact("boxes", each.file, f"speak of these pictures too, and {best.file} count")
        for each in several
        if each is not best
    )
    return _drawn_on(from_folders(data), best, passed)


def labelled_by_boxes(labelled: LabelledSet) -> LabelledSet:
    """Samples that all have the boxes that are on them, labelled by their classes."""
    boxing, samples = Boxing(labelled.labelled_by), []
    for sample in labelled.samples:
        size = size_here(sample.path) if sample.boxes else None
        boxed = replace(sample, boxes=boxing.kept(sample.id, sample.boxes, size))
        samples.append(replace(boxed, label=by_boxes(boxed)))
    facts = (*labelled.facts, *boxing.facts)
    return replace(labelled, samples=tuple(samples), why=OF_BOXES, facts=facts, by_boxes=True)


def _unlabelled(labelled: LabelledSet) -> LabelledSet:
    """Nobody said where the objects are: a picture's label tells that of none."""
    samples = tuple(replace(each, label=None) for each in labelled.samples)
    return replace(labelled, samples=samples, labelled_by="nothing", why=NOBODY, by_boxes=True)


def _drawn_on(pictures: LabelledSet, drawn: DrawnBoxes, passed: Sequence[Fact]) -> LabelledSet:
    samples = []
    for sample in pictures.samples:
        if drawn.only is not None and sample.path not in drawn.only:
            continue
        boxes = drawn.boxes.get(sample.path)
        boxed = replace(sample, boxes=boxes or (), label=None)
        samples.append(boxed if boxes is None else replace(boxed, label=by_boxes(boxed)))
    unsaid = sum(sample.label is None for sample in samples)
    why = drawn.why + (f"; pictures that they do not speak of: {unsaid}" if unsaid else "")
    names = {path.name for path in drawn.read}
    others = [each for each in pictures.left_out if each.name.rsplit("/", 1)[-1] not in names]
    return LabelledSet(
        tuple(samples),
        drawn.file,
        (*others, *drawn.left_out),
        why=why,
        class_lists=(drawn.class_list,) if drawn.class_list else (),
        facts=(*drawn.facts, *passed),
        by_boxes=True,
    )
