"""What would be written to Studio, sample by sample: before, after, and what cannot be done."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.edge_impulse.model import StudioSample
from services.label_sets import holds_several
from services.numbers import is_number
from services.sample import LeftOut, Sample
from services.writing_back.fields import LABEL, SampleField
from services.writing_back.steps import WriteStep

ASK_TWICE = 20  # samples; for more their number has to be typed


@dataclass(frozen=True)
class AgreedSample:
    """A sample that people agreed on a label for.

    Attributes:
        name: in the project.
        label: what they agreed on.
        seen: the sample as they saw it.
        windows: how many the sample is cut into; what is labelled is one of them.
    """

    name: str
    label: str
    seen: StudioSample
    windows: int = 1


@dataclass(frozen=True)
class Change:
    """A value of a sample, before and after."""

    field: SampleField
    before: str
    after: str


@dataclass(frozen=True)
class SampleChanges:
    """What would be written of one sample.

    Attributes:
        name: in the project.
        present: the sample in Studio as the dry run read it.
        changes: in the order of the calls.
    """

    name: str
    present: StudioSample
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class WritePlan:
    """What would be written to a project in Studio.

    Attributes:
        origin, project: where.
        step: name of what is done, as the log keeps it.
        samples: what would be written.
        refused: what cannot be done, and why.
        same: how many samples are so already.
        undoes: the run of the log that it takes back; "" for none.
    """

    origin: str
    project: int
    step: str
    samples: tuple[SampleChanges, ...]
    refused: tuple[LeftOut, ...]
    same: int
    undoes: str = ""

    @property
    def digest(self) -> str:
        """Of all that would be written."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    @property
    def must_be_typed(self) -> bool:
        """Whether it is so much that the number of samples has to be typed."""
        return len(self.samples) > ASK_TWICE

    @property
    def rows(self) -> Iterator[tuple[str, Change]]:
        """Every change with the name of its sample."""
        return ((each.name, change) for each in self.samples for change in each.changes)

    @property
    def relabelled(self) -> Counter[tuple[str, str]]:
        """How many samples go from which label to which."""
        changes = (change for _, change in self.rows if change.field is LABEL)
        return Counter((change.before, change.after) for change in changes)


def agreed_targets(
    samples: Iterable[Sample],
    digests: Iterable[str],
    seen: Mapping[int, StudioSample],
    agreed: Mapping[str, str],
) -> tuple[AgreedSample, ...]:
    """The samples of a project for which people agreed on another label than Studio has.

    Args:
        samples: the project's.
        digests: SHA-256 of each one's file.
        seen: what Studio said of them when the project was opened, by their numbers.
        agreed: labels by digest.
    """
    both = zip(samples, digests, strict=True)
    known = ((sample, digest, seen.get(sample.studio_id or 0)) for sample, digest in both)
    return tuple(
        AgreedSample(sample.id, agreed[digest], there, sample.window.count if sample.window else 1)
        for sample, digest, there in known
        if there is not None and agreed.get(digest, there.label) != there.label
    )


def planned(
    origin: str,
    project: int,
    step: WriteStep,
    targets: Sequence[AgreedSample],
    present: Mapping[int, StudioSample | None],
    classes: Sequence[str],
) -> WritePlan:
    """What a step would write.

    Args:
        origin: of the Studio.
        project: its number there.
        step: what is done.
        targets: the samples with their agreed labels.
        present: what Studio says of them now, by number; None where a sample is gone.
        classes: what a label may be; empty where it is a number.
    """
    samples, refused, same = [], [], 0
    for target in targets:
        now = present[target.seen.id]
        reason = why_changed(target.seen, now) or why_not(target, classes)
        if now is not None and now.label == target.label:
            same += 1
        elif now is None or reason:
            refused.append(LeftOut(target.name, reason))
        elif changes := _changes(now, step.values(target.label)):
            samples.append(SampleChanges(target.name, now, changes))
        else:
            same += 1
    return WritePlan(origin, project, step.name, tuple(samples), tuple(refused), same)


def why_changed(seen: StudioSample, now: StudioSample | None) -> str:
    """In which way a sample is no longer what somebody saw; "" where it is."""
    if now is None:
        return "it is no longer in Studio"
    label = " + ".join(now.labels) or now.label
    differences = (
        (now.category != seen.category, f"it was moved to {now.category} in Studio"),
        (now.identity != seen.identity, "it has another file in Studio since"),
        (
            (now.label, now.labels) != (seen.label, seen.labels),
            f"its label was changed in Studio since, to {label or 'none'}",
        ),
        (
            now.disabled != seen.disabled,
            f"it was {'disabled' if now.disabled else 'enabled'} in Studio since",
        ),
        (
            now.boxes != seen.boxes or now.modified != seen.modified,
            "it was changed in Studio since",
        ),
    )
    return next((reason for differs, reason in differences if differs), "")


def why_not(target: AgreedSample, classes: Sequence[str]) -> str:
    """Why a sample's label cannot be set to the agreed one; "" where it can."""
    if target.seen.labeling == "object_detection":
        return "its labels are boxes; draw them in Studio"
    if target.windows > 1:
        return "it is one window of a sound, whose label counts for all of them; set it in Studio"
    if target.seen.labels or holds_several(target.label):
        return "it has several labels; set them in Studio"
    if classes and target.label not in classes:
        return f"{target.label} is no class of this project"
    if not classes and not is_number(target.label):
        return f"{target.label} is no number"
    return ""


def _changes(now: StudioSample, wanted: Mapping[SampleField, str]) -> tuple[Change, ...]:
    return tuple(
        Change(field, field.of(now), value)
        for field, value in wanted.items()
        if field.of(now) != value
    )
