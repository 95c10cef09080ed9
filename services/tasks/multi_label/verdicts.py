"""The scores of several labels, which of them are said, and whether that is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from gradcam import Target
from gradcam.arrays import Floats, Mask, Numbers
from gradcam.head import Head
from gradcam.scores import head_scores
from services.label_sets import NONE_TRUE, joined_labels, labels_in
from services.numbers import percent
from services.short_names import short_names
from services.tasks.answers import Answers, Sieve
from services.tasks.multi_label.targets import LabelTargets
from services.tasks.parts import Address, Parts, Place, sample_of
from services.tasks.scores import ClassFigures, label_figures
from services.tasks.shown import Caption, Choose, Narrows

WRONG_FIRST = "Most labels wrong first"
NEAREST_FIRST = "Nearest to the threshold first"


@dataclass(frozen=True, eq=False)
class LabelVerdicts(Answers):
    """The verdicts on N samples with K labels each.

    Attributes:
        names: of the labels, in the order of the outputs.
        threshold: above this score a label is said.
    """

    names: tuple[str, ...]
    threshold: float

    @cached_property
    def scores(self) -> Floats:
        """(N, K) float32 in 0..1, each by itself."""
        return head_scores(Head(self.network.heads[0].squash, 1), self.outputs)

    @cached_property
    def labelled(self) -> Mask:
        """(N,) of which somebody said what is true."""
        return np.array([sample.label is not None for sample in self.samples], bool)

    @cached_property
    def true(self) -> Mask:
        """(N, K) which labels are true; none where nobody said."""
        held = [labels_in(sample.label or NONE_TRUE, self.names) or () for sample in self.samples]
        return np.array([[name in own for name in self.names] for own in held], bool).reshape(
            len(self), len(self.names)
        )

    @cached_property
    def said_labels(self) -> Mask:
        """(N, K) which labels the network says."""
        return self.called(None)

    def called(self, threshold: float | None) -> Mask:
        """(N, K) the same at a live threshold; None for the task's own."""
        return self.scores > (self.threshold if threshold is None else threshold)

    def parts(self, threshold: float | None = None) -> Parts:
        """Each label of a sample is a part of it."""
        many, count = self.scores.shape
        right = (self.called(threshold) == self.true) & np.isfinite(self.scores)
        verdicts = np.where(self.labelled[:, None], right, np.nan).astype(np.float32)
        sample = np.repeat(np.arange(many), count)
        return Parts(sample, np.tile(np.arange(count), many), verdicts.ravel())

    def wrong(self, threshold: float | None) -> Numbers:
        """(N,) how many labels are wrong; 0 where nobody said."""
        differs = self.called(threshold) != self.true
        return (differs.sum(axis=1) * self.labelled).astype(np.float64)

    def figures(self, threshold: float | None) -> ClassFigures:
        """Precision, recall and F1 of each label over the judged samples."""
        known = self.judged
        return label_figures(self.true[known], self.called(threshold)[known])

    # ----------------------------------------------------------------------- what is explained

    @cached_property
    def label_targets(self) -> LabelTargets:
        """What can be explained of them."""
        return LabelTargets(self.names, self.network.heads[0].squash.gives_shares)

    def own_target(self, address: Address) -> Target:
        """Of a part its label, of a sample the surest one."""
        part = address.part if isinstance(address, Place) else int(self.scores[address].argmax())
        return self.label_targets.label(part)

    # ---------------------------------------------------------------------------- in words

    def named(self, some: Iterable[bool]) -> list[str]:
        """Names of some labels, (K,)."""
        return _of(self.names, some)

    def true_said(self, position: int) -> str:
        """What is true of a sample: `red, blue`, `none of them`, or `?` where nobody said."""
        return self._true_said(position, self.names)

    def answer_said(self, position: int) -> str:
        """What the network says of it."""
        return _listed(self.named(self.said_labels[position]))

    def answers_as(self, other: Self) -> Mask:
        """See `Answers.answers_as`: by the labels that are said."""
        same: Mask = (self.said_labels == other.said_labels).all(axis=1)
        return same

    def set_of(self, some: Iterable[bool]) -> str:
        """Some labels, (K,), in the text of one sample."""
        return joined_labels(self.named(some))

    def said(self, address: Address) -> str:
        """`red, blue → red`, or `red` where it is the same; of a part `red: true, 12 %`."""
        return str(self._captioned(address, self.names))

    def caption(self, address: Address) -> Caption:
        """See `Answers.caption`."""
        short = short_names(self.names)
        return self._captioned(address, [short[name] for name in self.names])

    def _captioned(self, address: Address, names: Sequence[str]) -> Caption:
        position = sample_of(address)
        if not isinstance(address, Place):
            true = self._true_said(position, names)
            answer = _listed(_of(names, self.said_labels[position]))
            return Caption("" if true == answer else true, answer)
        is_true = "?"
        if self.labelled[position]:
            is_true = "true" if self.true[position, address.part] else "not true"
        score = percent(self.scores[position, address.part])
        return Caption("", f"{names[address.part]}: {is_true},", score)

    def _true_said(self, position: int, names: Sequence[str]) -> str:
        return _listed(_of(names, self.true[position])) if self.labelled[position] else "?"

    # ---------------------------------------------------------------------- which, in what order

    @property
    def ranks(self) -> Mapping[str, Callable[[float | None], Numbers]]:
        """By how many labels are wrong, and by how near the nearest call was."""

        def margin(threshold: float | None) -> Numbers:
            limit = self.threshold if threshold is None else threshold
            return np.abs(self.scores - limit).min(axis=1).astype(np.float64)

        return {WRONG_FIRST: lambda t: -self.wrong(t), NEAREST_FIRST: margin}

    @property
    def filters(self) -> tuple[Narrows, ...]:
        """A label that is true, and one that is said."""
        return (
            Choose("True label", "true_class", self.names, "any", "true"),
            Choose("Predicted label", "predicted_class", self.names, "any", "predicted"),
        )

    def passing(self, sieve: Sieve) -> Mask:
        """See `Answers.passing`."""
        passes = np.ones(len(self), bool)
        for name, table in (
            (sieve.true_class, self.true),
            (sieve.predicted_class, self.said_labels),
        ):
            if name in self.names:
                passes &= table[:, self.names.index(name)]
        return passes


def _of(names: Sequence[str], some: Iterable[bool]) -> list[str]:
    return [name for name, one in zip(names, some, strict=True) if one]


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none of them"
