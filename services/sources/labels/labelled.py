"""Samples with their labels, as a source gives them."""

from __future__ import annotations

from dataclasses import dataclass

from services.sample import LeftOut, Sample

STUDIO = "Studio"  # samples that Edge Impulse lists with their labels


@dataclass(frozen=True)
class LabelledSet:
    """Samples of a folder, how they were labelled, and what was left out."""

    samples: tuple[Sample, ...]
    labelled_by: str
    left_out: tuple[LeftOut, ...] = ()

    def way_out(self, otherwise: str) -> str:
        """What a person can do about labels or sizes that do not fit the network."""
        if self.labelled_by == STUDIO:
            return "the impulse was changed after the training: train it again in Studio."
        return f"{otherwise}."
