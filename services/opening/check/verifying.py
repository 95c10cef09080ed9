"""Preprocessing that the project tells, verified by the labels: later, and in nobody's way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from services.errors import ProjectError
from services.keeping.digests import context_of
from services.keeping.store import BoundedStore
from services.media.medium import Medium
from services.numbers import counted
from services.opening.check.check import Inquiry, PreprocessingCheck, check_preprocessing
from services.opening.check.pictures import selected
from services.opening.check.telling import rivals_said, way_said
from services.opening.check.trials import Trial
from services.predictions.predictions import Predictions
from services.work.asked import UNSEEN, Asked
from services.work.progress import Progress

_verified: BoundedStore[str, PreprocessingCheck] = BoundedStore(64)


@dataclass(frozen=True)
class Verification:
    """What labels say of the preprocessing that a project tells.

    Attributes:
        said: in a few words, such as `verified on 64 samples`.
        holds: whether they speak for it.
        better: a way that does significantly better; None where there is none.
    """

    said: str
    holds: bool
    better: Trial | None = None


@dataclass(frozen=True)
class Verifying(Asked[PreprocessingCheck]):
    """Every way of feeding a network, tried although the project tells which is right.

    Attributes:
        predictions: of the project.
    """

    predictions: Predictions

    words = "check of the preprocessing"
    weight = UNSEEN

    @cached_property
    def digest(self) -> str:
        """Of all that the check depends on: files, labels, network, input spec, names."""
        project = self.predictions.project
        told = hashlib.sha256(context_of(project.network, project.medium).encode())
        told.update(" ".join(project.task.kept_as).encode())
        for sample, digest in zip(self.predictions.samples, self.predictions.digests, strict=True):
            told.update(f"{digest} {sample.label!r}\n".encode())
        return told.hexdigest()

    @property
    def count(self) -> int:
        """On how many samples."""
        return len(selected(self.predictions.samples, self.predictions.project.task))

    @property
    def found(self) -> PreprocessingCheck | None:
        """See `Asked.found`."""
        return _verified.get(self.digest)

    def make(self, progress: Progress) -> PreprocessingCheck:
        """See `Asked.make`."""
        project = self.predictions.project
        told = {each.word: project.medium.values[each.name] for each in project.medium.options}
        samples = self.predictions.samples
        inquiry = Inquiry(project.network, project.medium, samples, project.task, told)
        checked = check_preprocessing(inquiry, progress)
        if checked is None:
            raise ProjectError("no sample can be read any more")
        _verified.put(self.digest, checked)
        return checked


def verification(check: PreprocessingCheck, own: Medium) -> Verification:
    """What follows from a check for the way that the project tells.

    Args:
        check: of `Verifying`.
        own: as the project tells it.
    """
    if not check.trials:
        return Verification("no sample is labelled, so it cannot be verified", holds=False)
    taken, count = check.trials[0], counted(check.samples, "sample")
    if taken.medium.chosen != own.chosen:
        score = check.measure.said(check.score(taken))
        usual = next(each for each in check.trials if each.medium.chosen == own.chosen)
        instead = check.measure.said(check.score(usual))
        better = (
            f"{way_said(taken.medium)} does significantly better: {check.measure.name} {score} "
            f"instead of {instead} on {count}"
        )
        return Verification(better, holds=False, better=taken)
    if not (taken.unnamed if check.in_any_order else taken.grades).tells:
        why = f"not verified, since the network does no better than guessing on {count}"
        return Verification(why, holds=False)
    beside = f"; equally good on these: {rivals_said(check.rivals)}" if check.rivals else ""
    return Verification(f"verified on {count}{beside}", holds=True)
