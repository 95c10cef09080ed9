"""Samples with their labels, as a source gives them."""

from __future__ import annotations

from dataclasses import dataclass

from services.class_list import ClassList
from services.fact import Fact
from services.label_sets import NONE_TRUE, holds_several
from services.sample import LeftOut, Sample

STUDIO = "Studio"  # samples that Edge Impulse lists with their labels


@dataclass(frozen=True)
class LabelledSet:
    """Samples of a folder, how they were labelled, and what was left out.

    Attributes:
        samples: those with a label and those without.
        labelled_by: what said the labels, such as `labels.csv`.
        left_out: files that take no part, and why.
        empty: class folders without a picture.
        doubtful: labels from folders that are called like a split and may be one.
        why: how the labels were found, for the person.
        class_lists: classes in an order, where the labels say one.
        facts: what else was worked out.
        by_boxes: whether boxes are what labels them: each label is that of its boxes' classes.
    """

    samples: tuple[Sample, ...]
    labelled_by: str
    left_out: tuple[LeftOut, ...] = ()
    empty: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()
    why: str = ""
    class_lists: tuple[ClassList, ...] = ()
    facts: tuple[Fact, ...] = ()
    by_boxes: bool = False

    def classes(self, count: int) -> frozenset[str]:
        """The distinct labels, as many single ones as a network tells apart where that can be.

        Class folders without a picture are left out or let in, and so are those that are called
        like a split, such as `val` beside `cat` and `dog`.

        Args:
            count: of the classes that the network tells apart.
        """
        if self.by_boxes:
            return frozenset(box.label for each in self.samples for box in each.boxes)
        labels = frozenset(each.label for each in self.samples if each.label is not None)
        several = {label for label in labels if holds_several(label) or label == NONE_TRUE}
        single = labels - several
        sure = single - self.doubtful
        ways = (single, single | self.empty, sure, sure | self.empty)
        return next((way for way in ways if len(way) == count), single) | several

    def way_out(self, otherwise: str) -> str:
        """What a person can do about labels or sizes that do not fit the network."""
        if self.labelled_by == STUDIO:
            return "the impulse was changed after the training: train it again in Studio."
        return f"{otherwise}."
