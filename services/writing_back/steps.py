"""The steps by which an agreed label reaches Studio: a tag first, which the others bring too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.writing_back.fields import DISABLED, LABEL, PART, TAG, TAG_KEY, SampleField


@dataclass(frozen=True)
class WriteStep:
    """What is done to each sample whose agreed label is not the one in Studio.

    Attributes:
        name: in the log, on the command line.
        title: on the page.
        done: of a sample to which it was done.
        about: what it changes and what it leaves alone, in a sentence.
        values: what is set for an agreed label, in the order of the calls.
    """

    name: str
    title: str
    done: str
    about: str
    values: Callable[[str], Mapping[SampleField, str]]


def _tag(label: str) -> dict[SampleField, str]:
    return {TAG: f"should be {label}"}


TAGGING = WriteStep(
    "tag",
    "Tag",
    "tagged",
    f"Writes {TAG_KEY} into the samples' metadata, which Studio can filter by. It touches no "
    "label, no training and no test result.",
    _tag,
)
RELABELLING = WriteStep(
    "relabel",
    "Relabel",
    "relabelled",
    "Tags the samples and gives them the agreed label.",
    lambda label: {**_tag(label), LABEL: label},
)
DISABLING = WriteStep(
    "disable",
    "Disable",
    "disabled",
    "Tags the samples and takes them out of the data set; they stay in Studio and can be enabled "
    "again.",
    lambda label: {**_tag(label), PART: DISABLED},
)
WRITE_STEPS = {step.name: step for step in (TAGGING, RELABELLING, DISABLING)}
